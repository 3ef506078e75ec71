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


def drawn(view: SourcesView) -> None:
    while view.busy:
        QApplication.processEvents()


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
    drawn(view)
    here, gone = view.cards
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
    view.show()
    view.show_citations([citation(1, TEXT)])
    view.mark_source(1)
    drawn(view)
    (before,) = view.cards
    view.show_citations([pointed()])
    drawn(view)
    (card,) = view.cards
    assert card is before
    assert strong(card) == "green as grass"
    assert view.marked == 1


def test_passages_of_another_answer_take_the_places_of_those_before(qt_app: QApplication) -> None:
    view = SourcesView()
    view.resize(320, 600)
    view.show()
    view.show_citations([citation(number, f"Passage {number} of the first.") for number in (1, 2, 3)])
    view.show_source(2)
    drawn(view)
    assert [card.isVisible() for card in view.cards] == [True, True, True] and view.marked == 2
    view.show_citations([replace(pointed(), document="Other.pdf", place="", number=4)])
    assert not any(card.isVisible() for card in view.findChildren(SourceCard))  # never one of those before
    assert view.numbers == (4,) and view.marked is None
    drawn(view)
    assert [card.accessibleName() for card in view.cards] == ["Source 4: Other.pdf, "]
    assert [card.isVisible() for card in view.findChildren(SourceCard)] == [True, False, False]
    assert strong(view.cards[0]) == "green as grass" and view.cards[0].property("marked") == "false"


def test_a_passage_is_gone_to_once_it_is_drawn(qt_app: QApplication) -> None:
    view = SourcesView()
    view.resize(320, 300)
    view.show_citations([citation(number, f"{TEXT} " * 4) for number in range(1, 7)])
    assert not view.cards  # nobody sees them
    view.show()
    view.show_source(6)
    drawn(view)
    QApplication.processEvents()
    last = view.cards[-1]
    assert view.marked == 6 and last.property("marked") == "true" and last.hasFocus()
    assert last.visibleRegion().boundingRect().height() > 100
