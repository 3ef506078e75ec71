"""Parts to build panels from; each knows how it looks and what it says, and nothing else.

May not: know the engine, a presenter or a panel.
"""

from ui.widgets.banner import Banner
from ui.widgets.buttons import IconButton, TextButton
from ui.widgets.choice import ChoiceButton
from ui.widgets.composer import Composer, QuestionField
from ui.widgets.early import BY_TAB, CENTRED, NO_FOCUS, NO_SIDE_SCROLL, PLAIN_TEXT, early
from ui.widgets.elided import ElidedLabel
from ui.widgets.labels import label
from ui.widgets.meter import ContextMeter, Share
from ui.widgets.progress import ProgressLine
from ui.widgets.speak import announce
from ui.widgets.switch import Switch
from ui.widgets.tips import tip, untipped
from ui.widgets.versions import VersionSwitch

__all__ = [
    "BY_TAB",
    "CENTRED",
    "NO_FOCUS",
    "NO_SIDE_SCROLL",
    "PLAIN_TEXT",
    "Banner",
    "ChoiceButton",
    "Composer",
    "ContextMeter",
    "ElidedLabel",
    "IconButton",
    "ProgressLine",
    "QuestionField",
    "Share",
    "Switch",
    "TextButton",
    "VersionSwitch",
    "announce",
    "early",
    "label",
    "tip",
    "untipped",
]
