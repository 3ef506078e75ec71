"""The main window as it is first painted, and that there is one of it.

May not: know the engine, a presenter or a command; import anything that the first paint does not need.
"""

from ui.window.single import CAME_FORWARD, OpenMark, ask_to_come_forward
from ui.window.window import MainWindow

__all__ = ["CAME_FORWARD", "MainWindow", "OpenMark", "ask_to_come_forward"]
