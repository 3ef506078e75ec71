"""Every command once, as data: it reaches the menu, its shortcut, the palette, the help and the tests from here.

May not: know how a command is carried out; that is the desk's.
"""

from ui.actions.catalogue import COMMANDS
from ui.actions.command import Command, Desk
from ui.actions.qt import Actions

__all__ = ["COMMANDS", "Actions", "Command", "Desk"]
