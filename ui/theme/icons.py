"""Privet's own icons: few, drawn with one stroke of one width on a grid of 20."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_DRAWINGS: Final = {
    "plus": '<path d="M10 4v12M4 10h12"/>',
    "close": '<path d="M5 5l10 10M15 5L5 15"/>',
    "send": '<path d="M10 16V4M5 9l5-5 5 5"/>',
    "stop": '<rect x="5.5" y="5.5" width="9" height="9" rx="2" fill="COLOR"/>',
    "menu": '<path d="M3.5 6h13M3.5 10h13M3.5 14h13"/>',
    "copy": '<rect x="7" y="7" width="9" height="9" rx="2"/><path d="M13 4.8A1.8 1.8 0 0 0 11.2 4H6a2 2 0 0 0-2 2v5.2'
    'A1.8 1.8 0 0 0 4.8 13"/>',
    "trash": '<path d="M4 6h12M8 6V4.5h4V6M5.5 6l.8 10h7.4l.8-10"/>',
    "side": '<rect x="3" y="4" width="14" height="12" rx="2.5"/><path d="M8 4v12"/>',
    "sources": '<rect x="3" y="4" width="14" height="12" rx="2.5"/><path d="M12 4v12"/>',
    "down": '<path d="M10 4v12M5 11l5 5 5-5"/>',
    "shield": '<path d="M10 2.8l6 2.2v4.6c0 3.8-2.5 6.3-6 7.6-3.5-1.3-6-3.8-6-7.6V5z"/><path d="M7.4 10l1.9 1.9 3.4-3.6"/>',
    "document": '<path d="M5 3h6.5L15 6.5V17H5z"/><path d="M11.5 3v3.5H15M7.5 10.5h5M7.5 13.5h5"/>',
    "check": '<path d="M4.5 10.5l3.6 3.6 7.4-8"/>',
    "warn": '<circle cx="10" cy="10" r="7"/><path d="M10 6.5v4.2M10 13.4v.1"/>',
    "expand": '<path d="M5.5 8l4.5 4.5L14.5 8"/>',
    # The mark: a clipped hedge with a gate in it.
    "hedge": '<path fill="COLOR" stroke="none" d="M2.5 16.5v-6.2a3.4 3.4 0 0 1 2.6-3.3 3.6 3.6 0 0 1 4.9-2.6 3.6 3.6 0 0 1 4.9 '
    '2.6 3.4 3.4 0 0 1 2.6 3.3v6.2h-5v-3a2.5 2.5 0 0 0-5 0v3z"/>',
}
_LARGEST_RATIO: Final = 3


@lru_cache(maxsize=256)
def pixmap(name: str, color: str, pixels: int) -> QPixmap:
    """The drawing `name` in `color` (#rrggbb), `pixels` wide at a device pixel ratio of 3: sharp on any screen."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" fill="none" stroke="COLOR" stroke-width="1.6" '
        f'stroke-linecap="round" stroke-linejoin="round">{_DRAWINGS[name]}</svg>'
    ).replace("COLOR", color)
    result = QPixmap(pixels * _LARGEST_RATIO, pixels * _LARGEST_RATIO)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(result.rect()))
    painter.end()
    result.setDevicePixelRatio(_LARGEST_RATIO)
    return result


def icon(name: str, color: str, pixels: int = 20) -> QIcon:
    """`pixmap` as an icon for a button."""
    return QIcon(pixmap(name, color, pixels))
