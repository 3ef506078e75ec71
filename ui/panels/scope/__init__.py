"""Which documents a chat asks: its workspace, and what of that it is narrowed to.

May not: import another panel.
"""

from ui.panels.scope.dialog import Offered, ScopeDialog

__all__ = ["Offered", "ScopeDialog"]
