"""The parts of the window, each a view that shows and a presenter that decides.

May not: import one another; what joins two panels is wired in `ui.shell`.
"""

__all__: list[str] = []
