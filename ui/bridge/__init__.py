"""The only owner of threads: runs the engine's work off the window's thread and brings its events back to it.

May not: know a widget, a panel or what the work means.
"""

from ui.bridge.bridge import Bridge, Lane, Task
from ui.bridge.mailbox import Mailbox
from ui.bridge.question import Question

__all__ = ["Bridge", "Lane", "Mailbox", "Question", "Task"]
