"""Text as a person or a model wrote it, to be read: plain, or Markdown turned into formats without any HTML on the way.

May not: load or open anything a text names: no image, no link, no style.
"""

from ui.text.blocks import Block, Kind, Span
from ui.text.doubt import Doubt, doubted
from ui.text.inert import InertText
from ui.text.parse import parse
from ui.text.warm import warm_parser, warm_text
from ui.text.write import Mark

__all__ = ["Block", "Doubt", "InertText", "Kind", "Mark", "Span", "doubted", "parse", "warm_parser", "warm_text"]
