"""Writes blocks into a QTextDocument with cursors and formats alone: no HTML is made, so none can be smuggled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Final

from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextLength,
    QTextOption,
    QTextTableFormat,
)

from ui.text.blocks import Block, Kind, Span
from ui.text.seen import outside_hosts, visible, with_marked_hosts
from ui.theme import Type, theme
from ui.widgets import tip

CITATION_SCHEME: Final = "cite:"
NOTE_TARGET: Final = "note:"  # a word on a doubt, which leads nowhere and can be reached with the keyboard
MARK_TARGET: Final = "mark:"  # marked words, which lead to where they stand
_ROLE_PROPERTY: Final = QTextFormat.Property.UserProperty.value + 1
_QUOTE_PROPERTY: Final = QTextFormat.Property.UserProperty.value + 2
_HEADING_SCALE: Final = {1: 1.3, 2: 1.17, 3: 1.07}
_CODE_PAD: Final = 0.9  # of the body's size
_LINE_HEIGHT, _CODE_LINE_HEIGHT = 126.0, 118.0  # percent of the font's own


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters of a plain text that are marked. strong: they are the point of it, and can be chosen."""

    start: int
    end: int
    strong: bool = False


class BlockRole(IntEnum):
    """What is painted under a block of the document."""

    PLAIN = 0
    CODE = 1
    RULE = 2
    SPACER = 3


def role_of(block: QTextBlock) -> tuple[BlockRole, int]:
    """What is to be painted under `block`, and how many quotations it stands in."""
    form = block.blockFormat()
    return BlockRole(form.intProperty(_ROLE_PROPERTY)), form.intProperty(_QUOTE_PROPERTY)


