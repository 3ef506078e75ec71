"""The two pictures: all models by quality and speed on this computer, and a model's layouts by their first word."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.i18n import number, tr
from ui.panels.models.rows import Bar, Spot
from ui.theme import Type, theme

_SLOWEST, _FASTEST = 1.0, 400.0  # tokens a second, the picture's sides
_TICKS: Final = (1, 3, 10, 30, 100, 300)
_READING: Final = 5.0
"""Tokens a second that people read aloud; slower writing is waited for."""


class QualityMap(QWidget):
    """Models as dots: faster ones towards the end of the line, better ones higher."""

    def __init__(self) -> None:
        super().__init__()
        self._spots: Sequence[Spot] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Quality and speed on this computer"))

    def sizeHint(self) -> QSize:
        return QSize(theme().px(560), theme().px(330))

    def show_spots(self, spots: Sequence[Spot]) -> None:
        """Show these models."""
        self._spots = spots
        told = [
            tr("{name}: {quality}, about {n} tokens a second", name=spot.name, quality=levels()[spot.quality],
               n=number(spot.speed))
            for spot in spots
        ]  # fmt: skip
        self.setAccessibleDescription("; ".join(told))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        px, palette = theme().px, theme().palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme().font(Type.CAPTION))
        field = QRectF(px(84), px(8), self.width() - px(100), self.height() - px(44))
        painter.fillRect(field, QColor(palette.raised))
        slow = QRectF(field.left(), field.top(), self._x(field, _READING) - field.left(), field.height())
        painter.fillRect(slow, QColor(palette.sunken))
        painter.setPen(QPen(QColor(palette.line)))
        painter.drawRect(field)
        self._draw_axes(painter, field)
        side = px(12)
        taken = [
            QRectF(self._x(field, spot.speed) - side / 2, self._y(field, spot.quality) - side / 2, side, side)
            for spot in self._spots
        ]
        for spot in sorted(self._spots, key=lambda spot: not spot.installed):
            self._draw_spot(painter, field, spot, taken)
        painter.end()

    def _x(self, field: QRectF, speed: float) -> float:
        share = math.log(min(_FASTEST, max(_SLOWEST, speed)) / _SLOWEST) / math.log(_FASTEST / _SLOWEST)
        return float(field.left() + share * field.width())

    def _y(self, field: QRectF, quality: int) -> float:
        return float(field.bottom() - (quality + 0.5) / 4 * field.height())

    def _draw_axes(self, painter: QPainter, field: QRectF) -> None:
        px, palette = theme().px, theme().palette
        painter.setPen(QColor(palette.soft))
        for quality, word in enumerate(levels()):
            box = QRectF(0, self._y(field, quality) - px(10), px(76), px(20))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), word)
        for tick in _TICKS:
            x = self._x(field, tick)
            box = QRectF(x - px(30), field.bottom() + px(2), px(60), px(16))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignHCenter), number(tick))
        words = tr("tokens a second, written here; on the darker ground it writes slower than people read aloud")
        below = QRectF(field.left(), field.bottom() + px(18), field.width(), px(16))
        painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter), words)

    def _draw_spot(self, painter: QPainter, field: QRectF, spot: Spot, taken: list[QRectF]) -> None:
        px, palette = theme().px, theme().palette
        centre = QPointF(self._x(field, spot.speed), self._y(field, spot.quality))
        color = QColor(str(getattr(palette, spot.tone.value[1])))
        width = painter.fontMetrics().horizontalAdvance(spot.name)
        beside = centre.x() + px(9) + width < field.right()
        left = centre.x() + px(9) if beside else centre.x() - px(9) - width
        box = QRectF(left, centre.y() - px(8), width, px(16))
        for shift in (0, 17, -17, 34, -34, 51, -51, 68, -68):
            moved = box.translated(0, px(shift))
            inside = field.top() <= moved.top() and moved.bottom() <= field.bottom()
            if inside and not any(moved.intersects(other) for other in taken):
                taken.append(moved)
                painter.setPen(QColor(palette.ink if spot.installed else palette.soft))
                painter.drawText(moved, int(Qt.AlignmentFlag.AlignVCenter), spot.name)
                if shift:
                    painter.setPen(QPen(QColor(palette.line)))
                    painter.drawLine(centre, QPointF(moved.left() if beside else moved.right(), moved.center().y()))
                break
        painter.setPen(QPen(color, px(2)))
        painter.setBrush(color if spot.installed else QColor(palette.raised))
        painter.drawEllipse(centre, px(5), px(5))


class LayoutBars(QWidget):
    """A model's layouts: the shorter a bar, the sooner the first word. The recommended one is filled."""

    def __init__(self, bars: Sequence[Bar]) -> None:
        super().__init__()
        self._bars = bars
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Layouts of this model, by the wait for the first word"))
        self.setAccessibleDescription("; ".join(f"{bar.name}: {_seconds(bar)}, {bar.words}" for bar in bars))

    def sizeHint(self) -> QSize:
        return QSize(theme().px(520), theme().px(26) * max(1, len(self._bars)))

    def paintEvent(self, event: QPaintEvent) -> None:
        px, palette = theme().px, theme().palette
        painter = QPainter(self)
        painter.setFont(theme().font(Type.CAPTION))
        longest = max((bar.seconds for bar in self._bars), default=1.0) or 1.0
        room = max(px(60), (self.width() - px(90)) // 3)
        for place, bar in enumerate(self._bars):
            y = place * px(26)
            middle = int(Qt.AlignmentFlag.AlignVCenter)
            painter.setPen(QColor(palette.ink))
            painter.drawText(QRectF(0, y, px(80), px(24)), middle, bar.name)
            width = max(2.0, bar.seconds / longest * room)
            box = QRectF(px(84), y + px(6), width, px(12))
            painter.setPen(QPen(QColor(palette.accent if bar.recommended else palette.strong_line)))
            if bar.recommended:
                painter.fillRect(box, QColor(palette.accent))
            painter.drawRect(box)
            words = f"{_seconds(bar)} · {bar.words}"
            left = box.right() + px(8)
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(self.width() - left))
            painter.setPen(QColor(palette.soft))
            painter.drawText(QRectF(left, y, self.width() - left, px(24)), middle, shown)
        painter.end()


def levels() -> tuple[str, str, str, str]:
    """The classes of quality, from the lowest."""
    return tr("Basic"), tr("Fair"), tr("Good"), tr("Strong")


def _seconds(bar: Bar) -> str:
    return tr("{n} s", n=number(bar.seconds, 1))
