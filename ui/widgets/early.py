"""Properties set by number, for what is on the screen at the first paint.

To touch the namespace `Qt` makes PySide wrap all of its 150 enumerations at once, which takes Python 20 ms: a fifth of
what the whole window may take to its first paint. tests/ui/test_early.py holds the numbers against the enumerations.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

PLAIN_TEXT: Final = ("textFormat", 0)
CENTRED: Final = ("alignment", 0x84)
BY_TAB: Final = ("focusPolicy", 1)
NO_FOCUS: Final = ("focusPolicy", 0)
NO_SIDE_SCROLL: Final = ("horizontalScrollBarPolicy", 1)


def early(thing: QObject, *properties: tuple[str, int]) -> None:
    """Set properties of a widget as Qt's own property system does."""
    for name, value in properties:
        thing.setProperty(name, value)
