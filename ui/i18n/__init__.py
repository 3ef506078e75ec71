"""Every text on the screen passes through here, so that it can be said in another language.

May not: know a widget or the engine.
"""

from ui.i18n.words import counted, number, seconds, size, tr

__all__ = ["counted", "number", "seconds", "size", "tr"]
