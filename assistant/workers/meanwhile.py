"""One piece of work that is done on a thread while its owner does something else."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")


class Meanwhile(Generic[T]):
    """Work that is begun, and whose result is asked for later; one at a time, all on one thread."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._working: Future[T] | None = None
        self._work: Callable[[], T] | None = None

    def begin(self, work: Callable[[], T]) -> None:
        """Have the work done; where there is no room for a thread, when its result is asked for."""
        self._work = work
        with suppress(RuntimeError):
            self._pool = self._pool or ThreadPoolExecutor(1)
            self._working = self._pool.submit(work)

    def result(self) -> T | None:
        """What the work begun last gave back or raised, which may be awaited; None where none was begun."""
        work, working = self._work, self._working
        self._work = self._working = None
        return working.result() if working is not None else work() if work is not None else None
