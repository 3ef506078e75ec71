"""How Privet looks: colours, type, icons and the style sheet, in one place.

May not: know a panel, a presenter or the engine.
"""

from ui.theme.icons import icon, pixmap
from ui.theme.theme import Theme, install, theme
from ui.theme.tokens import DARK, LIGHT, PAPER, Palette, Type, with_more_contrast

__all__ = [
    "DARK",
    "LIGHT",
    "PAPER",
    "Palette",
    "Theme",
    "Type",
    "icon",
    "install",
    "pixmap",
    "theme",
    "with_more_contrast",
]
