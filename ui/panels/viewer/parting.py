"""Two parts with a border between them that is moved with the mouse, or with the arrow keys."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from ui.i18n import number, tr
from ui.theme import theme
from ui.widgets import announce

_STEP: Final = 5
_LEAST, _MOST = 20, 80
_WIDTH: Final = 7


class Parting(QSplitter):
    """`moved`: the person gave the first part so many percent of the room, 20 to 80. name: of the border."""

    moved = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._percent = 50
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._dragged)
        theme().changed.connect(self._restyle)
        self._restyle()

    @property
    def percent(self) -> int:
        """What the first part has of the room."""
        return self._percent

    def put(self, first: QWidget, second: QWidget) -> None:
        """Show these two."""
        for part in (first, second):
            self.addWidget(part)
        self.handle(1).setAccessibleName(self._name)
        self.share(self._percent)

    def share(self, percent: int) -> None:
        """Give the first part so many percent of the room."""
        self._percent = min(_MOST, max(_LEAST, percent))
        self.setSizes([self._percent * 100, (100 - self._percent) * 100])
        if self.count() > 1:
            self.handle(1).setAccessibleDescription(tr("{n} percent", n=number(self._percent)))

    def lay(self, orientation: Qt.Orientation) -> None:
        """Beside each other, or one above the other."""
        if orientation != self.orientation():
            self.setOrientation(orientation)
            self.share(self._percent)

    def step(self, by: int) -> None:
        """Move the border by so many steps."""
        self.share(self._percent + _STEP * by)
        announce(self, tr("{n} percent", n=number(self._percent)))
        self.moved.emit(self._percent)

    def createHandle(self) -> QSplitterHandle:
        return _Border(self.orientation(), self)

    def _dragged(self) -> None:
        first, second = self.sizes()
        if first + second > 0:
            self._percent = min(_MOST, max(_LEAST, round(100 * first / (first + second))))
            self.moved.emit(self._percent)

    def _restyle(self) -> None:
        self.setHandleWidth(theme().px(_WIDTH))


class _Border(QSplitterHandle):
    """What one takes hold of; with the keyboard too."""

    def __init__(self, orientation: Qt.Orientation, parent: Parting) -> None:
        super().__init__(orientation, parent)
        self._parting = parent
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        beside = self.orientation() == Qt.Orientation.Horizontal
        less, more = (Qt.Key.Key_Left, Qt.Key.Key_Right) if beside else (Qt.Key.Key_Up, Qt.Key.Key_Down)
        if beside and self.isRightToLeft():
            less, more = more, less
        if event.key() in (less, more):
            self._parting.step(1 if event.key() == more else -1)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        middle, box = self.rect().center(), self.rect()
        painter.setPen(QPen(theme().color("accent" if self.hasFocus() else "line"), 3 if self.hasFocus() else 1))
        if self.orientation() == Qt.Orientation.Horizontal:
            painter.drawLine(middle.x(), box.top(), middle.x(), box.bottom())
        else:
            painter.drawLine(box.left(), middle.y(), box.right(), middle.y())
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()
