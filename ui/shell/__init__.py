"""Joins the panels, carries the commands out, opens and closes the engine; and the dialogs that belong to none.

May not: enter a room of the engine but by its front door; be imported before the window is painted.
"""

from ui.shell.lock import LockWatch
from ui.shell.pages import help_page
from ui.shell.palette import Entry, Palette
from ui.shell.shell import Shell
from ui.shell.unlock import UnlockDialog

__all__ = ["Entry", "LockWatch", "Palette", "Shell", "UnlockDialog", "help_page"]
