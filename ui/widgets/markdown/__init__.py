"""Markdown as a model writes it, turned into typed blocks and from these into a text document; HTML comes nowhere.

May not: load anything a text names: no image, no link, no style.
"""

from ui.widgets.markdown.blocks import Block, Kind, Span
from ui.widgets.markdown.parse import parse
from ui.widgets.markdown.write import CITATION_SCHEME, BlockRole, Writer, role_of

__all__ = ["CITATION_SCHEME", "Block", "BlockRole", "Kind", "Span", "Writer", "parse", "role_of"]
