"""The passages of an answer: what of them answers is marked where it stands, seen and heard, and leads to its page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from assistant.values import Citation
from tests.ui.fakes import citation
from ui.panels.sources import SourcesView
from ui.panels.sources.card import SourceCard
from ui.text import InertText, Mark
from ui.text.write import MARK_TARGET

TEXT = "The estate lies at the river. Its kettle is green as grass. Nobody knows why."


def pointed(
    text: str = TEXT, sentence: str = "Its kettle is green as grass.", words: str = "green as grass"
) -> Citation:
    start, span = text.index(sentence), text.index(words)
    return replace(
        citation(1, text), start=start, end=start + len(sentence), span_start=span, span_end=span + len(words)
    )


def strong(card: SourceCard) -> str:
    """The words of a card that can be chosen, as its document has them."""
    body = card.findChild(InertText)
    assert isinstance(body, InertText)
    block, found = body.document().begin(), ""
    while block.isValid():
        for part in block.textFormats():
            if part.format.anchorHref() == MARK_TARGET:
                found += block.text()[part.start : part.start + part.length]
        block = block.next()
    return found


def test_the_words_that_answer_are_marked_and_said_with_their_place(qt_app: QApplication) -> None:
    card = SourceCard(pointed())
    assert strong(card) == "green as grass"
    assert card.accessibleName() == "Source 1: Annual report 2024.pdf, page 12"
    assert card.accessibleDescription().startswith("Marked, words 10 to 12 of 15: “green as grass”. The passage: ")
    assert card.accessibleDescription().endswith(TEXT)


@pytest.mark.parametrize(
    ("given", "marks"),
    [
        (citation(1, TEXT), ()),
        (replace(pointed(), span_start=0, span_end=0), (Mark(30, 59, strong=True),)),
        (pointed(), (Mark(30, 59), Mark(44, 58, strong=True))),
        (replace(pointed(), start=70, end=9_000, span_start=500, span_end=600), (Mark(70, len(TEXT), strong=True),)),
    ],
)
def test_what_is_marked_lies_within_the_passage(given: Citation, marks: tuple[Mark, ...]) -> None:
    from ui.panels.sources.card import marks_of

    assert marks_of(given) == marks


def test_a_folded_passage_shows_the_words_that_answer(qt_app: QApplication) -> None:
    long = "Timber came by rail and by river, and it was stacked in the yard. " * 20 + TEXT
    card = SourceCard(pointed(long))
    body = card.findChild(InertText)
    assert isinstance(body, InertText)
    card.resize(300, 400)
    card.fit(300)
    assert body.toPlainText().startswith("… ")
    line, height = body.line_of_mark(), body.height_of_lines(8)
    assert line is not None and line < 8
    assert body.height() == height or height is None
    card.toggle()
    assert body.toPlainText() == long
    assert strong(card) == "green as grass"


def test_a_click_on_a_card_or_on_its_marked_words_opens_the_document(qt_app: QApplication) -> None:
    view = SourcesView()
    opened: list[int] = []
    view.open_pressed.connect(opened.append)
    view.resize(320, 600)
    view.show_citations([pointed(), replace(citation(2), document_id=None)])
    view.show()
    QApplication.processEvents()
    here, gone = view.findChildren(SourceCard)
    QTest.mouseClick(here, Qt.MouseButton.LeftButton, pos=QPoint(20, 14))
    assert opened == [1]
    body = here.findChild(InertText)
    assert isinstance(body, InertText)
    body.mark_chosen.emit()
    QTest.keyClick(here, Qt.Key.Key_O)
    assert opened == [1, 1, 1]
    QTest.mouseClick(gone, Qt.MouseButton.LeftButton, pos=QPoint(20, 14))
    QTest.mouseClick(here, Qt.MouseButton.RightButton, pos=QPoint(20, 14))
    assert opened == [1, 1, 1]


def test_passages_with_other_marks_are_drawn_anew(qt_app: QApplication) -> None:
    view = SourcesView()
    view.show_citations([citation(1, TEXT)])
    view.mark_source(1)
    view.show_citations([pointed()])
    (card,) = view.findChildren(SourceCard)[-1:]
    assert strong(card) == "green as grass"
    assert view.marked == 1
