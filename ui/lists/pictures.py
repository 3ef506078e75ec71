"""The small picture before a row: a sheet, what it holds, and a badge for its state; told apart by shapes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from ui.theme import theme

WIDTH, HEIGHT = 22.0, 22.0
"""In pixels at 100 %."""
_SHEET: Final = QRectF(2.5, 1.5, 14.0, 18.0)
_FOLD: Final = 4.0
_BADGE: Final = QRectF(11.5, 11.5, 9.0, 9.0)
_LINE: Final = 1.0
_DASHES: Final = (2.0, 1.6)


class Badge(Enum):
    """A state, each with a shape of its own."""

    NONE = "none"
    CLOCK = "clock"
    PIE = "pie"
    HALF = "half"
    CHECK = "check"
    TRIANGLE = "triangle"
    CROSS = "cross"


@dataclass(frozen=True, slots=True)
class Picture:
    """A small picture, and the words that it stands for.

    drawing: what is on the sheet, a key of `DRAWINGS`; "folder" is no sheet. share: of the pie that is full, 0 to 1.
    framed: with the corners of a camera's finder. dashed: the sheet is away.
    """

    drawing: str
    badge: Badge = Badge.NONE
    words: str = ""
    share: float = 0.0
    framed: bool = False
    dashed: bool = False


Strokes = tuple[tuple[tuple[float, float], ...], ...]
DRAWINGS: Final[dict[str, Strokes]] = {
    "text": (((5, 8.5), (13, 8.5)), ((5, 11.5), (13, 11.5)), ((5, 14.5), (10, 14.5))),
    "pdf": (((5, 6.5), (9, 6.5)), ((5, 10), (13, 10)), ((5, 12.5), (13, 12.5)), ((5, 15), (10, 15))),
    "table": (((5, 8), (14, 8), (14, 15), (5, 15), (5, 8)), ((5, 11.5), (14, 11.5)), ((9, 8), (9, 15))),
    "slides": (((5, 8), (14, 8), (14, 14), (5, 14), (5, 8)), ((9.5, 14), (9.5, 17)), ((7.5, 17), (11.5, 17))),
    "mail": (((5, 8.5), (14, 8.5), (14, 15), (5, 15), (5, 8.5), (9.5, 12.2), (14, 8.5)),),
    "picture": (((5, 15.5), (8, 10.5), (10, 13), (11.5, 11.5), (14, 15.5), (5, 15.5)),),
    "code": (((7.5, 9), (5, 11.75), (7.5, 14.5)), ((11, 9), (13.5, 11.75), (11, 14.5))),
    "archive": (((8, 4.5), (10, 4.5)), ((8, 7), (10, 7)), ((8, 9.5), (10, 9.5)),
                ((8, 12), (10, 12), (10, 15), (8, 15), (8, 12))),
    "web": (((5, 8), (14, 8), (14, 15.5), (5, 15.5), (5, 8)), ((5, 10.3), (14, 10.3))),
    "folder": (),
}  # fmt: skip


def paint(painter: QPainter, place: QRectF, picture: Picture) -> None:
    """Draw a picture into `place`; as sharp as the screen, since it is drawn in lines every time."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(place.topLeft())
    painter.scale(place.width() / WIDTH, place.height() / HEIGHT)
    ink = theme().color("faint")
    pen = QPen(ink, _LINE)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.save()
    if picture.badge is not Badge.NONE:
        painter.setClipPath(_all_but_badge())  # a gap round it, so that its shape stands apart from the sheet's lines
    _paint_sheet(painter, picture, pen)
    if picture.framed:
        _paint_corners(painter)
    else:
        for stroke in DRAWINGS[picture.drawing]:
            painter.drawPolyline([QPointF(x, y) for x, y in stroke])
    painter.restore()
    _paint_badge(painter, picture)
    painter.restore()


