"""Lists of rows, for a few or for thousands: a picture, a title, a line about its state, a bar, a button at its end.

May not: know what a row stands for.
"""

from ui.lists.model import Key, Row, Tone
from ui.lists.pictures import Badge, Picture
from ui.lists.rows import RowList

__all__ = ["Badge", "Key", "Picture", "Row", "RowList", "Tone"]
