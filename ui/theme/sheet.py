"""Writes the style sheet from its template: $names are colours, `8u` is 8 pixels at the present text size."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from ui.theme.tokens import Palette

_TEMPLATE: Final = Path(__file__).with_name("sheet.qss")
_PLACE: Final = re.compile(r"\$(\w+)|\b(\d+)u\b")


def write(palette: Palette, scale: float) -> str:
    """The style sheet for these colours; `scale` is 1.0 at 100 %. Raises KeyError for a colour nobody declared."""
    colors = vars(palette)

    def fill(place: re.Match[str]) -> str:
        return str(colors[place[1]]) if place[1] else f"{max(1, round(int(place[2]) * scale))}px"

    return _PLACE.sub(fill, _TEMPLATE.read_text(encoding="utf-8"))
