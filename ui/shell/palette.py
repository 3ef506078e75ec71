"""The command palette: all commands and chats under a few keystrokes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.lists import Row, RowList
from ui.theme import theme


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be picked."""

    key: str
    title: str
    aside: str = ""


class Palette(QDialog):
    """`picked` carries the key of an entry."""

    picked = Signal(str)

    def __init__(self, entries: Sequence[Entry], parent: QWidget) -> None:
        super().__init__(parent)
        self._entries = tuple(entries)
        self.setObjectName("palette")
        self.setWindowTitle(tr("All commands"))
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.resize(theme().px(540), theme().px(420))
        self._field = QLineEdit()
        self._field.setPlaceholderText(tr("What would you like to do?"))
        self._field.setAccessibleName(tr("Search commands and chats"))
        self._field.textChanged.connect(self._filter)
        self._field.installEventFilter(self)
        self._list = RowList(tr("Commands and chats"))
        self._list.clicked.connect(self._pick)
        self._list.activated.connect(self._pick)
        layout = QVBoxLayout(self)
        pad = theme().px(12)
        layout.setContentsMargins(pad, pad, pad, pad)
        layout.setSpacing(theme().px(8))
        layout.addWidget(self._field)
        layout.addWidget(self._list, 1)
        self._filter("")
        self._field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up, down and Enter are for the list while the field has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self._step(-1 if event.key() == Qt.Key.Key_Up else 1)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._pick()
                return True
        return False

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        found = [entry for entry in self._entries if all(word in entry.title.casefold() for word in words)]
        self._list.show_rows([Row(entry.key, entry.title, aside=entry.aside) for entry in found])
        self._list.select(found[0].key if found else None)

    def _step(self, by: int) -> None:
        keys = [row.key for row in self._list.rows]
        if keys:
            place = keys.index(self._list.current) + by if self._list.current in keys else 0
            self._list.select(keys[place % len(keys)])

    def _pick(self) -> None:
        key = self._list.current
        if key is not None:
            self.accept()
            self.picked.emit(str(key))
