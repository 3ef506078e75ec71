"""Whose turn it is to speak to the child: one at a time, and those in no hurry see that somebody waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.values import Stop


class Turns:
    """A lock that knows whether it is waited for. It may be let go of in another thread than it was taken in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0

    @property
    def wanted(self) -> bool:
        """True while somebody waits."""
        return self._waiting > 0

    @contextmanager
    def taken(self, patience: float = -1) -> Iterator[bool]:
        """Wait for the turn and hold it; False, without it, after `patience` seconds. Below 0: however long."""
        with self._counting:
            self._waiting += 1
        try:
            taken = self._lock.acquire(timeout=patience)
        finally:
            with self._counting:
                self._waiting -= 1
        try:
            yield taken
        finally:
            if taken:
                self._lock.release()


class GivingWay(Stop):
    """Stops what can be done later: when its person says so, when somebody else wants the child, after some seconds."""

    def __init__(self, turns: Turns, asked: Stop | None = None, seconds: float = float("inf")) -> None:
        super().__init__()
        self._turns = turns
        self._asked = asked
        self._until = time.monotonic() + seconds

    @property
    def requested(self) -> bool:
        """True as long as one of these is so."""
        asked = self._asked is not None and self._asked.requested
        return asked or self._turns.wanted or time.monotonic() >= self._until or super().requested
