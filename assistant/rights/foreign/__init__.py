"""The conversation files of other programs, read as what they say they are and believed in nothing else.

May not: keep anything; follow a path that a file names.
"""

from assistant.rights.foreign.reading import read_chats
from assistant.rights.foreign.shapes import NotAChat

__all__ = ["NotAChat", "read_chats"]
