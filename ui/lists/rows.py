"""A list of rows: a title, a line about its state, a bar for its progress, and a button at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QWidget

from ui.widgets import tip

Index = QModelIndex | QPersistentModelIndex
Key = int | str
ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole)


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
    "" for none. editable: its title can be changed.
    """

    key: Key
    title: str
    detail: str = ""
    aside: str = ""
    progress: float | None = None
    tone: Tone = Tone.PLAIN
    end: str = ""
    editable: bool = False


class RowModel(QAbstractListModel):
    """The rows, and the change of a title by the person."""

    renamed = Signal(object, str)

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

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        row = self.rows[index.row()]
        match role:
            case ROW_ROLE.real:
                return row
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return row.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.title}. {row.detail}".strip(" .")
            case Qt.ItemDataRole.ToolTipRole:
                return tip(f"{row.title}\n{row.detail}".strip())
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or self.rows[index.row()].tone is Tone.SECTION:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self.rows[index.row()].editable else flags

    def setData(self, index: Index, value: object, role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        row = self.rows[index.row()]
        title = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or not title or title == row.title:
            return False
        self.renamed.emit(row.key, title)
        return True


class RowList(QListView):
    """`chosen`: a row was made the current one by the person. `removed`: its end was pressed, or Delete.

    `renamed`: its title was changed in place (F2 or a double click).
    """

    chosen = Signal(object)
    removed = Signal(object)
    renamed = Signal(object, str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from ui.lists.delegate import RowDelegate

        self.menu_for: Callable[[Key], QMenu | None] | None = None
        self._silent = False
        self._rows = RowModel(self)
        self._rows.renamed.connect(self.renamed)
        self.setAccessibleName(name)
        self.setModel(self._rows)
        self.setItemDelegate(RowDelegate(self))
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return self._rows.rows

    @property
    def current(self) -> Key | None:
        """The key of the current row."""
        index = self.currentIndex()
        return self._rows.rows[index.row()].key if index.isValid() else None

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; the current one stays the current one."""
        key = self.current
        self._rows.show_rows(rows)
        if key is not None and self.current != key:
            self.select(key)

    def select(self, key: Key | None) -> None:
        """Make a row the current one without saying that the person chose it; None for no row."""
        self._silent = True
        place = next((number for number, row in enumerate(self.rows) if row.key == key), None)
        self.setCurrentIndex(QModelIndex() if place is None else self._rows.index(place))
        self._silent = False

    def rename(self, key: Key) -> None:
        """Begin to edit the title of a row."""
        self.select(key)
        self.edit(self.currentIndex())

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and not self._silent:
            self.chosen.emit(self._rows.rows[current.row()].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.current is not None:
            self.removed.emit(self.current)
        elif event.key() == Qt.Key.Key_F2 and self.current is not None:
            self.rename(self.current)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.chosen.emit(self.current)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        from ui.lists.delegate import end_area

        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton:
            row = self._rows.rows[index.row()]
            if row.end and end_area(self, self.visualRect(index)).contains(event.position().toPoint()):
                self.removed.emit(row.key)
                return
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.scheduleDelayedItemsLayout()

    def _menu(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if index.isValid() and self.menu_for is not None:
            menu = self.menu_for(self._rows.rows[index.row()].key)
            if menu is not None:
                menu.popup(self.viewport().mapToGlobal(place))
