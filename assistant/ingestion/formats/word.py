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
            for inner in box:
                if inner.tag in BODY_TAGS:
                    yield from self.blocks(inner)

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
        rows = [self._cells(row) for row in table.iter(f"{W}tr") if next(row.iterancestors(_TABLE)) is table]
        if len(rows) == 1 and len(rows[0]) == 1 or max((len(row) for row in rows), default=0) == 1:
            # A table of one column is a frame round ordinary text.
            for cell in table.iter(f"{W}tc"):
                if next(cell.iterancestors(_TABLE)) is table:
                    for inner in cell:
                        if inner.tag in BODY_TAGS:
                            yield from self.blocks(inner)
            return
        text = markdown_rows(rows)
        if text:
            self.found = True
            yield Block(BlockKind.TABLE, clean(text))

    def _cells(self, row: etree._Element) -> list[Cell]:
        cells: list[Cell] = []
        for cell in row.iter(f"{W}tc"):
            if next(cell.iterancestors(f"{W}tr")) is not row:
                continue
            texts: list[str] = []
            for inner in cell:
                if inner.tag in BODY_TAGS:
                    texts += [self._flat(block) for block in self.blocks(inner)]
            span = value(cell.find(f"{W}tcPr/{W}gridSpan"))
            cells.append(Cell(" ".join(texts), number_of(span, 1)))
        return cells

    def _flat(self, block: Block) -> str:
        """A block inside a cell: a table in there loses its lines."""
        if block.kind is not BlockKind.TABLE:
            return block.text
        return " ".join(line.strip("| ").replace(" | ", " ") for line in block.text.split("\n") if line.strip("|-"))


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
