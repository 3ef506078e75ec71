"""How full the model's memory would be, part by part: a thin bar to look at, words to read, both before sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ui.theme import theme
from ui.widgets.elided import ElidedLabel
from ui.widgets.tips import tip

_WIDTH, _HEIGHT = 72, 8
_GAP: Final = 1.0


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the bar. share: of the whole, from 0 to 1. tone: a colour of the palette. words: for the tooltip."""

    share: float
    tone: str
    words: str


class _Bar(QWidget):
    """The bar: parts side by side, with a gap between, so that they can be told apart without colour too."""

    def __init__(self) -> None:
        super().__init__()
        self.shares: Sequence[Share] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme().px(_WIDTH), theme().px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        whole = QRectF(0.5, 0.5, self.width() - 1, self.height() - 1)
        painter.setPen(QColor(theme().palette.strong_line))
        painter.drawRect(whole)
        x = 1.0
        for part in self.shares:
            width = part.share * (self.width() - 2)
            painter.fillRect(self._placed(x, max(0.0, width - _GAP)), QColor(str(getattr(theme().palette, part.tone))))
            x += width
        painter.end()

    def _placed(self, x: float, width: float) -> QRectF:
        left = self.width() - x - width if self.isRightToLeft() else x
        return QRectF(left, 1, width, self.height() - 2)


class ContextMeter(QWidget):
    """Hidden until there is something to show. `told`: what it shows has changed."""

    told = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._gives_way = self.has_use = False
        self._bar = _Bar()
        self._words = ElidedLabel("", "caption")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme().px(8))
        layout.addWidget(self._bar)
        layout.addWidget(self._words, 1)
        theme().changed.connect(self._bar.updateGeometry)
        self.hide()

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def show_use(self, shares: Sequence[Share], words: str, short: str = "") -> None:
        """Show what the window would hold. words: the gist of it. short: the same where there is little room."""
        self._bar.shares = shares
        self._bar.update()
        self._words.short = short
        self._words.setText(words)
        told = "\n".join((words, *(part.words for part in shares)))
        self.setToolTip(tip(told))
        self.setAccessibleName(f"{self._name}: {words}")
        self.setAccessibleDescription("; ".join(part.words for part in shares))
        self.has_use = True
        self.setVisible(not self._gives_way)
        self.told.emit()

    def give_way(self, gives_way: bool) -> None:
        """Be out of sight where there is no room, or back."""
        self._gives_way = gives_way
        if self.has_use:
            self.setVisible(not gives_way)

    def forget(self) -> None:
        """Show nothing until there is something to show again."""
        self.has_use = False
        self.hide()
