"""The numbers that Word 97 to 2003 write before paragraphs by themselves. Source: MS-DOC, 2.9.131 to 2.9.150."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from assistant.ingestion.formats.styles import Level, Styles

_AT_LISTS, _AT_USES, _AT_STYLES = 0x02E2, 0x02EA, 0x00A2
_LIST, _USE, _LEVEL = 28, 16, 28  # bytes of their heads
_MOST: Final = 4_000
_DEEPEST: Final = 9
_PARAGRAPH_STYLE: Final = 1
_OPERANDS: Final = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}  # bytes of a property, by its kind
_TABLE: Final = 0xD608
_NO_BASE: Final = 0x0FFF
_SPELLINGS: Final = {1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 22: "decimalZero"} | {
    23: "bullet",
    255: "none",
}
IN_LIST, ON_LEVEL = 0x460B, 0x260A
"""The properties of a paragraph that say of which use of a list it is, from 1, and on which of its levels, from 0."""

Numbering = tuple[int | None, int | None]
"""Which use of a list a paragraph or style names, 0 for none, and which level; None where it says nothing."""


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of a document; `numbers` counts as it is asked. styles: what each style names, by its number."""

    numbers: Styles
    styles: dict[int, Numbering]

    def label(self, style: int, own: Numbering) -> tuple[str, int] | None:
        """What stands before the next paragraph, and its level, from 0; None where it is in no list."""
        by_style = self.styles.get(style, (None, None))
        use = by_style[0] if own[0] is None else own[0]
        level = by_style[1] if own[1] is None else own[1]
        if not use or not self.numbers.knows(str(use)):
            return None
        return self.numbers.label(str(use), min(level or 0, _DEEPEST - 1)), min(level or 0, _DEEPEST - 1)


def lists(document: bytes, table: bytes) -> Lists:
    """The lists of a document; none where it has none, or where they make no sense."""
    numbers = Styles(None, None)
    try:
        levels = _levels(document, table)
        for use, (name, restarts) in enumerate(_uses(document, table), 1):
            if name in levels:
                numbers.declare(str(use), str(name), levels[name], restarts)
        return Lists(numbers, _styles(document, table))
    except (struct.error, IndexError):
        return Lists(Styles(None, None), {})


def _levels(document: bytes, table: bytes) -> dict[int, dict[int, Level]]:
    """The levels of each list, by its name, which is a number."""
    start, size = struct.unpack_from("<II", document, _AT_LISTS)
    found: dict[int, dict[int, Level]] = {}
    if size < 2:
        return found
    count = min(struct.unpack_from("<H", table, start)[0], _MOST)
    at = start + 2 + _LIST * count
    for number in range(count):
        head = start + 2 + _LIST * number
        name, simple = struct.unpack_from("<i", table, head)[0], table[head + 26] & 1
        own = found.setdefault(name, {})
        for level in range(1 if simple else _DEEPEST):
            first, spelling = struct.unpack_from("<iB", table, at)
            letters, paragraph = table[at + 24], table[at + 25]
            at += _LEVEL + letters + paragraph
            length = struct.unpack_from("<H", table, at)[0]
            text = table[at + 2 : at + 2 + 2 * length].decode("utf-16-le", "replace")
            at += 2 + 2 * length
            shown = "".join(f"%{ord(letter) + 1}" if ord(letter) < _DEEPEST else letter for letter in text)
            own[level] = Level(_SPELLINGS.get(spelling, "decimal"), shown, max(0, first))
    return found


def _uses(document: bytes, table: bytes) -> list[tuple[int, dict[int, int]]]:
    """The name of the list that each use is of, and where its levels start anew."""
    start, size = struct.unpack_from("<II", document, _AT_USES)
    if size < 4:
        return []
    count = min(struct.unpack_from("<I", table, start)[0], _MOST)
    at = start + 4 + _USE * count
    found = []
    for number in range(count):
        head = start + 4 + _USE * number
        name, changed = struct.unpack_from("<i", table, head)[0], table[head + 12]
        restarts: dict[int, int] = {}
        at += 4
        for _ in range(changed):
            first, flags = struct.unpack_from("<iI", table, at)
            at += 8
            if flags & 0x20:  # a level of its own follows
                letters, paragraph = table[at + 24], table[at + 25]
                first = struct.unpack_from("<i", table, at)[0]
                at += _LEVEL + letters + paragraph
                at += 2 + 2 * struct.unpack_from("<H", table, at)[0]
            if flags & 0x10:
                restarts[min(flags & 0xF, _DEEPEST - 1)] = max(0, first)
        found.append((name, restarts))
    return found


def _styles(document: bytes, table: bytes) -> dict[int, Numbering]:
    """What styles of paragraphs say of lists, those that they are based on counted in."""
    start, size = struct.unpack_from("<II", document, _AT_STYLES)
    sheet = table[start : start + size]
    if len(sheet) < 6:
        return {}
    head, count, base_size = struct.unpack_from("<HHH", sheet)
    at = 2 + head
    own: dict[int, tuple[int, Numbering]] = {}
    for number in range(min(count, _MOST)):
        length = struct.unpack_from("<H", sheet, at)[0]
        style = sheet[at + 2 : at + 2 + length]
        at += 2 + length
        if length <= base_size or base_size < 10:
            continue
        kind = struct.unpack_from("<H", style, 2)[0]
        name = struct.unpack_from("<H", style, base_size)[0]
        properties = base_size + 2 + 2 * (name + 1)
        if kind & 0xF != _PARAGRAPH_STYLE or properties + 4 > length:
            continue
        said = struct.unpack_from("<H", style, properties)[0]
        own[number] = (kind >> 4, numbering(style[properties + 4 : properties + 2 + said]))
    found: dict[int, Numbering] = {}
    for number in own:
        use: int | None = None
        level: int | None = None
        each = number
        for _ in range(20):
            if each == _NO_BASE or each not in own:
                break
            base, (its_use, its_level) = own[each]
            use, level = its_use if use is None else use, its_level if level is None else level
            each = base
        if use is not None or level is not None:
            found[number] = (use, level)
    return found


def numbering(properties: bytes) -> Numbering:
    """What a run of properties says of lists (MS-DOC, 2.6.1)."""
    use = level = None
    at = 0
    while at + 3 <= len(properties):
        code = struct.unpack_from("<H", properties, at)[0]
        at += 2
        width = _OPERANDS.get(code >> 13, properties[at] + 1)
        if code == _TABLE and at + 2 <= len(properties):
            width = struct.unpack_from("<H", properties, at)[0] + 1
        if code == IN_LIST and at + 2 <= len(properties):
            use = struct.unpack_from("<H", properties, at)[0]
        elif code == ON_LEVEL:
            level = properties[at]
        at += width
    return use, level
