"""What is done when nobody asked for anything for a while: each step once a pause, the earliest first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence


class Idle:
    """Counts requests and measures pauses between them; it has no thread: somebody calls `due`."""

    def __init__(
        self, steps: Sequence[tuple[float, Callable[[], None]]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """steps: (seconds of pause, what is done then), the shortest first."""
        self._steps = list(steps)
        self._clock = clock
        self._lock = threading.Lock()
        self._busy = 0
        self._since = clock()
        self._done = len(self._steps)  # nothing is due before the first request

    def begin(self) -> None:
        """A request begins: no pause."""
        with self._lock:
            self._busy += 1

    def end(self) -> None:
        """A request is over; after the last one a pause begins."""
        with self._lock:
            self._busy -= 1
            self._since, self._done = self._clock(), 0

    @property
    def seconds(self) -> float:
        """How long the pause has lasted, 0 while a request is at work."""
        with self._lock:
            return 0.0 if self._busy else self._clock() - self._since

    def due(self) -> float | None:
        """Do what is due now. Returns the seconds until something else is, None if that takes a request first."""
        while True:
            with self._lock:
                if self._busy or self._done == len(self._steps):
                    return None
                seconds, step = self._steps[self._done]
                left = self._since + seconds - self._clock()
                if left > 0:
                    return left
                self._done += 1
            step()
