"""The documents: added, watched while they are read, and removed.

May not: import another panel.
"""

from ui.panels.library.view import LibraryView

__all__ = ["LibraryView"]
