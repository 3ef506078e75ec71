"""What comes from the child that reads, checked before a word of it is believed; pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

from assistant.ingestion import caps
from assistant.ingestion.cleaning import one_line, without_unseen
from assistant.ingestion.tabling import caption
from assistant.values import NOWHERE, Block, BlockKind, CellValue, Position, Table, Unit

_KINDS: Final = {kind.value: kind for kind in BlockKind}
_UNITS: Final = {unit.value: unit for unit in Unit}
_LEVELS: Final = range(10)
_CELLS: Final = re.compile(r"(?:[A-Z]{1,4}\d{1,8}(?::[A-Z]{1,4}\d{1,8})?)?")
_MOST_LINES: Final = 2_000_000_000
_LARGEST_NUMBER: Final = 1 << 63
_SAME_POSITIONS: Final = 4_096


class Nonsense(ValueError):
    """An answer that no honest child gives."""


class Place(NamedTuple):
    """Where a picture stands that may hold text: before the block of this index. number: of the file's members."""

    number: int
    before: int
    page: int | None
    position: Position


@dataclass(slots=True)
class Received:
    """One document as it comes in. Every method raises Nonsense at the first thing out of order."""

    blocks: list[Block] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    pictures: list[Place] = field(default_factory=list)
    characters: int = 0
    cells: int = 0
    page: int = 0
    pages: int = 0
    begun: bool = False
    complete: bool = False
    cut: bool = False
    title: str = ""
    unit: Unit = Unit.PAGE
    empty_pages: tuple[int, ...] = ()
    lost_pages: tuple[int, ...] = ()
    picture_pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    _known: dict[str, Position] = field(default_factory=dict)

    def take(self, untrusted: Mapping[str, object]) -> bool:
        """Take one part in; True if it says how far reading has come."""
        if self.complete:
            raise Nonsense("something came after the end")
        untrusted_blocks = untrusted.get("blocks", [])
        if not isinstance(untrusted_blocks, list):
            raise Nonsense("blocks")
        for untrusted_block in untrusted_blocks:
            self._take_block(untrusted_block)
        if "picture" in untrusted:
            self._take_picture(untrusted["picture"])
        if "table" in untrusted:
            self._take_table(untrusted["table"])
        if "about" in untrusted:
            self._take_end(untrusted["about"])
        if "page" not in untrusted:
            return False
        self.pages = _number(untrusted.get("pages"), caps.MAX_PAGES)
        page = _number(untrusted.get("page"), self.pages)
        if page < self.page:
            raise Nonsense("page")
        self.page = page
        return True

    def _take_block(self, untrusted: object) -> None:
        match untrusted:
            case [str(kind), str(text), int(page), int(level), untrusted_position] if (
                kind in _KINDS and level in _LEVELS
            ):
                pass
            case _:
                raise Nonsense("block")
        if not self._last_page() <= page <= caps.MAX_PAGES:
            raise Nonsense("page")
        self.characters += len(text)
        if len(text) > caps.MAX_BLOCK or self.characters > caps.MAX_TEXT or len(self.blocks) >= caps.MAX_BLOCKS:
            raise Nonsense("size")
        text = without_unseen(text)
        position = self._position(untrusted_position)
        if text.strip():
            self.blocks.append(Block(_KINDS[kind], text, page or None, level, position))

    def _last_page(self) -> int:
        """The page that the document has come to, 0 where it has none."""
        block = self.blocks[-1].page if self.blocks else None
        picture = self.pictures[-1].page if self.pictures else None
        return max(block or 0, picture or 0)

    def _take_picture(self, untrusted: object) -> None:
        match untrusted:
            case [int(number), int(page), untrusted_position] if 0 < number <= caps.MAX_MEMBERS:
                pass
            case _:
                raise Nonsense("picture")
        if len(self.pictures) >= caps.MAX_PICTURES or any(number == place.number for place in self.pictures):
            raise Nonsense("picture")
        if not self._last_page() <= page <= caps.MAX_PAGES:
            raise Nonsense("page")
        position = self._position(untrusted_position)
        self.pictures.append(Place(number, len(self.blocks), page or None, position))

    def _position(self, untrusted: object) -> Position:
        if untrusted is None:
            return NOWHERE
        key = repr(untrusted)  # most blocks of a document share their position, and then the object as well
        known = self._known.get(key)
        if known is None:
            known = _position(untrusted)
            if len(self._known) < _SAME_POSITIONS:
                self._known[key] = known
        return known

    def _take_table(self, untrusted: object) -> None:
        match untrusted:
            case [int(page), untrusted_position, list(untrusted_rows)] if 0 <= page <= caps.MAX_PAGES:
                pass
            case _:
                raise Nonsense("table")
        rows = [_row(untrusted_row) for untrusted_row in untrusted_rows]
        self.cells += sum(len(row) for row in rows)
        if self.cells > caps.MAX_CELLS or any(len(row) != len(rows[0]) for row in rows):
            raise Nonsense("table")
        if rows:
            said = caption(self.blocks, len(self.blocks))
            self.tables.append(Table(tuple(rows), page or None, self._position(untrusted_position), said))

    def _take_end(self, untrusted: object) -> None:
        if not isinstance(untrusted, dict):
            raise Nonsense("about")
        title, notes, unit = untrusted.get("title"), untrusted.get("notes"), untrusted.get("unit")
        if not isinstance(title, str) or not isinstance(notes, list) or len(notes) > 20 or unit not in _UNITS:
            raise Nonsense("about")
        self.title = one_line(title)[: caps.MAX_TITLE]
        self.unit = _UNITS[unit]
        self.notes = tuple(dict.fromkeys(note for note in notes if isinstance(note, str)))
        self.pages = _number(untrusted.get("pages"), caps.MAX_PAGES)
        self.empty_pages = _page_list(untrusted.get("empty_pages"), self.pages)
        self.lost_pages = _page_list(untrusted.get("lost_pages"), self.pages)
        self.picture_pages = _page_list(untrusted.get("picture_pages"), self.pages)
        self.cut = untrusted.get("cut") is True
        if self._last_page() > self.pages:
            raise Nonsense("page")
        self.complete = True


