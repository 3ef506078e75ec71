"""Measures how long the window's thread was ever held up."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Final

from PySide6.QtCore import Qt, QTimer

_BEAT_MILLISECONDS: Final = 2


class Stalls:
    """While entered, a timer beats every two milliseconds on the window's thread; by what it is late, it was held up.

    longest: seconds of the longest hold-up. beats: how many there were.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self.beats = 0
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BEAT_MILLISECONDS)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> Stalls:
        self._last = time.perf_counter()
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last - _BEAT_MILLISECONDS / 1000)
        self._last = now
        self.beats += 1
