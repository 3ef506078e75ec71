"""A thread that does what is due when it is due, and sleeps in between."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from assistant.errors import PrivetError

_log = logging.getLogger("privet.workers")

_JOIN_SECONDS: Final = 5.0


class Alarm:
    """Calls `work` in a thread of its own, which answers in how many seconds it is to be called again.

    None is not before `ring`. The thread starts at the first `ring` and ends at `close`; what `work` complains
    about is logged, and counts as None.
    """

    def __init__(self, name: str, work: Callable[[], float | None]) -> None:
        self._name = name
        self._work = work
        self._condition = threading.Condition()
        self._rung = self._closed = False
        self._thread: threading.Thread | None = None

    def ring(self) -> None:
        """Have `work` called now."""
        with self._condition:
            if self._closed:
                return
            self._rung = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._condition.notify()

    def close(self) -> None:
        """End the thread, after what it is doing now; a second call does nothing."""
        with self._condition:
            self._closed = True
            self._condition.notify()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_JOIN_SECONDS)

    def _run(self) -> None:
        wait: float | None = None
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._rung or self._closed, wait)
                if self._closed:
                    return
                self._rung = False
            try:
                wait = self._work()
            except PrivetError as error:
                _log.warning("%s: %s", self._name, type(error).__name__)
                wait = None
