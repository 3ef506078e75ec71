"""Does beforehand, in small steps, what the first answer would otherwise be held up by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ui.text.inert import InertText
from ui.text.parse import parse

SAMPLE: Final = "# A\n\n- *b* **c** `d` [1] [e](f)\n\n1. g\n\n> h\n\n```i\nj\n```\n\n| k |\n|---|\n| l |\n\n---\n"


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
