"""Privet's own icons: few, drawn with one stroke of one width on a grid of 20."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

# Paths as in SVG, of which M, L, H, V, C and Z are known; "O x y w h r" is a round
# rectangle. QtSvg would draw them too, but to load it takes longer than all of the window's first paint.
_DRAWINGS: Final = {
    "plus": "M10 4V16M4 10H16",
    "minus": "M4 10H16",
    "close": "M5 5L15 15M15 5L5 15",
    "send": "M10 16V4M5 9L10 4L15 9",
    "stop": "O5.5 5.5 9 9 2",
    "menu": "M3.5 6H16.5M3.5 10H16.5M3.5 14H16.5",
    "copy": "O7 7 9 9 2M13 4.8C12.7 4.3 12 4 11.2 4H6C4.9 4 4 4.9 4 6V11.2C4 12 4.3 12.7 4.8 13",
    "trash": "M4 6H16M8 6V4.5H12V6M5.5 6L6.3 16H13.7L14.5 6",
    "side": "O3 4 14 12 2.5M8 4V16",
    "sources": "O3 4 14 12 2.5M12 4V16",
    "down": "M10 4V16M5 11L10 16L15 11",
    "shield": "M10 2.8L16 5V9.6C16 13.4 13.5 15.9 10 17.2C6.5 15.9 4 13.4 4 9.6V5ZM7.4 10L9.3 11.9L12.7 8.3",
    "document": "M5 3H11.5L15 6.5V17H5ZM11.5 3V6.5H15M7.5 10.5H12.5M7.5 13.5H12.5",
    "check": "M4.5 10.5L8.1 14.1L15.5 6.1",
    # The mark: a clipped hedge with a gate in it.
    "hedge": "M2.5 16.5V10.3C2.5 8.7 3.6 7.4 5.1 7C5.2 5.3 6.6 4 8.3 4C8.9 4 9.5 4.1 10 4.4C10.5 4.1 11.1 4 11.7 4"
    "C13.4 4 14.8 5.3 14.9 7C16.4 7.4 17.5 8.7 17.5 10.3V16.5H12.5V13.5C12.5 12.1 11.4 11 10 11"
    "C8.6 11 7.5 12.1 7.5 13.5V16.5Z",
}
_FILLED: Final = frozenset({"hedge", "stop"})
_GRID, _STROKE = 20, 1.6
_SHARPNESS: Final = 3  # pixels per pixel: sharp on every screen there is
_STEP: Final = re.compile(r"([MLHVCZO])([^MLHVCZO]*)")


@lru_cache(maxsize=256)
def pixmap(name: str, color: str, pixels: int) -> QPixmap:
    """The drawing `name` in `color` (#rrggbb), `pixels` wide, sharp on any screen."""
    result = QPixmap(pixels * _SHARPNESS, pixels * _SHARPNESS)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(result.width() / _GRID, result.height() / _GRID)
    path = _path(_DRAWINGS[name])
    if name in _FILLED:
        painter.fillPath(path, QColor(color))
    else:
        pen = QPen(QColor(color), _STROKE)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, pen)
    painter.end()
    result.setDevicePixelRatio(_SHARPNESS)
    return result


def icon(name: str, color: str, pixels: int = 20) -> QIcon:
    """`pixmap` as an icon for a button."""
    return QIcon(pixmap(name, color, pixels))


def _path(drawing: str) -> QPainterPath:
    path = QPainterPath()
    for step, written in _STEP.findall(drawing):
        numbers = [float(number) for number in written.split()]
        here = path.currentPosition()
        match step, numbers:
            case "M", [x, y]:
                path.moveTo(x, y)
            case "L", [x, y]:
                path.lineTo(x, y)
            case "H", [x]:
                path.lineTo(x, here.y())
            case "V", [y]:
                path.lineTo(here.x(), y)
            case "C", [x1, y1, x2, y2, x, y]:
                path.cubicTo(QPointF(x1, y1), QPointF(x2, y2), QPointF(x, y))
            case "O", [x, y, width, height, radius]:
                path.addRoundedRect(QRectF(x, y, width, height), radius, radius)
            case "Z", []:
                path.closeSubpath()
            case _:
                raise ValueError(f"no such step: {step}{written}")
    return path
