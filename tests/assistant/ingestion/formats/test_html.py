"""Web pages: what a browser shows is read, what it hides is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.ingestion.formats import html as reader
from assistant.workers import Refusal
from tests.assistant.ingestion.reading import read_here, short


def shown(tmp_path: Path, page: str | bytes) -> list[tuple[str, str]]:
    path = tmp_path / "a.html"
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    return short(read_here(reader.read, path)[0])


def test_the_structure_of_a_page_is_kept(tmp_path: Path) -> None:
    page = """<h1>Lease <i>2024</i></h1><p>It
    is<br>signed.</p><ul><li>one<ol><li>deep</li></ol></li><li>two</li></ul><pre>a = 1
  b = 2</pre>loose <b>text</b><blockquote>quoted</blockquote>"""
    assert shown(tmp_path, page) == [
        ("h1", "Lease 2024"),
        ("paragraph", "It is\nsigned."),
        ("list", "- one"),
        ("list", "  1. deep"),
        ("list", "- two"),
        ("code", "a = 1\n  b = 2"),
        ("paragraph", "loose text"),
        ("paragraph", "quoted"),
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>SECRET</script>",
        "<style>SECRET</style>",
        "<nav>SECRET</nav>",
        "<!-- SECRET -->",
        "<div hidden>SECRET</div>",
        '<p style="color:red; display : none">SECRET</p>',
        '<span aria-hidden="true">SECRET</span>',
        "<template>SECRET</template>",
        "<noscript>SECRET</noscript>",
        "<select><option>SECRET</select>",
    ],
)
def test_what_a_browser_hides_is_not_read(tmp_path: Path, hidden: str) -> None:
    assert shown(tmp_path, f"<p>before</p>{hidden}<p>after</p>") == [("paragraph", "before"), ("paragraph", "after")]


def test_spans_are_filled_in(tmp_path: Path) -> None:
    page = """<table><tr><th>Year<th>Month<th>Cost</tr><tr><td rowspan=2>2024<td>May<td>1</tr>
    <tr><td>June<td>2</tr><tr><td colspan=99999999>note</tr></table>"""
    [(kind, text)] = shown(tmp_path, page)
    assert kind == "table"
    assert text.split("\n")[2:4][0].startswith("| 2024 | May | 1 |")
    assert text.split("\n")[3].startswith("| 2024 | June | 2 |")
    assert len(text) < 5000


def test_a_table_that_only_arranges_the_page_is_no_table(tmp_path: Path) -> None:
    page = "<table><tr><td><h1>Head</h1></td><td>side</td></tr></table>"
    assert shown(tmp_path, page) == [("h1", "Head"), ("paragraph", "side")]


@pytest.mark.parametrize(
    "page",
    [
        b'<meta charset="iso-8859-1"><p>Gr\xfc\xdfe \x80</p>',
        "<p>Grüße €</p>".encode(),
        "<p>Grüße €</p>".encode("utf-16"),
        '<?xml version="1.0" encoding="utf-8"?><html><p>Grüße €</p></html>'.encode(),
    ],
)
def test_letters_are_read_in_the_page_s_own_encoding(tmp_path: Path, page: bytes) -> None:
    assert shown(tmp_path, page) == [("paragraph", "Grüße €")]


def test_a_page_nested_too_deeply_is_refused_not_called_empty(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="damaged"):
        shown(tmp_path, "<div>" * 100_000 + "text")


def test_a_page_of_nothing_gives_nothing(tmp_path: Path) -> None:
    assert shown(tmp_path, "<!-- nothing -->") == []
