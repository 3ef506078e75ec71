"""Starts processes on a thread that lasts as long as the program.

The kernel ends a child that dies with its parent when the *thread* ends that started it (prctl(2), PR_SET_PDEATHSIG):
started by a thread with a short task, a child that is to stay would be gone with the task.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class _Lasting:
    """One thread, begun when first needed, and again in a process that was forked from one that had it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._process = 0

    def call(self, work: Callable[[], T]) -> T:
        """What `work` gives back, or raises, on that thread."""
        answer: Future[T] = Future()

        def do() -> None:
            try:
                answer.set_result(work())
            except BaseException as error:  # noqa: BLE001 - it is raised again by the one who waits
                answer.set_exception(error)

        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                self._waiting = queue.SimpleQueue()
                threading.Thread(target=_run, args=(self._waiting,), name="privet-starting", daemon=True).start()
            self._waiting.put(do)
        return answer.result()


def _run(waiting: queue.SimpleQueue[Callable[[], None]]) -> None:
    while True:
        waiting.get()()


_lasting = _Lasting()


def on_lasting_thread(work: Callable[[], T]) -> T:
    """Call `work` on the thread that lasts; to be short."""
    return _lasting.call(work)
