"""Paragraphs and tables of WordprocessingML as blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from assistant.ingestion.cleaning import clean, tidy
from assistant.ingestion.formats.styles import Styles, W, number_of, value
from assistant.ingestion.formats.tables import Cell, markdown_rows
from assistant.values import Block, BlockKind

_PARAGRAPH: Final = W + "p"
_TABLE: Final = W + "tbl"
_BOX: Final = W + "txbxContent"
_MATH: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_CHOICES: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

BODY_TAGS: Final = (_PARAGRAPH, _TABLE)

# Deleted text, field codes, properties, and the older spelling of what stands beside it in a newer one.
_SKIPPED: Final = frozenset(
    {W + name for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "tblPr", "sectPr", "rt")}
    | {_CHOICES + "Fallback"}
)
_LETTERS: Final = {W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}


def is_inside(element: etree._Element) -> bool:
    """True for a paragraph or table that belongs to another one, which is read as a whole."""
    return next(element.iterancestors(_PARAGRAPH, _TABLE), None) is not None


class Word:
    """Turns elements into blocks, in reading order. found: whether there was any text yet."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self.found = False

    def blocks(self, element: etree._Element) -> Iterator[Block]:
        """The blocks of a paragraph, with the text boxes anchored in it, or of a table."""
        if element.tag == _TABLE:
            yield from self._table(element)
            return
        boxes: list[etree._Element] = []
        block = self._paragraph(element, boxes)
        if block is not None:
            self.found = True
            yield block
        for box in boxes:
            yield from self._inside(box)

    def _paragraph(self, element: etree._Element, boxes: list[etree._Element]) -> Block | None:
        pieces: list[str] = []
        _gather(element, pieces, boxes)
        properties = element.find(f"{W}pPr")
        style = outline = ""
        own = None
        if properties is not None:
            style, outline = value(properties.find(f"{W}pStyle")), value(properties.find(f"{W}outlineLvl"))
            own = properties.find(f"{W}numPr")
        text = "".join(pieces)
        if self._styles.is_code(style):
            return Block(BlockKind.CODE, clean(text).strip("\n")) if text.strip() else None
        text = tidy(text)
        if not text:
            return None
        level = self._styles.heading_level(style, outline)
        numbering = self._styles.numbering(style, own)
        if numbering is not None:
            label = self._styles.label(*numbering)
            text = f"{'' if level else '  ' * numbering[1]}{label} {text}" if label else text
        if level:
            return Block(BlockKind.HEADING, " ".join(text.split()), level=level)
        return Block(BlockKind.PARAGRAPH if numbering is None else BlockKind.LIST, text)

    def _table(self, table: etree._Element) -> Iterator[Block]:
        rows = [_own(row, f"{W}tc", f"{W}tr") for row in _own(table, f"{W}tr", _TABLE)]
        if max((len(row) for row in rows), default=0) <= 1:
            # A table of one column is a frame round ordinary text.
            for row in rows:
                for cell in row:
                    yield from self._inside(cell)
            return
        text = markdown_rows(self._cells(rows))
        if text:
            self.found = True
            yield Block(BlockKind.TABLE, clean(text))

    def _inside(self, element: etree._Element) -> Iterator[Block]:
        for inner in element.iterchildren(*BODY_TAGS, f"{W}sdt"):
            if inner.tag == f"{W}sdt":
                content = inner.find(f"{W}sdtContent")
                yield from self._inside(content) if content is not None else ()
            else:
                yield from self.blocks(inner)

    def _cells(self, rows: list[list[etree._Element]]) -> Iterator[list[Cell]]:
        """The cells of each row; one that goes on from the row above says again what stands there."""
        above: dict[int, str] = {}
        for row in rows:
            cells: list[Cell] = []
            column = 0
            for element in row:
                columns = max(1, number_of(value(element.find(f"{W}tcPr/{W}gridSpan")), 1))
                merged = element.find(f"{W}tcPr/{W}vMerge")
                text = " ".join(self._flat(block) for block in self._inside(element))
                if merged is not None and value(merged) != "restart":
                    text = text or above.get(column, "")
                above[column] = text if merged is not None else ""
                cells.append(Cell(text, columns))
                column += columns
            yield cells

    def _flat(self, block: Block) -> str:
        """A block inside a cell: a table in there loses its lines."""
        if block.kind is not BlockKind.TABLE:
            return block.text
        return " ".join(line.strip("| ").replace(" | ", " ") for line in block.text.split("\n") if line.strip("|-"))


def _own(element: etree._Element, tag: str, owner: str) -> list[etree._Element]:
    """The elements under `element` with this tag that belong to it, not to another `owner` inside it."""
    return [each for each in element.iter(tag) if next(each.iterancestors(owner)) is element]


def _gather(element: etree._Element, pieces: list[str], boxes: list[etree._Element]) -> None:
    """Put the text under `element` into `pieces` and the text boxes into `boxes`."""
    for child in element:
        tag = child.tag
        if tag == W + "t" or tag == _MATH:
            pieces.append(child.text or "")
        elif tag == _BOX:
            boxes.append(child)
        elif tag in _LETTERS:
            pieces.append(_LETTERS[tag])
        elif isinstance(tag, str) and tag not in _SKIPPED:
            _gather(child, pieces, boxes)
