"""A list of rows: a title, a line about its state, a bar for its progress, and a button at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QWidget

from ui.lists.model import Index, Key, Row, RowModel


class RowList(QListView):
    """`chosen`: a row was made the current one by the person. `removed`: its end was pressed, or Delete.

    `renamed`: its title was changed in place (F2 or a double click). `opened`: of one whose title can't be changed, a
    double click or Return. `dragged`: rows (keys) were dropped before another
    one (its key), or last (None). several: more than one row can be selected.
    """

    chosen = Signal(object)
    removed = Signal(object)
    renamed = Signal(object, str)
    opened = Signal(object)
    dragged = Signal(object, object)

    def __init__(self, name: str, parent: QWidget | None = None, several: bool = False) -> None:
        super().__init__(parent)
        from ui.lists.delegate import RowDelegate

        self.menu_for: Callable[[Key], QMenu | None] | None = None
        self._silent = False
        self._rows = RowModel(self)
        self._rows.renamed.connect(self.renamed)
        self._rows.dragged.connect(self.dragged)
        self.setAccessibleName(name)
        self.setModel(self._rows)
        self.setItemDelegate(RowDelegate(self))
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        if several:
            self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
            self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
            self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self.doubleClicked.connect(self._open)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return self._rows.rows

    @property
    def current(self) -> Key | None:
        """The key of the current row."""
        index = self.currentIndex()
        return self._rows.rows[index.row()].key if index.isValid() else None

    @property
    def selected(self) -> tuple[Key, ...]:
        """The keys of the selected rows, in the order of the list."""
        chosen = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._rows.rows[row].key for row in chosen)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; the current one stays the current one, and what is selected stays so."""
        key, chosen = self.current, set(self.selected)
        self._rows.show_rows(rows)
        if key is not None and self.current != key:
            self.select(key)
        if len(chosen) > 1:
            for number, row in enumerate(self.rows):
                if row.key in chosen:
                    self.selectionModel().select(self._rows.index(number), QItemSelectionModel.SelectionFlag.Select)

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

    def _open(self, index: Index) -> None:
        row = self._rows.rows[index.row()]
        if not row.editable:
            self.opened.emit(row.key)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and not self._silent:
            self.chosen.emit(self._rows.rows[current.row()].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chosen = self.selected or ((self.current,) if self.current is not None else ())
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and chosen:
            self.removed.emit(chosen[0])
        elif event.key() == Qt.Key.Key_F2 and self.current is not None:
            self.rename(self.current)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.chosen.emit(self.current)
            self._open(self.currentIndex())
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
