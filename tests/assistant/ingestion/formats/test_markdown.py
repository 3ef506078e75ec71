"""Markdown: blocks are told apart, and marks become plain text."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.ingestion.formats import markdown as reader
from assistant.ingestion.formats.markdown import plain
from tests.assistant.ingestion.reading import read_here, short


def shown(tmp_path: Path, text: str) -> list[tuple[str, str]]:
    path = tmp_path / "a.md"
    path.write_bytes(text.encode())
    return short(read_here(reader.read, path)[0])


def test_blocks_are_told_apart(tmp_path: Path) -> None:
    text = """# Title #

Lines that
wrap.

Under
-----
- one
  more
- two
1. first

> quoted

| a | b |
|---|:-:|
| 1 | `x|y` |
| 2 \\| 3 | |

```python
# no heading

code()
```
***
last
"""
    assert shown(tmp_path, text) == [
        ("h1", "Title"),
        ("paragraph", "Lines that wrap."),
        ("h2", "Under"),
        ("list", "- one more"),
        ("list", "- two"),
        ("list", "1. first"),
        ("paragraph", "quoted"),
        ("table", "| a | b |  |\n|-|-|-|\n| 1 | `x | y` |\n| 2 \\| 3 |  |  |"),
        ("code", "# no heading\n\ncode()"),
        ("paragraph", "last"),
    ]


def test_front_matter_and_windows_line_ends(tmp_path: Path) -> None:
    assert shown(tmp_path, "---\r\ntitle: X\r\n---\r\n# Head\r\nText\r\n") == [
        ("paragraph", "title: X"),
        ("h1", "Head"),
        ("paragraph", "Text"),
    ]


def test_comments_are_not_read(tmp_path: Path) -> None:
    assert shown(tmp_path, "a <!-- x --> b\n\n<!-- y\n\nz --> c") == [("paragraph", "a b"), ("paragraph", "c")]


def test_the_title_is_the_first_heading_of_the_first_level(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("## Two\n# One\n# Other")
    assert read_here(reader.read, path)[1].title == "One"


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("**bold** *it* _it_ ~~no~~ ***both***", "bold it it no both"),
        ("snake_case_name and 2*3*4", "snake_case_name and 2*3*4"),
        ("[text](http://x.y) ![alt](a.png) [ref][1] <https://a.b/c>", "text alt ref https://a.b/c"),
        ("`code *kept*` &amp; \\*star\\*", "code *kept* & *star*"),
        ("one  \ntwo\nthree", "one\ntwo three"),
        ("<b>x</b> 3 < 4", "x 3 < 4"),
    ],
)
def test_marks_become_plain_text(marked: str, expected: str) -> None:
    assert plain(marked) == expected


@pytest.mark.parametrize("text", ["*" * 100_000, "`" * 100_000, "[" * 100_000, "<!--" * 50_000, "# " + " #" * 100_000])
def test_no_text_takes_more_than_linear_time(tmp_path: Path, text: str) -> None:
    shown(tmp_path, text)
