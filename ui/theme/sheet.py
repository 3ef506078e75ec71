"""Writes the style sheet from its template: $names are colours, `8u` is 8 pixels at the present text size."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from string import Template
from typing import Final

from ui.theme.tokens import Palette

_TEMPLATE: Final = Path(__file__).with_name("sheet.qss")
_UNIT: Final = re.compile(r"\b(\d+)u\b")


def write(palette: Palette, scale: float) -> str:
    """The style sheet for these colours; `scale` is 1.0 at 100 %. Raises KeyError for a colour nobody declared."""
    text = Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(asdict(palette))
    return _UNIT.sub(lambda unit: f"{max(1, round(int(unit[1]) * scale))}px", text)
