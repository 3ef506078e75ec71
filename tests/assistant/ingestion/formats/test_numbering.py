"""The numbers that PowerPoint makes by itself stand before the paragraphs that they belong to."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from assistant.ingestion.formats.numbering import markers
from assistant.values import BlockKind
from tests.assistant.ingestion.reading import read

PLAIN = struct.pack("<III", 0, 0, 0)


def extension(scheme: int | None = None, first: int = 1, counts: bool = True) -> bytes:
    """One extension of paragraphs: numbered by a scheme, or as is usual."""
    masks = 0x02000000 if scheme is None else 0x03000000
    numbers = struct.pack("<H", counts) + (b"" if scheme is None else struct.pack("<HH", scheme, first))
    return struct.pack("<I", masks) + numbers + struct.pack("<II", 0, 0)


def style(paragraphs: list[tuple[int, int]], letters: list[tuple[int, int]]) -> bytes:
    """Runs of paragraphs, each of so many letters and at a level; runs of letters, each with its extension's number.

    With bullets, tab stops and fonts besides, which are to be passed over.
    """
    data = b""
    for count, level in paragraphs:
        data += struct.pack("<IHI", count, level, 0x100093) + struct.pack("<HHH", 3, 0x2022, 2)
        data += struct.pack("<H", 2) + bytes(8)
    for count, number in letters:
        data += struct.pack("<II", count, 0x50400) + struct.pack("<HH", number << 10, 7) + bytes(4)
    return data


def test_only_the_paragraphs_with_that_extension_are_numbered() -> None:
    text = "About:\rOne\rTwo"
    runs = style([(7, 0), (8, 0)], [(7, 0), (8, 1)])
    assert markers(text, runs, PLAIN + extension(3)) == ["", "1.", "2."]
    assert markers(text, runs, extension(3) + PLAIN) == ["1.", "", ""]
    assert markers(text, runs, PLAIN + extension(3, counts=False)) == ["", "", ""]
    assert markers(text, b"", extension()) == ["1.", "2.", "3."]


def test_deeper_lists_begin_anew_and_what_is_not_numbered_ends_one() -> None:
    text = "a\rb\rc\rd\re"
    levels = style([(2, 0), (2, 1), (2, 1), (2, 0), (2, 1)], [(10, 0)])
    assert markers(text, levels, extension(3)) == ["1.", "1.", "2.", "2.", "1."]
    text = "a\r\rc"
    assert markers(text, style([(5, 0)], [(5, 0)]), extension(3, first=4)) == ["4.", "", "5."]


@pytest.mark.parametrize(
    ("scheme", "shown"),
    [(0, "d."), (1, "D."), (2, "4)"), (4, "(iv)"), (7, "IV."), (10, "(D)"), (12, "(4)"), (99, "4.")],
)
def test_numbers_are_spelled_as_the_slide_shows_them(scheme: int, shown: str) -> None:
    assert markers("one", b"", extension(scheme, first=4)) == [shown]


def test_records_that_are_not_as_they_should_be_are_told_and_never_numbered_wrongly() -> None:
    text = "One\rTwo"
    whole = style([(8, 0)], [(8, 0)])
    assert markers(text, whole[:-9], extension(3)) is None
    assert markers(text, struct.pack("<I", 1 << 31) + whole[4:], extension(3)) is None
    assert markers(text, whole, b"\xff") == ["", ""]


def test_a_real_presentation_has_its_numbers(shared_data: Path) -> None:
    document = read(shared_data / "formats" / "ppt" / "legacy_sample.ppt")
    lists = [block.text for block in document.blocks if block.kind is BlockKind.LIST and block.page == 3]
    assert [text for text in lists if "List" in text] == [
        "1. List item4", "2. List item5", "3. List item6", "1. List1", "2. List2", "3. List3",
    ]  # fmt: skip
    assert document.warnings == ()
