"""Privet's own icons: few, drawn with one stroke of one width on a grid of 20."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_PANEL: Final = (
    "M5.5 4h9a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5h-9a2.5 2.5 0 0 1-2.5-2.5v-7a2.5 2.5 0 0 1 2.5-2.5z"
)
_DRAWINGS: Final = {
    "plus": "M10 4V16M4 10H16",
    "minus": "M4 10H16",
    "close": "M5 5L15 15M15 5L5 15",
    "send": "M10 16V4M5 9L10 4L15 9",
    "stop": "M7.5 5.5h5a2 2 0 0 1 2 2v5a2 2 0 0 1 -2 2h-5a2 2 0 0 1 -2 -2v-5a2 2 0 0 1 2 -2z",
    "pause": "M7 4.5V15.5M13 4.5V15.5",
    "play": "M6.5 4.5L15 10L6.5 15.5Z",
    "menu": "M3.5 6H16.5M3.5 10H16.5M3.5 14H16.5",
    "copy": "M9 7h5a2 2 0 0 1 2 2v5a2 2 0 0 1 -2 2h-5a2 2 0 0 1 -2 -2v-5a2 2 0 0 1 2 -2z"
    "M13 4.8C12.7 4.3 12 4 11.2 4H6C4.9 4 4 4.9 4 6V11.2C4 12 4.3 12.7 4.8 13",
    "trash": "M4 6H16M8 6V4.5H12V6M5.5 6L6.3 16H13.7L14.5 6",
    "side": f"{_PANEL}M8 4V16",
    "sources": f"{_PANEL}M12 4V16",
    "again": "M15.5 8A6 6 0 1 0 16 11M16 4.5V8.5H12",
    "edit": "M4 16L4.8 12.6L13 4.4L15.6 7L7.4 15.2ZM11.4 6L14 8.6",
    "on": "M4 10H14M10 5.5L14.5 10L10 14.5M17 5V15",
    "left": "M12.5 4.5L7 10L12.5 15.5",
    "right": "M7.5 4.5L13 10L7.5 15.5",
    "down": "M10 4V16M5 11L10 16L15 11",
    "up": "M10 16V4M5 9L10 4L15 9",
    "search": "M9 3.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11zM13 13L16.5 16.5",
    "width": "M3.5 5V15M16.5 5V15M6 10H14M8 7.8L5.8 10L8 12.2M12 7.8L14.2 10L12 12.2",
    "text": "M4 5.5H16M4 9H16M4 12.5H12M4 16H9",
    "beside": "M3.5 4H9V16H3.5ZM12 5H17M12 8.3H17M12 11.6H17M12 15H15",
    "outside": "M9 4.5H5V15.5H15.5V11M11.5 4H16V8.5M16 4L9.5 10.5",
    "shield": "M10 2.8L16 5V9.6C16 13.4 13.5 15.9 10 17.2C6.5 15.9 4 13.4 4 9.6V5ZM7.4 10L9.3 11.9L12.7 8.3",
    "document": "M5 3H11.5L15 6.5V17H5ZM11.5 3V6.5H15M7.5 10.5H12.5M7.5 13.5H12.5",
    "check": "M4.5 10.5L8.1 14.1L15.5 6.1",
    # The mark: a clipped hedge with a gate in it.
    "hedge": "M2.5 16.5V10.3C2.5 8.7 3.6 7.4 5.1 7C5.2 5.3 6.6 4 8.3 4C8.9 4 9.5 4.1 10 4.4C10.5 4.1 11.1 4 11.7 4"
    "C13.4 4 14.8 5.3 14.9 7C16.4 7.4 17.5 8.7 17.5 10.3V16.5H12.5V13.5C12.5 12.1 11.4 11 10 11"
    "C8.6 11 7.5 12.1 7.5 13.5V16.5Z",
}
_FILLED: Final = frozenset({"hedge", "stop"})
_SHARPNESS: Final = 3  # pixels per pixel: sharp on every screen there is


@lru_cache(maxsize=256)
def pixmap(name: str, color: str, pixels: int) -> QPixmap:
    """The drawing `name` in `color` (#rrggbb), `pixels` wide, sharp on any screen."""
    paint = f'fill="{color}"' if name in _FILLED else f'fill="none" stroke="{color}" stroke-width="1.6"'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><path d="{_DRAWINGS[name]}" {paint} '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
    result = QPixmap(pixels * _SHARPNESS, pixels * _SHARPNESS)
    result.fill(QColor(0, 0, 0, 0))
    painter = QPainter(result)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(result.rect()))
    painter.end()
    result.setDevicePixelRatio(_SHARPNESS)
    return result


def icon(name: str, color: str, pixels: int = 20) -> QIcon:
    """`pixmap` as an icon for a button."""
    return QIcon(pixmap(name, color, pixels))
