"""A table as its sheet has it, with the cells marked that a passage covers."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractItemView, QTableView

from assistant.values import CellValue, ShownTable
from ui.i18n import tr
from ui.panels.viewer.hand import ByHand
from ui.theme import Type, theme

_LONGEST: Final = 400  # characters of a cell that are shown
Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class CellGrid(QTableView):
    """The cells, numbered as in the sheet. `scrolled`: a person scrolled so far down, 0 to 1."""

    scrolled = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._hand = ByHand(self.verticalScrollBar())
        self._hand.scrolled.connect(lambda: self.scrolled.emit(self._hand.share))
        self._cells = _Cells(self)
        self.setModel(self._cells)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setAccessibleName(tr("Cells"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self._restyle()
        theme().changed.connect(self._restyle)

    def show_table(self, table: ShownTable) -> None:
        """Show a table, at the cells that are marked."""
        self._cells.show_table(table)
        self.setAccessibleName(tr("Cells of {name}", name=table.name) if table.name else tr("Cells"))
        for column in range(min(self._cells.columnCount(), 60)):
            self.setColumnWidth(column, self._width(table, column))
        if table.passage is not None:
            row = min(table.quote) if table.quote else table.passage[0]
            first = self._cells.index(row - table.row, table.passage[1] - table.column)
            self.setCurrentIndex(first)
            self.scrollTo(first, QAbstractItemView.ScrollHint.PositionAtCenter)

    def show_share(self, share: float) -> None:
        """Scroll so far, 0 to 1, without this being a person's doing."""
        self._hand.show_share(share)

    @property
    def selected(self) -> str:
        """The selected cells, columns parted by tabs, where more than one is."""
        chosen = sorted(self.selectedIndexes(), key=lambda index: (index.row(), index.column()))
        if len(chosen) < 2:
            return ""
        lines: dict[int, list[str]] = {}
        for index in chosen:
            lines.setdefault(index.row(), []).append(str(self._cells.data(index) or ""))
        return "\n".join("\t".join(cells) for cells in lines.values())

    def _width(self, table: ShownTable, column: int) -> int:
        """As wide as the first rows need, within reason."""
        shown = [_words(row[column]) for row in table.rows[:40] if column < len(row)]
        longest = max(map(len, shown), default=0)
        return theme().px(min(280, max(56, 9 * longest + 20)))

    def _restyle(self) -> None:
        self.setFont(theme().font(Type.UI))
        self.verticalHeader().setDefaultSectionSize(theme().px(26))
        self.viewport().update()


class _Cells(QAbstractTableModel):
    """The cells of one table; only those in sight are asked for."""

    def __init__(self, parent: CellGrid) -> None:
        super().__init__(parent)
        self._table = ShownTable("", ())

    def show_table(self, table: ShownTable) -> None:
        """Hold another table."""
        self.beginResetModel()
        self._table = table
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._table.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if not self._table.rows or (parent is not None and parent.isValid()) else len(self._table.rows[0])

    def data(self, index: Index, role: int = _Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        value = self._table.rows[index.row()][index.column()]
        row, column = index.row() + self._table.row, index.column() + self._table.column
        marked = self._holds(row, column)
        answers = marked and row in self._table.quote
        match role:
            case _Role.DisplayRole:
                return _words(value)[:_LONGEST]
            case _Role.ToolTipRole:
                words = _words(value)
                return words if len(words) > _LONGEST else None
            case _Role.TextAlignmentRole if isinstance(value, int | float) and not isinstance(value, bool):
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _Role.BackgroundRole if marked:
                return theme().color("selection" if answers else "tint")
            case _Role.FontRole if answers:
                return theme().font(Type.UI, weight=QFont.Weight.DemiBold)
            case _Role.AccessibleDescriptionRole if marked:
                return tr("answers") if answers else tr("part of the passage")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _Role.DisplayRole) -> object:
        if role != _Role.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + self._table.row)
        return _letters(section + self._table.column)

    def _holds(self, row: int, column: int) -> bool:
        passage = self._table.passage
        return passage is not None and passage[0] <= row <= passage[2] and passage[1] <= column <= passage[3]


def _words(value: CellValue) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e15 and value == round(value, 6) else str(value)


def _letters(number: int) -> str:
    """A column's name: 1 is A, 27 is AA."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
