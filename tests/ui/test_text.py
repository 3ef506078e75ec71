"""Tests of text: Markdown is shown, HTML and pictures never, and nothing is ever loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QTextDocument
from PySide6.QtWidgets import QApplication, QToolButton

from ui.text import InertText, Kind, Mark, parse


def shown(text: str, citations: tuple[int, ...] = ()) -> InertText:
    widget = InertText()
    widget.resize(500, 100)
    widget.set_markdown(text, citations)
    widget.fit(500)
    return widget


def plain(widget: InertText) -> str:
    return widget.document().toPlainText()


def test_the_kinds_of_blocks_are_told_apart() -> None:
    text = "# Head\n\nText.\n\n- one\n- two\n\n```py\ncode\n```\n\n---\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    blocks = parse(text)
    assert [block.kind for block in blocks] == [
        Kind.HEADING,
        Kind.PARAGRAPH,
        Kind.PARAGRAPH,
        Kind.PARAGRAPH,
        Kind.CODE,
        Kind.RULE,
        Kind.TABLE,
    ]
    assert [block.marker for block in blocks[2:4]] == ["•", "•"]
    assert blocks[4].language == "py"
    assert ["".join(span.text for span in cell) for cell in blocks[6].rows[1]] == ["1", "2"]


def test_an_ordered_list_counts_from_where_it_begins() -> None:
    assert [block.marker for block in parse("3. c\n4. d")] == ["3.", "4."]


def test_only_numbers_of_sources_are_citations() -> None:
    spans = parse("As said [1], not [7].", (1, 2))[0].spans
    assert [span.citation for span in spans if span.citation] == [1]
    assert "".join(span.text for span in spans) == "As said [1], not [7]."


def test_a_definition_cannot_turn_a_citation_into_a_link() -> None:
    spans = parse("See [1].\n\n[1]: http://example.com", (1,))[0].spans
    assert [span.citation for span in spans if span.citation] == [1]


def test_where_a_link_would_lead_is_said_in_full() -> None:
    assert parse("[the bank](http://evil.example/x)")[0].text == "the bank (http://evil.example/x)"
    assert parse("<http://example.com>")[0].text == "http://example.com"


def test_a_picture_becomes_its_words() -> None:
    assert parse("![a hedge](http://example.com/x.png)")[0].text == "[picture: a hedge]"
    assert parse("![](picture.png)")[0].text == "[picture: no description]"
    # A target that is no web address makes it no picture to begin with.
    assert parse("![a hedge](file:///etc/passwd)")[0].text == "![a hedge](file:///etc/passwd)"


@pytest.mark.parametrize(
    "text",
    [
        "<img src='file:///etc/passwd'>",
        "<b>bold</b>",
        "a <script>alert(1)</script> b",
        "<div>\nblock\n</div>",
        '<a href="file:///x">x</a>',
    ],
)
def test_html_stays_text(qt_app: QApplication, text: str) -> None:
    widget = shown(text)
    assert plain(widget) == text.replace("\n", " ")
    assert "href" not in widget.document().toHtml().replace("&quot;", '"').replace('href="file:///x"&gt;', "")


def test_nothing_is_ever_loaded(qt_app: QApplication, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    widget = shown("text")
    for kind in QTextDocument.ResourceType:
        for name in (QUrl.fromLocalFile(str(secret)), QUrl("http://example.com/x.png")):
            loaded = widget.document().resource(kind.value, name)
            # An empty picture, not None: Qt would open the file by itself then.
            assert (loaded.width() == 1) if isinstance(loaded, QImage) else loaded.isEmpty()


def test_a_citation_says_its_number_when_it_is_chosen(qt_app: QApplication) -> None:
    widget = shown("As said [2].", (2,))
    chosen: list[tuple[int, int]] = []
    widget.cited.connect(lambda number, nth: chosen.append((number, nth)))
    widget.anchorClicked.emit(QUrl("cite:2"))
    widget.anchorClicked.emit(QUrl("http://example.com"))
    widget.anchorClicked.emit(QUrl("cite:x"))
    assert chosen == [(2, 0)]
    assert 'href="cite:2"' in widget.document().toHtml()


TEXTS = [
    "One.\n\nTwo **bold**.\n\n- a\n- b\n\n```\ncode\n\nmore\n```\n\nEnd [1].",
    "| a | b |\n|---|---|\n| 1 | 2 |\n\nafter\n\n| c |\n|---|\n| 3 |",
    "> quote\n> more\n\n1. a\n   - b\n\n   still a\n2. c\n\n# H\ntext",
    "a\r\nb\r\n\r\nc",
    "Setext\n===\n\ntext\n***\nmore",
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_grows_ends_as_the_same_text_at_once(qt_app: QApplication, text: str) -> None:
    growing = InertText()
    growing.resize(500, 100)
    for end in range(1, len(text) + 1):
        growing.set_markdown(text[:end], (1,))
    growing.fit(500)
    at_once = shown(text, (1,))
    assert plain(growing) == plain(at_once)
    assert growing.height() == at_once.height()


def test_a_text_that_changes_at_its_beginning_is_shown_anew(qt_app: QApplication) -> None:
    widget = shown("First.\n\nSecond.")
    widget.set_markdown("Other.\n\nSecond.")
    assert plain(widget) == "Other.\nSecond."


def test_code_is_copied_as_it_was_written(qt_app: QApplication) -> None:
    widget = shown("```py\na = 1\n\nb = '<x>'\n```")
    button = widget.findChild(QToolButton)
    assert button is not None and button.accessibleName() == "Copy this code"
    button.click()
    assert QGuiApplication.clipboard().text() == "a = 1\n\nb = '<x>'"


def test_plain_text_is_no_markdown(qt_app: QApplication) -> None:
    widget = InertText()
    widget.set_plain("**not bold** <b>x</b>\nnext")
    assert plain(widget) == "**not bold** <b>x</b>\nnext"


@pytest.mark.parametrize("text", ["One. Two three. Four.", "Eins.\r\nZwei drei.\u2028Vier.", "x" * 30])
def test_marked_words_are_marked_and_every_word_stays(qt_app: QApplication, text: str) -> None:
    view = InertText()
    view.set_plain(text, [Mark(3, 20), Mark(7, 10, strong=True)])
    marked, strong = "", ""
    block = view.document().begin()
    while block.isValid():
        for part in block.textFormats():
            words = block.text()[part.start : part.start + part.length]
            marked += words if part.format.background().style() != Qt.BrushStyle.NoBrush else ""
            strong += words if part.format.isAnchor() else ""
        block = block.next()
    assert view.toPlainText().split("\n") == text.splitlines()
    assert marked == "".join(text[3:20].splitlines())
    assert strong == text[7:10]


def test_a_mark_does_not_hide_that_a_name_is_in_other_letters(qt_app: QApplication) -> None:
    view = InertText()
    view.set_plain("See r\u0430ypal.com now.", [Mark(4, 8, strong=True)])
    assert "looks like raypal.com" in view.toPlainText()


def test_marked_words_can_be_chosen(qt_app: QApplication) -> None:
    view, chosen = InertText(), []
    view.mark_chosen.connect(lambda: chosen.append(True))
    view.set_plain("One two three.", [Mark(4, 7, strong=True)])
    view.anchorClicked.emit(QUrl("mark:"))
    assert chosen == [True]
