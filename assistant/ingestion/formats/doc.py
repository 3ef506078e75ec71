"""DOC, Word's own format of 1997 to 2003, and the text of Word 2, 6 and 95. Source: MS-DOC."""

from __future__ import annotations

import bisect
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from assistant.ingestion.cleaning import clean, one_line, tidy
from assistant.ingestion.formats import rtf
from assistant.ingestion.formats.events import About, Event
from assistant.ingestion.formats.lists import Lists, Numbering, lists, numbering
from assistant.ingestion.formats.tables import Cell, markdown_rows
from assistant.values import Block, BlockKind
from assistant.workers import Refusal

WORD_2: Final = b"\xdb\xa5"
"""How a text of Word 2 begins, which is no compound file."""

_WORD_97: Final = 0x00C1
_ENCRYPTED, _TABLE_1, _COMPLEX = 0x0100, 0x0200, 0x0004
_AT_CLX, _AT_PAPX = 0x01A2, 0x0102
_AT_OLD_CLX, _AT_ENVIRONMENT = 0x0160, 0x0012  # of Word 6 and 95
_SUBDOCUMENTS: Final = (("", 0x4C), ("Notes", 0x50), ("Headers and footers", 0x54), ("", 0x58), ("Comments", 0x5C))
_MORE_SUBDOCUMENTS: Final = (("Notes", 0x60), ("Text boxes", 0x64), ("Headers and footers", 0x68))
_PAGE: Final = 512
_MOST_PARAGRAPHS: Final = 1_000_000
_IS_ROW_END: Final = 0x2417
_IN_TABLE: Final = 0x2416
_OPERANDS: Final = {0: 1, 1: 1, 2: 2, 3: 4, 4: 2, 5: 2, 7: 3}
_PARAGRAPH_ENDS: Final = re.compile("([\r\x07\x0c])")
_FIELD_CODE: Final = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x15]*))?\x15")
_MARKS: Final = {0x0B: "\n", 0x1E: "-", 0x1F: None, 0x0E: "\n", 0xA0: " "} | dict.fromkeys(
    [*range(0x07), 0x08, 0x0F, *range(0x10, 0x1E)]
)

Read = Callable[[str], bytes]
"""Gives a stream of the compound file, b"" where it is not there."""


@dataclass(frozen=True, slots=True)
class _Properties:
    """What the format says of one paragraph. style: 1 to 9 are the headings."""

    style: int = 0
    row_end: bool = False
    in_table: bool = False
    numbering: Numbering = (None, None)


def read(stream: Read) -> Iterator[Event]:
    """Blocks of a document. stream: as `Read`. Raises Refusal: "password", "damaged"."""
    document = stream("WordDocument")
    if len(document) < 0x80:
        raise Refusal("damaged", "header")
    identity, version = struct.unpack_from("<HH", document)
    flags = struct.unpack_from("<H", document, 0x0A)[0]
    if flags & _ENCRYPTED:
        raise Refusal("password")
    if document.startswith(b"{\\rtf"):
        blocks = rtf.blocks_of(document)
    elif version < _WORD_97 or identity not in (0xA5EC, 0xA5DC):
        blocks = _plain(document, flags)
    else:
        blocks = _blocks(document, stream("1Table" if flags & _TABLE_1 else "0Table"))
    yield from blocks
    yield About()


def _plain(document: bytes, flags: int) -> list[Block]:
    """The text of Word 2, 6 and 95, which lies in one run unless the file was saved fast."""
    codec = "mac_roman" if document[_AT_ENVIRONMENT] & 1 else "cp1252"
    if flags & _COMPLEX:
        if document.startswith(WORD_2) or len(document) < _AT_OLD_CLX + 8:
            raise Refusal("old-word")
        start, size = struct.unpack_from("<II", document, _AT_OLD_CLX)
        plain = document[start : start + size]
        text = "".join(document[at : at + length].decode(codec, "replace") for at, length in _old_pieces(plain))
    else:
        start, end = struct.unpack_from("<II", document, 0x18)
        if not 0x80 <= start < end <= len(document):
            raise Refusal("damaged", "text")
        text = document[start:end].decode(codec, "replace")
    return list(_Paragraphs(lambda _: _Properties()).blocks(text, 0))


def _old_pieces(clx: bytes) -> Iterator[tuple[int, int]]:
    """Place and length of each stretch of a text of Word 6 or 95, a byte a letter, in their order."""
    places, descriptions = _piece_table(clx)
    for number, (start, end) in enumerate(pairwise(places)):
        yield struct.unpack_from("<I", descriptions, 8 * number + 2)[0], max(0, end - start)


