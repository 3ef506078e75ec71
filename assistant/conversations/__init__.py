"""Conversations and their turns, kept in the vault: begun, listed, reopened, renamed, and deleted for good.

May not: know how an answer is made, or reach another craft; keep anything outside the vault.
"""

from assistant.conversations.conversations import Conversations
from assistant.conversations.notes import Notes
from assistant.conversations.pins import Pins
from assistant.conversations.sent import Reports, SentPrompts
from assistant.conversations.titles import title_from

__all__ = ["Conversations", "Notes", "Pins", "Reports", "SentPrompts", "title_from"]
