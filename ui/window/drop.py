"""What one sees while files hover over the window."""

from __future__ import annotations

from pathlib import Path

from PySide6 import QtCore
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.i18n import tr
from ui.theme import Type, pixmap, theme


def local_paths(mime: QMimeData) -> tuple[Path, ...]:
    """The files and folders on this computer among what is dropped; a path on another host is none of them."""
    return tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile() and not url.host())


class DropVeil(QWidget):
    """Covers the window and says where the files will go; it takes no mouse and no focus."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("Drop files here"))
        self.hide()

    def cover(self) -> None:
        """Show it over the whole parent."""
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = theme().color("canvas")
        veil.setAlpha(235)
        painter.fillRect(self.rect(), veil)
        pad = theme().px(20)
        frame = self.rect().adjusted(pad, pad, -pad, -pad)
        painter.setPen(QPen(theme().color("accent"), 2, QtCore.Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, theme().px(16), theme().px(16))
        side = theme().px(40)
        mark = pixmap("document", theme().palette.accent, side)
        painter.drawPixmap(frame.center().x() - side // 2, frame.center().y() - side - theme().px(8), mark)
        painter.setFont(theme().font(Type.TITLE))
        painter.setPen(theme().color("ink"))
        below = frame.adjusted(0, frame.height() // 2 + theme().px(8), 0, 0)
        align = QtCore.Qt.AlignmentFlag.AlignHCenter | QtCore.Qt.AlignmentFlag.AlignTop
        words = tr("Drop to add to your documents")
        painter.drawText(below, align, words)
        painter.end()
