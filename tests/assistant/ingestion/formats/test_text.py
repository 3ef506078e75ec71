"""Plain text: paragraphs are found, wrapped lines joined, every usual encoding read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ingestion.formats import text as reader
from assistant.ingestion.formats.events import About
from assistant.ingestion.formats.text import unwrapped
from assistant.values import Block
from assistant.workers import Refusal
from tests.assistant.ingestion.reading import read_here


def found(tmp_path: Path, data: bytes) -> tuple[list[Block], About]:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    return read_here(reader.read, path)


def test_paragraphs_end_at_empty_lines_and_form_feeds(tmp_path: Path) -> None:
    blocks, about = found(tmp_path, b"one\r\n\r\ntwo\n \t\nthree\x0cfour")
    assert [block.text for block in blocks] == ["one", "two", "three", "four"]
    assert about == About()


def test_wrapped_lines_are_joined_and_meant_ones_stay() -> None:
    wrapped = "This is a paragraph that was wrapped by an editor at\nabout fifty letters, so its lines are short.\nEnd."
    assert unwrapped(wrapped) == (
        "This is a paragraph that was wrapped by an editor at about fifty letters, so its lines are short.\nEnd."
    )
    assert unwrapped("name: Ada\nage: 36") == "name: Ada\nage: 36"
    table = "item                 price of the item in euros\nbread                3.50"
    assert unwrapped(table) == table


@pytest.mark.parametrize(
    ("text", "encoding", "certain"),
    [
        ("Grüße, €", "utf-8", True),
        ("Grüße, €", "utf-8-sig", True),
        ("Grüße, €", "utf-16", True),
        ("plain words", "utf-16-le", True),
        ("plain words", "utf-16-be", True),
        ("Grüße, €", "utf-32", True),
        ("Grüße aus Köln", "cp1252", False),
        ("Договор аренды нежилого помещения заключён между сторонами. " * 5, "cp1251", False),
        ("契約書には次の事項を記載しなければならない。" * 5, "shift_jis", False),
    ],
)
def test_every_usual_encoding_is_read(tmp_path: Path, text: str, encoding: str, certain: bool) -> None:
    blocks, about = found(tmp_path, text.encode(encoding))
    assert "".join(block.text for block in blocks).split() == text.split()
    assert about.notes == (() if certain else ("some-letters",))


def test_stray_bytes_late_in_a_file_are_read_and_told(tmp_path: Path) -> None:
    blocks, about = found(tmp_path, b"plain\n\n" * 300_000 + b"caf\xe9")
    assert blocks[-1].text == "café"
    assert about.notes == ("some-letters",)


@pytest.mark.parametrize("data", [bytes(range(256)) * 10, b"\x7fELF\0\0\0\1\0\0" * 100])
def test_what_is_not_text_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Refusal, match="not-text"):
        found(tmp_path, data)


def test_a_line_of_any_length_is_read_whole(tmp_path: Path) -> None:
    blocks, _ = found(tmp_path, b"a" * 3_000_000)
    assert "".join(block.text for block in blocks) == "a" * 3_000_000


@given(st.text(st.sampled_from("ab .\n\t"), max_size=400))
def test_unwrapping_changes_white_space_only(text: str) -> None:
    assert unwrapped(text).split() == text.split()
