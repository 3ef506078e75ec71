"""The rows of a list as Qt's model: shown, renamed, and dragged to another place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.lists.pictures import Picture
from ui.widgets import tip

Index = QModelIndex | QPersistentModelIndex
Key = int | str
ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole)
_MIME: Final = "application/x-privet-rows"
_NOWHERE: Final = QModelIndex()


class Tone(Enum):
    """How a row is drawn."""

    PLAIN = "plain"
    BUSY = "busy"
    WARN = "warn"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class Row:
    """One row. key: what it stands for, unique in the list. detail: a second line; wrapped where the tone is WARN.

    aside: a few words at the end of the title's line. progress: from 0 to 1, None for no bar. end: the icon at its end,
    "" for none. editable: its title can be changed. picture: before its title. movable: it can be dragged among those
    that are movable too.
    """

    key: Key
    title: str
    detail: str = ""
    aside: str = ""
    progress: float | None = None
    tone: Tone = Tone.PLAIN
    end: str = ""
    editable: bool = False
    picture: Picture | None = None
    movable: bool = False

    @property
    def spoken(self) -> str:
        """All of it in words, for who hears the screen."""
        parts = (self.title, self.picture.words if self.picture else "", self.detail, self.aside)
        return ". ".join(part.rstrip(".") for part in parts if part)


class RowModel(QAbstractListModel):
    """`renamed`: a title was changed. `dragged`: rows (keys) are to stand before another (its key), or last (None)."""

    renamed = Signal(object, str)
    dragged = Signal(object, object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; where only their contents differ, selection and editing stay."""
        if [row.key for row in rows] == [row.key for row in self.rows]:
            before, self.rows = self.rows, tuple(rows)
            for number, (old, new) in enumerate(zip(before, rows, strict=True)):
                if old != new:
                    self.dataChanged.emit(self.index(number), self.index(number))
            return
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        row = self.rows[index.row()]
        match role:
            case ROW_ROLE.real:
                return row
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return row.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return row.spoken
            case Qt.ItemDataRole.ToolTipRole:
                said = (row.title, row.detail, row.picture.words if row.picture else "")
                return tip("\n".join(part for part in said if part))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled  # between rows, never on one
        row = self.rows[index.row()]
        if row.tone is Tone.SECTION and not row.editable:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if row.movable:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags | Qt.ItemFlag.ItemIsEditable if row.editable else flags

    def setData(self, index: Index, value: object, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        row = self.rows[index.row()]
        title = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or not title or title == row.title:
            return False
        self.renamed.emit(row.key, title)
        return True

    # --- dragging ---------------------------------------------------------------------------

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The numbers of the rows: they mean something in this list alone, and only while it stays as it is."""
        data = QMimeData()
        data.setData(_MIME, " ".join(str(index.row()) for index in sorted(indexes)).encode())
        return data

    def canDropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        return data.hasFormat(_MIME) and not parent.isValid() and self._is_place(row)

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Say where they are to stand; the list changes when whoever keeps the order has."""
        if self.canDropMimeData(data, action, row, column, parent):
            numbers = [int(part) for part in bytes(data.data(_MIME).data()).split() if part.isdigit()]
            keys = [self.rows[number].key for number in numbers if number < len(self.rows)]
            after = [one for one in self.rows[row:] if one.movable and one.key not in keys]
            self.dragged.emit(keys, after[0].key if after else None)
        return False  # nothing is taken out by the list itself

    def _is_place(self, row: int) -> bool:
        """True right before or after a row that can be moved."""
        beside = self.rows[max(0, row - 1) : row + 1] if row >= 0 else ()
        return any(one.movable for one in beside)
