"""Tables become rows that can be read alone."""

from __future__ import annotations

from assistant.ingestion.formats.tables import Cell, markdown_rows


def test_spans_are_filled_in() -> None:
    rows = [
        [Cell("a"), Cell("b", columns=2)],
        [Cell("c", rows=2), Cell("d"), Cell("e")],
        [Cell("f"), Cell("g")],
    ]
    assert markdown_rows(rows) == "| a | b | b |\n|-|-|-|\n| c | d | e |\n| c | f | g |"


def test_rows_without_a_word_of_their_own_go() -> None:
    assert markdown_rows([[Cell("a"), Cell("b")], [Cell(""), Cell(" ")]]) == "| a | b |\n|-|-|"
    assert markdown_rows([]) == ""


def test_absurd_spans_are_bounded() -> None:
    text = markdown_rows([[Cell("a", columns=10**6, rows=10**6), Cell("b")], [Cell("c")]])
    assert len(text) < 5000


def test_bars_and_line_feeds_cannot_break_a_row() -> None:
    assert markdown_rows([[Cell("a|b\nc"), Cell("d")]]).split("\n")[0] == "| a\\|b c | d |"
