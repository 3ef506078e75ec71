"""Parts to build panels from; each knows how it looks and what it says, and nothing else.

May not: know the engine, a presenter or a panel.
"""

from ui.widgets.banner import Banner
from ui.widgets.buttons import IconButton, TextButton
from ui.widgets.composer import Composer
from ui.widgets.elided import ElidedLabel
from ui.widgets.labels import label
from ui.widgets.progress import ProgressLine
from ui.widgets.rows import Key, Row, RowList, Tone
from ui.widgets.speak import announce
from ui.widgets.switch import Switch
from ui.widgets.tips import tip

__all__ = [
    "Banner",
    "Composer",
    "ElidedLabel",
    "IconButton",
    "Key",
    "ProgressLine",
    "Row",
    "RowList",
    "Switch",
    "TextButton",
    "Tone",
    "announce",
    "label",
    "tip",
]