class Writer:
    """Writes into one document. body: the role of the type scale that paragraphs have."""

    def __init__(self, body: Type = Type.BODY) -> None:
        self._body = body
        self._em = theme().px(body.pixels)
        self._indent = round(self._em * 1.6)

    def write(self, cursor: QTextCursor, blocks: Sequence[Block]) -> None:
        """Write `blocks` from `cursor` on, whose block must be empty; no gap comes above the first of a document."""
        first = True
        for block in blocks:
            if not first:
                cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
            top = cursor.block().blockNumber() == 0
            match block.kind:
                case Kind.TABLE:
                    self._table(cursor, block, top)
                case Kind.CODE:
                    self._code(cursor, block, top)
                case Kind.RULE:
                    self._begin(cursor, block, top, role=BlockRole.RULE, gap=1.0)
                case _:
                    self._text(cursor, block, top)
            first = False

    def plain(self, cursor: QTextCursor, text: str, marks: Sequence[Mark] = ()) -> None:
        """Write `text` as it is, one paragraph per line. marks: later ones lie over earlier ones."""
        at = 0
        for number, line in enumerate(text.splitlines(keepends=True) or [""]):
            form = QTextBlockFormat()
            form.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            if number:
                cursor.insertBlock(form, QTextCharFormat())
            else:
                cursor.setBlockFormat(form)
            shown = line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
            for start, end, mark in _pieces(shown, at, marks):
                words = with_marked_hosts(visible(shown[start:end]))
                cursor.insertText(words, self._marked(self._format(Span(words)), mark))
            at += len(line)

    def _marked(self, style: QTextCharFormat, mark: Mark | None) -> QTextCharFormat:
        """The format of marked words: never by colour alone, the strong ones have a line under them."""
        if mark is not None:
            style.setBackground(theme().color("selection" if mark.strong else "tint"))
        if mark is not None and mark.strong:
            style.setAnchor(True)
            style.setAnchorHref(MARK_TARGET)
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
            style.setUnderlineColor(theme().color("accent"))
        return style

    def _begin(
        self, cursor: QTextCursor, block: Block, top: bool, *, role: BlockRole = BlockRole.PLAIN, gap: float = 0.7
    ) -> QTextBlockFormat:
        form = QTextBlockFormat()
        form.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        # Qt keeps the larger of two margins that meet: below code it would be the padding of the code's ground.
        below_code = 0 if top else role_of(cursor.block().previous())[0] is BlockRole.CODE
        form.setTopMargin(0 if top else round(self._em * (gap + (_CODE_PAD if below_code else 0))))
        form.setLeftMargin(block.depth * self._indent + block.quote * self._indent)
        form.setProperty(_ROLE_PROPERTY, int(role))
        form.setProperty(_QUOTE_PROPERTY, block.quote)
        cursor.setBlockFormat(form)
        # What stood here before may have left its font behind, which an empty line would be as high as.
        cursor.setBlockCharFormat(QTextCharFormat())
        return form

    def _text(self, cursor: QTextCursor, block: Block, top: bool) -> None:
        heading = block.kind is Kind.HEADING
        form = self._begin(cursor, block, top, gap=1.1 if heading else 0.35 if block.marker else 0.7)
        size = self._em * _HEADING_SCALE.get(block.level, 1.0) if heading else self._em
        if heading:
            form.setHeadingLevel(block.level)
        if block.marker:
            # The marker hangs in the indent: a tab that ends where the text begins.
            form.setTextIndent(-self._indent)
            form.setTabPositions([QTextOption.Tab(self._indent, QTextOption.TabType.LeftTab)])
            cursor.setBlockFormat(form)
            self._marker(cursor, block.marker)
        else:
            cursor.setBlockFormat(form)
        for span in block.spans:
            cursor.insertText(span.text, self._format(span, size, heading))

    def _marker(self, cursor: QTextCursor, marker: str) -> None:
        style = self._format(Span(marker))
        style.setForeground(theme().color("faint"))
        cursor.insertText(f"{marker}\t", style)

    def _code(self, cursor: QTextCursor, block: Block, top: bool) -> None:
        pad = round(self._em * _CODE_PAD)
        form = self._begin(cursor, block, top, role=BlockRole.CODE)
        form.setLineHeight(_CODE_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        form.setTopMargin(form.topMargin() + pad)
        form.setBottomMargin(pad)
        form.setLeftMargin(form.leftMargin() + pad)
        form.setRightMargin(pad * 3)  # room for the copy button
        cursor.setBlockFormat(form)
        style = QTextCharFormat()
        style.setFont(theme().font(Type.CODE))
        style.setForeground(theme().color("ink"))
        # One block with line separators: one background, one thing to copy.
        cursor.insertText(block.text.replace("\t", "    ").replace("\n", "\u2028"), style)

    def _table(self, cursor: QTextCursor, block: Block, top: bool) -> None:
        columns = max((len(row) for row in block.rows), default=0)
        if not columns:
            return
        self._spacer(cursor, 0 if top else round(self._em * 0.6))
        form = QTextTableFormat()
        form.setBorder(1)
        form.setBorderStyle(QTextTableFormat.BorderStyle.BorderStyle_Solid)
        form.setBorderBrush(theme().color("line"))
        form.setBorderCollapse(True)
        form.setCellPadding(theme().px(7))
        form.setHeaderRowCount(1)
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        table = cursor.insertTable(len(block.rows), columns, form)
        for y, row in enumerate(block.rows):
            for x, spans in enumerate(row[:columns]):
                inner = table.cellAt(y, x).firstCursorPosition()
                for span in spans:
                    inner.insertText(span.text, self._format(span, self._em - 1, y == 0))
        cursor.setPosition(table.lastPosition() + 1)
        self._spacer(cursor, 0)

    def _spacer(self, cursor: QTextCursor, height: int) -> None:
        """Qt puts an empty line before and after a table; it becomes as low as it can be."""
        form = QTextBlockFormat()
        form.setLineHeight(max(1, height), QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        form.setProperty(_ROLE_PROPERTY, int(BlockRole.SPACER))
        cursor.setBlockFormat(form)

    def _format(self, span: Span, size: float | None = None, strong: bool = False) -> QTextCharFormat:
        style = QTextCharFormat()
        if span.code:
            font = theme().font(Type.CODE)
            font.setPixelSize(round((size or self._em) * 0.88))
            style.setFont(font)
            style.setBackground(theme().color("sunken"))
        else:
            font = theme().font(self._body, italic=span.italic)
            font.setPixelSize(round(size or self._em))
            font.setWeight(QFont.Weight.DemiBold if span.bold or strong else QFont.Weight.Normal)
            font.setStrikeOut(span.struck)
            style.setFont(font)
        style.setForeground(theme().color("faint" if span.doubtful else "soft" if span.note else "ink"))
        if span.citation is not None:
            self._cite(style, span.citation)
        if span.note:
            font = theme().font(Type.LABEL)
            font.setPixelSize(round(self._em * 0.8))
            style.setFont(font)
        if span.note and span.citation is None:
            style.setAnchor(True)
            style.setAnchorHref(NOTE_TARGET)
        if span.hint:
            style.setToolTip(tip(span.hint))
        return style

    def _cite(self, style: QTextCharFormat, number: int) -> None:
        style.setAnchor(True)
        style.setAnchorHref(f"{CITATION_SCHEME}{number}")
        font = theme().font(Type.LABEL)
        font.setPixelSize(round(self._em * 0.8))
        style.setFont(font)
        style.setForeground(QColor(theme().palette.leaf))
        style.setFontUnderline(False)


def _pieces(line: str, at: int, marks: Sequence[Mark]) -> Iterator[tuple[int, int, Mark | None]]:
    """The stretches of a line between the borders of marks, each with the last mark over it. at: where it begins."""
    within = [
        Mark(
            outside_hosts(line, max(0, one.start - at), before=True),
            outside_hosts(line, min(len(line), one.end - at), before=False),
            one.strong,
        )
        for one in marks
        if one.start - at < len(line) and one.end > at
    ]
    borders = sorted({0, len(line), *(one.start for one in within), *(one.end for one in within)})
    for start, end in pairwise(borders):
        yield start, end, next((one for one in reversed(within) if one.start <= start and end <= one.end), None)
