"""Lists of rows, for a few or for thousands: a title, a line about its state, a bar for its progress, a button.

May not: know what a row stands for.
"""

from ui.lists.rows import Key, Row, RowList, Tone

__all__ = ["Key", "Row", "RowList", "Tone"]
