"""Positions say where a stretch stands, and survive being kept."""

from __future__ import annotations

import pytest

from assistant.values import NOWHERE, Passage, Position, Unit


@pytest.mark.parametrize(
    "position",
    [
        NOWHERE,
        Position(Unit.SHEET, name="Übersicht", cells="B2:D14"),
        Position(part="a/b.pdf", ocr=0.5),
        Position(line=3),
    ],
)
def test_a_position_comes_back_as_it_was_packed(position: Position) -> None:
    assert Position.unpacked(position.packed()) == position


def test_a_plain_page_packs_to_nothing() -> None:
    assert NOWHERE.packed() == ""


@pytest.mark.parametrize("packed", ['{"unit": "planet"}', '{"nobody": 1}', "[1]", "no"])
def test_what_no_position_packed_is_refused(packed: str) -> None:
    with pytest.raises((ValueError, TypeError, AttributeError)):
        Position.unpacked(packed)


@pytest.mark.parametrize(
    ("passage", "place"),
    [
        (Passage("", 0, 0, 12, 12), "page 12"),
        (Passage("", 0, 0, 12, 13), "pages 12 to 13"),
        (Passage("", 0, 0, 3, 3, position=Position(Unit.SLIDE)), "slide 3"),
        (Passage("", 0, 0, 1, 1, position=Position(Unit.SHEET, name="Plan", cells="A1:C9")), "sheet Plan, cells A1:C9"),
        (Passage("", 0, 0, 1, 1, position=Position(Unit.SHEET, name="Plan", cells="B2")), "sheet Plan, cell B2"),
        (Passage("", 0, 0, 4, 4, position=Position(part="a.zip/b.pdf")), "a.zip/b.pdf, page 4"),
        (Passage("", 0, 0, 4, 4, position=Position(ocr=0.9)), "page 4, read from a picture"),
        (Passage("", 0, 0, heading=("A", "B"), position=Position(line=3, last_line=9)), "B"),
        (Passage("", 0, 0, position=Position(line=3, last_line=9)), "lines 3 to 9"),
        (Passage("", 0, 0, position=Position(line=3)), "line 3"),
        (Passage("", 0, 0), ""),
    ],
)
def test_a_passage_says_where_it_stands(passage: Passage, place: str) -> None:
    assert passage.place == place
