"""A label that shortens its text with an ellipsis instead of asking for room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLabel

from ui.widgets.early import PLAIN_TEXT, early
from ui.widgets.tips import tip

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class ElidedLabel(QLabel):
    """One line, shortened at its end or in its middle; the whole text is in the tooltip where it does not fit."""

    def __init__(self, text: str = "", role: str = "", *, in_the_middle: bool = False) -> None:
        super().__init__()
        self.short = ""  # said instead where the text has no room; better nothing than half of that
        self._in_the_middle = in_the_middle
        early(self, PLAIN_TEXT)
        self.setText(text)
        if role:
            self.setProperty("role", role)

    def minimumSizeHint(self) -> QSize:
        short = self.fontMetrics().horizontalAdvance(self.short) + 1 if self.short else 24
        return QSize(short if self.text() else 0, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.text():
            return
        modes = QtCore.Qt.TextElideMode
        mode = modes.ElideMiddle if self._in_the_middle else modes.ElideRight
        painter = QPainter(self)
        shown = self.fontMetrics().elidedText(self.text(), mode, self.width())
        if self.short and shown != self.text():
            shown = self.short if self.fontMetrics().horizontalAdvance(self.short) <= self.width() else ""
        self.setToolTip("" if shown == self.text() else tip(self.text()))
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self.rect(), int(self.alignment()), shown)
        painter.end()
