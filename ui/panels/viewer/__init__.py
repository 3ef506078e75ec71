"""A document looked at: its pages, its text or its cells, with the passage that an answer rests on marked in it.

May not: import another panel; read a file, or take anything of one but points that were drawn elsewhere.
"""

from ui.panels.viewer.pages import PageArea, PageMarks
from ui.panels.viewer.view import CELLS, PAGES, TEXT, ViewerView

__all__ = ["CELLS", "PAGES", "TEXT", "PageArea", "PageMarks", "ViewerView"]
