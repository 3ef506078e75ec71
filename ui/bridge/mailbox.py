"""Carries calls from any thread to the window's thread, in order, without ever holding it up for long."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

_SLICE_SECONDS: Final = 0.006  # well under the 16 ms of one frame, so that painting and typing get their turn


class Mailbox(QObject):
    """Lives on the thread that made it; `post` may be called from everywhere."""

    _wake = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._letters: deque[Callable[[], None]] = deque()
        self._lock = Lock()
        self._woken = False
        self._wake.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def post(self, letter: Callable[[], None]) -> None:
        """Have `letter` called on this object's thread, after all that were posted before it."""
        with self._lock:
            self._letters.append(letter)
            wake, self._woken = not self._woken, True
        if wake:
            self._wake.emit()

    def _deliver(self) -> None:
        until = time.perf_counter() + _SLICE_SECONDS
        while True:
            with self._lock:
                if not self._letters:
                    self._woken = False
                    return
                letter = self._letters.popleft()
            try:
                letter()
            except Exception:  # noqa: BLE001 (as for any slot that raises; but the next letters must still come)
                sys.excepthook(*sys.exc_info())
            if time.perf_counter() > until:
                QTimer.singleShot(0, self, self._deliver)
                return