def _position(untrusted: object) -> Position:
    match untrusted:
        case [str(unit), str(name), str(cells), int(line), int(last_line), float() | int() as ocr] if unit in _UNITS:
            pass
        case _:
            raise Nonsense("position")
    if not 0 <= line <= last_line <= _MOST_LINES or not _CELLS.fullmatch(cells) or not -1 <= ocr <= 1:
        raise Nonsense("position")
    name = one_line(name)[: caps.MAX_NAME]
    return Position(_UNITS[unit], "", name, cells, line, last_line, None if ocr < 0 else float(ocr))


def _row(untrusted: object) -> tuple[CellValue, ...]:
    if not isinstance(untrusted, list):
        raise Nonsense("row")
    return tuple(_cell(each) for each in untrusted)


def _cell(untrusted: object) -> CellValue:
    if isinstance(untrusted, str) and len(untrusted) <= caps.MAX_BLOCK:
        return without_unseen(untrusted)
    if untrusted is None or isinstance(untrusted, bool):
        return untrusted
    if isinstance(untrusted, float) and math.isfinite(untrusted):
        return untrusted
    if isinstance(untrusted, int) and abs(untrusted) < _LARGEST_NUMBER:
        return untrusted
    raise Nonsense("cell")


def _number(untrusted: object, most: int) -> int:
    if type(untrusted) is not int or not 0 <= untrusted <= most:
        raise Nonsense("number")
    return untrusted


def _page_list(untrusted: object, pages: int) -> tuple[int, ...]:
    """Page numbers in rising order."""
    if not isinstance(untrusted, list) or len(untrusted) > pages:
        raise Nonsense("pages")
    numbers = tuple(_number(each, pages) for each in untrusted)
    if any(first >= second for first, second in pairwise(numbers)) or 0 in numbers:
        raise Nonsense("pages")
    return numbers
