"""The colours, sizes and weights that Privet is drawn with; nothing on the screen uses any other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final


@dataclass(frozen=True)
class Palette:
    """Colours as #rrggbb: warm neutral greys, and the green of a hedge as the only accent.

    canvas: under the chat. side: under the side panels. raised: cards, fields, menus. sunken: code and questions.
    line: borders. ink, soft, faint: text, from strong to quiet; each reads at 4.5:1 or better on canvas and side.
    accent: fills and marks; on_accent: text on it. leaf: accent as text. tint: a breath of accent behind text.
    warn, warn_tint: something went wrong, calmly. shade: the veil under a dialog or a drop.
    """

    dark: bool
    canvas: str
    side: str
    raised: str
    sunken: str
    hover: str
    line: str
    strong_line: str
    ink: str
    soft: str
    faint: str
    accent: str
    accent_hover: str
    on_accent: str
    leaf: str
    tint: str
    warn: str
    warn_tint: str
    selection: str


LIGHT: Final = Palette(
    dark=False,
    canvas="#fcfbf8",
    side="#f4f2ec",
    raised="#ffffff",
    sunken="#f2f0ea",
    hover="#eae7df",
    line="#e3dfd5",
    strong_line="#8d887c",
    ink="#22211e",
    soft="#55524b",
    faint="#6b675e",
    accent="#2f6b45",
    accent_hover="#265a39",
    on_accent="#ffffff",
    leaf="#27603c",
    tint="#e2eee3",
    warn="#7d3f12",
    warn_tint="#fbeedf",
    selection="#cde3d1",
)

DARK: Final = Palette(
    dark=True,
    canvas="#1c1d1b",
    side="#161715",
    raised="#262825",
    sunken="#282a27",
    hover="#2d302c",
    line="#343733",
    strong_line="#7d8179",
    ink="#ebe9e3",
    soft="#bcb9b0",
    faint="#9d9a91",
    accent="#7dba8c",
    accent_hover="#93cba1",
    on_accent="#0e2114",
    leaf="#95cfa3",
    tint="#25382a",
    warn="#f0bd92",
    warn_tint="#3a2a1d",
    selection="#34553d",
)


@dataclass(frozen=True)
class Paper:
    """Colours on a drawn page, which is white paper whatever the theme: marks that print shows through.

    passage, quote, found, selected: grounds of marks, from quiet to strong. ink, found_ink: lines beside and round
    them, 4.5:1 on paper.
    """

    sheet: str = "#ffffff"
    passage: str = "#e0f0e4"
    quote: str = "#b4dfbf"
    found: str = "#fbe3a6"
    selected: str = "#bcd7f5"
    ink: str = "#2f6b45"
    found_ink: str = "#7d3f12"


PAPER: Final = Paper()


def with_more_contrast(palette: Palette) -> Palette:
    """The same palette for people who asked their system for more contrast: pure ground, strong lines, no greys."""
    if palette.dark:
        return replace(
            palette,
            canvas="#000000",
            side="#000000",
            raised="#0d0d0d",
            sunken="#161616",
            line="#c8c8c8",
            strong_line="#ffffff",
            ink="#ffffff",
            soft="#ffffff",
            faint="#e6e6e6",
            accent="#9be3ad",
            leaf="#a9f0bb",
        )
    return replace(
        palette,
        canvas="#ffffff",
        side="#ffffff",
        raised="#ffffff",
        sunken="#f4f4f4",
        line="#4a4a4a",
        strong_line="#000000",
        ink="#000000",
        soft="#000000",
        faint="#262626",
        accent="#0f4a24",
        leaf="#0b4520",
    )


class Type(Enum):
    """The type scale: (size in pixels at 100 %, weight as CSS counts it, what it is for)."""

    CAPTION = (12, 400, "what is said by the way")
    LABEL = (12, 600, "names of sections, numbers of sources")
    UI = (13, 400, "lists, buttons, passages")
    BODY = (15, 400, "questions and answers")
    CODE = (13, 400, "code")
    TITLE = (15, 600, "names of panels and pages")

    @property
    def pixels(self) -> int:
        """Height of the type at 100 %."""
        return self.value[0]

    @property
    def weight(self) -> int:
        """Weight as CSS counts it."""
        return self.value[1]