def _all_but_badge() -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(0, 0, WIDTH, HEIGHT))
    hole = QPainterPath()
    hole.addEllipse(_BADGE.adjusted(-1.5, -1.5, 1.5, 1.5))
    return path.subtracted(hole)


def _paint_sheet(painter: QPainter, picture: Picture, pen: QPen) -> None:
    outline = QPainterPath()
    if picture.drawing == "folder":
        outline.addPolygon(
            [QPointF(x, y) for x, y in ((1.5, 4.5), (8, 4.5), (10, 7), (19.5, 7), (19.5, 17.5), (1.5, 17.5))]
        )
        outline.closeSubpath()
    else:
        right, top = _SHEET.right(), _SHEET.top()
        outline.moveTo(right - _FOLD, top)
        for x, y in (
            (_SHEET.left(), top),
            (_SHEET.left(), _SHEET.bottom()),
            (right, _SHEET.bottom()),
            (right, top + _FOLD),
        ):
            outline.lineTo(x, y)
        outline.closeSubpath()
        outline.moveTo(right - _FOLD, top)
        outline.lineTo(right - _FOLD, top + _FOLD)
        outline.lineTo(right, top + _FOLD)
    if picture.dashed:
        broken = QPen(pen)
        broken.setDashPattern(_DASHES)
        painter.strokePath(outline, broken)
    else:
        painter.drawPath(outline)


def _paint_corners(painter: QPainter) -> None:
    """The corners of a finder round two lines of text: words taken from a picture."""
    for x, y, across, down in ((5, 7.5, 1, 1), (14, 7.5, -1, 1), (5, 16, 1, -1), (14, 16, -1, -1)):
        painter.drawPolyline([QPointF(x + 2.2 * across, y), QPointF(x, y), QPointF(x, y + 2.2 * down)])
    for y in (10.5, 13.0):
        painter.drawLine(QPointF(7, y), QPointF(12, y))


def _paint_badge(painter: QPainter, picture: Picture) -> None:
    accent, warn, faint = (theme().color(name) for name in ("accent", "warn", "faint"))
    middle, box = _BADGE.center(), _BADGE.adjusted(0.5, 0.5, -0.5, -0.5)
    match picture.badge:
        case Badge.CLOCK:
            painter.setPen(QPen(faint, 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(box)
            painter.drawPolyline([QPointF(middle.x(), box.top() + 1.6), middle, QPointF(box.right() - 2.0, middle.y())])
        case Badge.PIE:
            painter.setPen(QPen(accent, 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(box)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            painter.drawPie(box, 90 * 16, -round(360 * 16 * min(1.0, max(0.04, picture.share))))
        case Badge.HALF:
            painter.setPen(QPen(accent, 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(box)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            painter.drawChord(box, 180 * 16, 180 * 16)
        case Badge.CHECK:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            painter.drawEllipse(_BADGE)
            painter.setPen(QPen(theme().color("on_accent"), 1.4))
            painter.drawPolyline([middle + QPointF(x, y) for x, y in ((-2.1, 0.1), (-0.6, 1.7), (2.2, -1.6))])
        case Badge.TRIANGLE:
            painter.setPen(QPen(warn, 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(
                [QPointF(middle.x(), box.top() - 0.3), QPointF(*_corner(box, 1)), QPointF(*_corner(box, -1))]
            )
            painter.drawLine(middle + QPointF(0, -1.3), middle + QPointF(0, 0.9))
            painter.drawPoint(middle + QPointF(0, 2.4))
        case Badge.CROSS:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(warn)
            painter.drawRoundedRect(_BADGE, 1.5, 1.5)
            painter.setPen(QPen(theme().color("warn_tint"), 1.4))
            painter.drawLine(middle + QPointF(-2, -2), middle + QPointF(2, 2))
            painter.drawLine(middle + QPointF(2, -2), middle + QPointF(-2, 2))


def _corner(box: QRectF, side: int) -> tuple[float, float]:
    return (box.center().x() + side * (box.width() / 2 + 0.6), box.bottom())
