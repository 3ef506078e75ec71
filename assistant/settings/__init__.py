"""Every option, declared once with its type, default and words, and the folders Privet keeps things in.

May not: keep what tells about a person (that belongs to the vault); know who asks for an option.
"""

from assistant.settings import options
from assistant.settings.folders import Folders
from assistant.settings.options import Option
from assistant.settings.settings import Settings, write_atomically

__all__ = ["Folders", "Option", "Settings", "options", "write_atomically"]
