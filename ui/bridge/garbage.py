"""Has Python look for garbage on the window's thread only.

Python collects cycles on whichever thread happens to allocate. Among them are dialogs and presenters, and to destroy
these on a lane's thread breaks Qt ("Socket notifiers cannot be enabled or disabled from another thread"), to a hang.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_EVERY_MILLISECONDS: Final = 500
_THRESHOLDS: Final = (700, 10, 10)  # Python's own: allocations, then collections of the generation before


class Garbage(QObject):
    """Collects from now on, on the thread that made it, until `close`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        # What is there now stays: left out, a full collection takes a few milliseconds instead of fifty.
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MILLISECONDS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def close(self) -> None:
        """Leave it to Python again; to be called when there are no other threads any more."""
        self._timer.stop()
        gc.enable()

    def _look(self) -> None:
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > _THRESHOLDS[generation]:
                gc.collect(generation)
                return
