"""Does beforehand, in small steps, what the first answer would otherwise be held up by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ui.text.inert import InertText
from ui.text.parse import parse

SAMPLE: Final = "# A\n\n- *b* **c** `d` [1] [e](f)\n\n1. g\n\n> h\n\n```i\nj\n```\n\n| k |\n|---|\n| l |\n\n---\n"

_SCRIPTS: Final = (
    0x411, 0x3A9, 0x5D0, 0x639, 0x780, 0x915, 0x995, 0xA15, 0xA95, 0xB15, 0xBA4, 0xC24, 0xC15, 0xD2E, 0xDC3,
    0xE01, 0xE81, 0xF40, 0x1000, 0x10D0, 0x12A0, 0x13A0, 0x1780, 0x1820, 0x3400, 0x3042, 0x30A2, 0xAC00, 0x3105,
    0xA000, 0x263A, 0x1F600, 0x2211, 0x2192, 0x710, 0x7CA, 0x2C80, 0x531, 0x1681, 0x16A0, 0x1700, 0x1900,
    0x1950, 0x1401, 0xAA00, 0xA980, 0x1B05, 0x1B83, 0x1A00, 0x2C00, 0x10330, 0x2D30, 0xA500, 0x1D400, 0x2702,
    0x2500, 0x2801, 0x1D11E, 0x12000, 0x13000, 0x10000, 0x10920, 0x11005, 0x11083, 0x11103, 0x11183, 0x11200,
    0x11400, 0x11481, 0x11580, 0x11600, 0x11680, 0x11700, 0x11800, 0x118A0, 0x119C0, 0x11A00, 0x11A50, 0x11C00,
    0x11C72, 0x11D00, 0x16800, 0x16F00, 0x103A0, 0x10400, 0x10480, 0x10840, 0x10900, 0x10980, 0x10A60, 0x10B00,
    0x10C00, 0x1E000, 0x1E100, 0x1E2C0, 0x1E800, 0x1E900,
)  # fmt: skip
"""A letter of each script that has one: the first in a script has fonts looked for, in each style, as the first picture
sign has. All of them in one text would hold the window up for a quarter of a second where many fonts are installed."""


def warm_parser() -> None:
    """Load markdown-it and have it compile what it compiles on first use; on whatever thread."""
    parse(SAMPLE, (1,))


def warm_text() -> Iterator[None]:
    """Load the fonts and wrap the classes that the first answer needs, on the window's thread, one step each time."""
    for part in ("*b*", "`d`", SAMPLE):
        text = InertText()
        yield
        text.set_markdown(part, (1,))
        yield
        text.fit(400)
        text.grab()
        text.deleteLater()
        yield
    text = InertText()
    for point in _SCRIPTS:
        letter = chr(point)
        text.set_markdown(f"# {letter}\n\n**{letter}** *{letter}* `{letter}` {letter}")
        text.fit(400)
        yield
    text.deleteLater()
