"""The conversations: a list to choose from, to rename and to delete in.

May not: import another panel.
"""

from ui.panels.conversations.view import ConversationsView

__all__ = ["ConversationsView"]
