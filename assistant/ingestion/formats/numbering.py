"""Which paragraphs of a PowerPoint text of 1997 to 2003 it numbers by itself, and how; pure. Source: MS-PPT, 2.9."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

_HAS_SCHEME: Final = 1 << 25  # of the masks of a paragraph: whether it says that it is numbered
_SCHEME: Final = 1 << 24
_PICTURE: Final = 1 << 23
_STYLE_OF_RUN: Final = 10  # where in the style of a run it says which of the paragraphs' extensions is its own
_MOST_RUNS: Final = 100_000

# The size of each property of a paragraph and of a run of letters, in their order, and the masks that say it is there.
_OF_PARAGRAPHS: Final = (
    (0xF, 2), (0x80, 2), (0x10, 2), (0x40, 2), (0x20, 4), (0x800, 2), (0x1000, 2), (0x2000, 2), (0x4000, 2),
    (0x100, 2), (0x400, 2), (0x8000, 2), (0x100000, -4), (0x10000, 2), (0xE0000, 2), (0x200000, 2),
)  # fmt: skip
_OF_LETTERS: Final = (
    (0xFFFF, 2), (0x10000, 2), (0x200000, 2), (0x400000, 2), (0x800000, 2), (0x20000, 2), (0x40000, 4), (0x80000, 2),
)  # fmt: skip
_EXTENSIONS_OF_LETTERS: Final = ((1 << 20, 4),)
_EXTENSIONS_OF_LANGUAGE: Final = ((0x1, 2), (0x2, 2), (0x4, 2), (0x20, 4), (0x40, 2))
_ROMANS: Final = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class Numbered(NamedTuple):
    """A paragraph that is numbered. level: how deep, from 0. scheme: as in MS-PPT, 2.13.34. first: where it starts."""

    level: int
    scheme: int
    first: int


def markers(text: str, style: bytes, extensions: bytes) -> list[str] | None:
    """What stands before each paragraph of `text`, as "3.", or "".

    text: paragraphs end in a carriage return. style: a StyleTextPropAtom, b"" for none. extensions: a
    StyleTextProp9Atom. None where numbers are made, but the records do not say for which paragraphs.
    """
    paragraphs = text.split("\r")
    try:
        ways = list(_extensions(extensions))
    except struct.error:
        ways = []
    if not any(ways):
        return [""] * len(paragraphs)
    try:
        levels, kinds = _runs(style, len(text) + 1) if style else ([], [])
    except (struct.error, ValueError):
        return None
    found: list[str] = []
    counts: dict[int, int] = {}
    at = 0
    for paragraph in paragraphs:
        kind = _at(kinds, at)
        way = ways[kind] if kind < len(ways) else None
        if paragraph.strip():
            found.append(_counted(counts, Numbered(_at(levels, at), *way) if way is not None else None))
        else:  # an empty one has no number, and ends no list
            found.append("")
        at += len(paragraph) + 1
    return found


def _counted(counts: dict[int, int], way: Numbered | None) -> str:
    """The marker of the next paragraph. counts: the last number at each level, which changes."""
    for level in [level for level in counts if way is None or level > way.level]:
        del counts[level]
    if way is None:
        return ""
    counts[way.level] = counts.get(way.level, way.first - 1) + 1
    return _shown(counts[way.level], way.scheme)


def _extensions(data: bytes) -> Iterator[tuple[int, int] | None]:
    """For each extension the scheme and the first number of what it numbers, None where it numbers nothing."""
    at = 0
    while at + 4 <= len(data):
        masks = struct.unpack_from("<I", data, at)[0]
        at += 4 + (2 if masks & _PICTURE else 0)
        counts, scheme, first = 0, 3, 1
        if masks & _HAS_SCHEME:
            counts, at = struct.unpack_from("<H", data, at)[0], at + 2
        if masks & _SCHEME:
            (scheme, first), at = struct.unpack_from("<HH", data, at), at + 4
        yield (scheme, first) if counts == 1 else None
        at = _past(data, at, _EXTENSIONS_OF_LETTERS)
        at = _past(data, at, _EXTENSIONS_OF_LANGUAGE)


def _runs(style: bytes, length: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where each run of paragraphs ends, with its level, and each run of letters, with the number of its extension."""
    at = 0

    def runs(read: Callable[[int], tuple[int, int]]) -> list[tuple[int, int]]:
        nonlocal at
        found: list[tuple[int, int]] = []
        end = 0
        while end < length and len(found) < _MOST_RUNS:
            count = struct.unpack_from("<I", style, at)[0]
            if not 0 < count <= length:
                raise ValueError("run")
            end += count
            value, at = read(at + 4)
            found.append((end, value))
        return found

    def paragraph(start: int) -> tuple[int, int]:
        return struct.unpack_from("<H", style, start)[0], _past(style, start + 2, _OF_PARAGRAPHS)

    def letters(start: int) -> tuple[int, int]:
        masks = struct.unpack_from("<I", style, start)[0]
        bits = struct.unpack_from("<H", style, start + 4)[0] if masks & 0xFFFF else 0
        return bits >> _STYLE_OF_RUN & 0xF, _past(style, start, _OF_LETTERS)

    return runs(paragraph), runs(letters)


def _past(data: bytes, at: int, sizes: Sequence[tuple[int, int]]) -> int:
    """Where properties end that begin at `at` with their masks. A size below 0: a count, and so many times the size."""
    masks = struct.unpack_from("<I", data, at)[0]
    at += 4
    for mask, size in sizes:
        if masks & mask:
            at += size if size > 0 else 2 - size * struct.unpack_from("<H", data, at)[0]
    return at


def _at(runs: Sequence[tuple[int, int]], at: int) -> int:
    return next((value for end, value in runs if at < end), 0)


def _shown(count: int, scheme: int) -> str:
    """A number as the scheme spells it: letters, Roman or Arabic numerals; with a full stop or in brackets."""
    letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1) if 0 < count < 1_000 else str(count)
    match scheme:
        case 0 | 1 | 8 | 9 | 10 | 11:
            said = letters
        case 4 | 5 | 6 | 7 | 14 | 15:
            said = _roman(count)
        case _:
            said = str(count)
    said = said.upper() if scheme in (1, 7, 10, 11, 14, 15) else said
    if scheme in (4, 8, 10, 12, 14):
        return f"({said})"
    return f"{said})" if scheme in (2, 5, 9, 11, 15) else f"{said}."


def _roman(count: int) -> str:
    if not 0 < count < 90:
        return str(count)
    said = ""
    for value, letters in _ROMANS:
        said += letters * (count // value)
        count %= value
    return said
