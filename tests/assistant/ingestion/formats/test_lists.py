"""Numbers that old Word writes by itself are counted as it counts them."""

from __future__ import annotations

import struct

from assistant.ingestion.formats.lists import lists, numbering


def level(text: str, spelling: int = 0, start: int = 1) -> bytes:
    """A level of a list (MS-DOC, 2.9.150). text: a letter under 9 stands for the number of that level."""
    head = struct.pack("<iB", start, spelling) + bytes(23)
    return head + struct.pack("<H", len(text)) + text.encode("utf-16-le")


def style(base: int, properties: bytes) -> bytes:
    """A style of paragraphs without a name."""
    said = struct.pack("<5H", 0, base << 4 | 1, 1, 0, 0) + struct.pack("<HH", 0, 0)
    said += struct.pack("<HH", 2 + len(properties), 0) + properties
    return struct.pack("<H", len(said)) + said


IN_FIRST = struct.pack("<HH", 0x460B, 1)
ON_SECOND = struct.pack("<HB", 0x260A, 1)


def document(uses: int = 2) -> tuple[bytes, bytes]:
    """The streams of a document with a list of clauses, and a second use of it that starts at 7."""
    own = level("\x00.") + level("\x00.\x01") + level("(\x02)", 4) + level("", 23) * 6
    head = struct.pack("<Hi", 1, 5) + bytes(24)
    clauses = head + own
    entries = struct.pack("<iQB3x", 5, 0, 0) + struct.pack("<iQB3x", 5, 0, 1)
    each = entries + struct.pack("<I", 0xFFFFFFFF) * 2 + struct.pack("<iI", 7, 0x10)
    used = struct.pack("<I", uses) + each
    styles = struct.pack("<HHH", 4, 2, 10) + style(0x0FFF, IN_FIRST) + style(0, ON_SECOND)
    stream = bytearray(0x300)
    at = 0
    for place, size, data in ((0x2E2, len(head), clauses), (0x2EA, len(used), used), (0xA2, len(styles), styles)):
        struct.pack_into("<II", stream, place, at, size)
        at += len(data)
    return bytes(stream), clauses + used + styles


def test_clauses_are_counted_level_by_level() -> None:
    found = lists(*document())
    said = [found.label(9, (1, at)) for at in (0, 1, 1, 2, 0, 1, 4)]
    assert said == [("1.", 0), ("1.1", 1), ("1.2", 1), ("(a)", 2), ("2.", 0), ("2.1", 1), ("-", 4)]
    assert found.label(9, (2, 0)) == ("7.", 0)
    assert found.label(9, (None, None)) is None and found.label(9, (0, None)) is None
    assert found.label(9, (3, 0)) is None


def test_styles_name_lists_and_what_they_are_based_on_counts() -> None:
    found = lists(*document())
    assert [found.label(0, (None, None)), found.label(1, (None, None))] == [("1.", 0), ("1.1", 1)]
    assert found.label(1, (0, None)) is None  # taken out of it by hand


def test_what_makes_no_sense_numbers_nothing() -> None:
    stream, table = document()
    for cut in range(0, len(table), 5):
        lists(stream, table[:cut]).label(1, (1, 1))
    assert lists(b"", b"").label(0, (1, 0)) is None


def test_properties_of_other_widths_are_passed_over() -> None:
    other = struct.pack("<HB", 0x2416, 1) + struct.pack("<HB", 0xC63E, 3) + b"abc"
    assert numbering(other + IN_FIRST + ON_SECOND) == (1, 1)
    assert numbering(other) == (None, None)
    assert numbering(IN_FIRST[:3]) == (None, None)
