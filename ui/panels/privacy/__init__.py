"""How Privet is shut off from every network, as the kernel says right now, and a button that tries to get out.

May not: import another panel, or the engine; what it shows is handed to it.
"""

from ui.panels.privacy.lines import Line, Mark
from ui.panels.privacy.view import PrivacyPage

__all__ = ["Line", "Mark", "PrivacyPage"]