def _blocks(document: bytes, table: bytes) -> list[Block]:
    if len(document) < 0x200 or not table:
        raise Refusal("damaged", "table")
    pieces = _pieces(document, table)
    paragraphs = _Paragraphs(_properties(document, table, pieces), lists(document, table))
    text = "".join(piece.text for piece in pieces)
    blocks: list[Block] = []
    at = 0
    for heading, place in (*_SUBDOCUMENTS, *_MORE_SUBDOCUMENTS):
        length = max(0, struct.unpack_from("<i", document, place)[0])
        found = list(paragraphs.blocks(text[at : at + length], at)) if length and place != 0x58 else []
        if heading == "Headers and footers":
            found = [block for block in dict.fromkeys(found) if not block.text.strip().isdecimal()]
        if heading and found:
            if not any(block.text == heading and block.level == 1 for block in blocks):
                blocks.append(Block(BlockKind.HEADING, heading, level=1))
            found = [Block(block.kind, block.text) for block in found]
        blocks += found
        at += length
    return blocks


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text. start: its place in the whole text. offset: that in the stream. width: bytes a letter."""

    text: str
    start: int
    offset: int
    width: int


def _pieces(document: bytes, table: bytes) -> list[_Piece]:
    start, size = struct.unpack_from("<II", document, _AT_CLX)
    places, descriptions = _piece_table(table[start : start + size])
    pieces: list[_Piece] = []
    total = 0
    for number in range(len(places) - 1):
        raw = struct.unpack_from("<I", descriptions, 8 * number + 2)[0]
        width = 1 if raw & 0x40000000 else 2
        offset = (raw & 0x3FFFFFFF) // (2 if width == 1 else 1)
        length = places[number + 1] - places[number]
        total += max(0, length)
        if length <= 0 or total > len(document):  # pieces that lie over one another would grow without end
            break
        data = document[offset : offset + length * width]
        text = data.decode("cp1252" if width == 1 else "utf-16-le", "replace")
        # One letter a unit, so that places stay places: pairs of surrogates are made one letter afterwards.
        if width == 2 and len(text) != length:
            text = "".join(map(chr, struct.unpack_from(f"<{len(data) // 2}H", data)))
        pieces.append(_Piece(text.ljust(length, "\x00"), places[number], offset, width))
    return pieces


def _piece_table(clx: bytes) -> tuple[tuple[int, ...], bytes]:
    """Where pieces begin and the last ends, in letters, and eight bytes on each (MS-DOC, 2.8.35 and 2.9.38)."""
    at = 0
    while at + 3 <= len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at + 5 > len(clx) or clx[at] != 2:
        raise Refusal("damaged", "pieces")
    size = struct.unpack_from("<I", clx, at + 1)[0]
    plc = clx[at + 5 : at + 5 + size]
    count = (len(plc) - 4) // 12
    if count < 1:
        raise Refusal("damaged", "pieces")
    return struct.unpack_from(f"<{count + 1}I", plc), plc[4 * (count + 1) :]


def _properties(document: bytes, table: bytes, pieces: list[_Piece]) -> Callable[[int], _Properties]:
    """Gives what the format says of the paragraph that ends at a place of the text."""
    ends, found = _paragraph_runs(document, table)
    starts = [piece.start for piece in pieces]

    def at(place: int) -> _Properties:
        number = bisect.bisect_right(starts, place) - 1
        if number < 0 or not ends:
            return _Properties()
        piece = pieces[number]
        run = bisect.bisect_right(ends, piece.offset + (place - piece.start) * piece.width)
        return found[run] if run < len(found) else _Properties()

    return at


def _paragraph_runs(document: bytes, table: bytes) -> tuple[list[int], list[_Properties]]:
    """Where paragraphs end in the stream, in rising order, and what is said of each (MS-DOC, 2.8.5 and 2.9.173)."""
    start, size = struct.unpack_from("<II", document, _AT_PAPX)
    plc = table[start : start + size]
    count = (len(plc) - 4) // 8
    runs: list[tuple[int, _Properties]] = []
    for number in range(max(0, count)):
        page = struct.unpack_from("<I", plc, 4 * (count + 1) + 4 * number)[0] & 0x3FFFFF
        block = document[page * _PAGE : (page + 1) * _PAGE]
        if len(block) < _PAGE or len(runs) > _MOST_PARAGRAPHS:
            break
        paragraphs = block[-1]
        if 4 * (paragraphs + 1) + 13 * paragraphs > _PAGE:
            continue
        for at in range(paragraphs):
            end = struct.unpack_from("<I", block, 4 * (at + 1))[0]
            where = 2 * block[4 * (paragraphs + 1) + 13 * at]
            runs.append((end, _paragraph(block, where)))
    runs.sort(key=lambda run: run[0])
    return [end for end, _ in runs], [properties for _, properties in runs]


def _paragraph(block: bytes, where: int) -> _Properties:
    if not 0 < where < _PAGE - 4:
        return _Properties()
    size = block[where]
    start = where + 1
    size = 2 * block[start] if size == 0 else 2 * size - 1
    start += block[where] == 0
    data = block[start : min(start + size, _PAGE)]
    if len(data) < 2:
        return _Properties()
    style = struct.unpack_from("<H", data)[0]
    row_end = in_table = False
    at = 2
    while at + 3 <= len(data):
        code = struct.unpack_from("<H", data, at)[0]
        at += 2
        width = _OPERANDS.get(code >> 13)
        if width is None:
            width = data[at] + 1
            if code == 0xD608 and at + 2 <= len(data):
                width = struct.unpack_from("<H", data, at)[0] + 1
        row_end = row_end or (code == _IS_ROW_END and data[at] == 1)
        in_table = in_table or (code == _IN_TABLE and data[at] == 1)
        at += width
    return _Properties(style, row_end, in_table, numbering(data[2:]))


class _Paragraphs:
    """Cuts text at its paragraphs' ends and puts the cells of tables together."""

    def __init__(self, properties: Callable[[int], _Properties], numbered: Lists | None = None) -> None:
        self._properties = properties
        self._lists = numbered

    def blocks(self, text: str, start: int) -> Iterator[Block]:
        """The blocks of a stretch. start: its place in the whole text."""
        parts = _PARAGRAPH_ENDS.split(text)
        at = start
        field: list[str] = []  # paragraphs inside a field that began and did not end yet
        cell: list[str] = []
        cells: list[Cell] = []
        rows: list[list[Cell]] = []
        for number in range(0, len(parts), 2):
            body = parts[number]
            mark = parts[number + 1] if number + 1 < len(parts) else "\r"
            at += len(body)
            properties = self._properties(at)
            at += 1
            field = [] if len(field) > 50 else field
            joined = "\x0b".join([*field, body])
            if joined.count("\x13") > joined.count("\x15"):
                field.append(body)
                continue
            field = []
            shown = _shown(joined)
            label = self._label(properties, shown)
            if mark == "\x07" and (
                properties.row_end or (not shown and not cell and cells and not properties.in_table)
            ):
                rows.append(cells)
                cells, cell = [], []
            elif mark == "\x07":
                cells.append(Cell(one_line(" ".join([*cell, label.strip(), shown]))))
                cell = []
            elif properties.in_table:
                cell += [label.strip(), shown]
            else:
                yield from _table(rows, cells)
                rows, cells = [], []
                yield from _paragraph_block(" ".join([*cell, shown]), properties, label)
                cell = []
        yield from _table(rows, cells)
        yield from _paragraph_block(" ".join([*cell, *map(_shown, field)]), _Properties())

    def _label(self, properties: _Properties, shown: str) -> str:
        """The number that stands before a paragraph, or a dash, as far in as its level is; "" without one."""
        if self._lists is None or properties.row_end or not shown.strip():
            return ""
        found = self._lists.label(properties.style, properties.numbering)
        return f"{'  ' * found[1]}{found[0]}" if found is not None else ""


def _shown(text: str) -> str:
    """Text without marks, and of fields only what they show."""
    for _ in range(8):  # fields stand in fields
        shorter = _FIELD_CODE.sub(lambda match: match.group(1) or "", text)
        if shorter == text:
            break
        text = shorter
    text = text.translate(_MARKS)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _paragraph_block(text: str, properties: _Properties, label: str = "") -> Iterator[Block]:
    text = tidy(text)
    if text and 1 <= properties.style <= 9 and len(text) < 500:
        yield Block(BlockKind.HEADING, one_line(f"{label.strip(' -')} {text}"), level=properties.style)
    elif text and label:
        yield Block(BlockKind.LIST, f"{label} {text}")
    elif text:
        yield Block(BlockKind.PARAGRAPH, text)


def _table(rows: list[list[Cell]], cells: list[Cell]) -> Iterator[Block]:
    text = clean(markdown_rows([*rows, *([cells] if cells else [])]))
    if text:
        yield Block(BlockKind.TABLE if text.startswith("|") else BlockKind.PARAGRAPH, text)
