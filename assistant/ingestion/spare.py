"""A child that is started before the file is known, so that the next file need not wait for its start."""

from __future__ import annotations

import atexit
import threading
import time
from typing import Final

from assistant.errors import ChildDied
from assistant.ingestion import caps
from assistant.ingestion.families import Family
from assistant.privacy import Confinement
from assistant.workers import Alarm, Child, ChildSpec, Limits

READ_IN_PARTS: Final = (Family.TEXT, Family.MARKDOWN, Family.CODE, Family.TABLE)
"""Kinds of which no file is too large, since they are never in memory as a whole."""

_MEMORY: Final = 1000 << 20  # of address space, the libraries included
_PICTURE_MEMORY: Final = 3000 << 20  # the recognition's libraries reserve more than they may write to
_START_SECONDS: Final = 30.0
_WARM_SECONDS: Final = 30.0
_IDLE_SECONDS: Final = 20.0
_WAIT_SECONDS: Final = 5.0
_LARGEST: Final = 32 << 20


def specification(
    size: int, family: Family, reads_pictures: bool, seconds: float, drawing: tuple[int, int] = (0, 0)
) -> ChildSpec:
    """The child for a file of so many bytes, which may take so many seconds of processor time.

    drawing: bytes of memory that it needs besides, and of the largest frame, where it draws pages to be looked at.
    """
    mapped = size if family not in READ_IN_PARTS else 0
    room, frame = drawing
    memory = (_PICTURE_MEMORY if reads_pictures else _MEMORY) + mapped + room
    return ChildSpec(
        name="The document reader",
        module="assistant.ingestion.worker",
        limits=Limits(memory, int(seconds * 2) + 30, file_size=0, open_files=64, data=_MEMORY + mapped + room),
        start_seconds=_START_SECONDS,
        largest_frame=max(caps.LARGEST_FRAME, frame),
        queued_frames=8,
        confinement=Confinement(reads=()),
    )


class Spare:
    """One child that waits for a file, for some seconds after each; any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._child: Child | None = None
        self._wanted = False
        self._coming = False  # one is being started
        self._until = 0.0
        self._family = Family.PDF
        self._alarm = Alarm("spare reader", self._work)

    def prepare(self) -> None:
        """Have a child ready soon, for the next file."""
        with self._lock:
            self._wanted = True
            self._until = time.monotonic() + _IDLE_SECONDS
        self._alarm.ring()

    def take(self, size: int, family: Family = Family.PDF) -> Child | None:
        """The child that waits, if there is one and its limits fit a file of so many bytes; it is the caller's then.

        One that is being started is waited for: a second start would take longer, and the first be for nothing.
        family: of the file; the next one is made ready for such a file too.
        """
        with self._lock:
            self._family = family
            if size > _LARGEST:
                return None
            self._lock.wait_for(lambda: self._child is not None or not (self._coming or self._wanted), _WAIT_SECONDS)
            child, self._child = self._child, None
            return child if child is not None and child.alive else None

    def close(self) -> None:
        """End the child that waits."""
        with self._lock:
            child, self._child, self._wanted = self._child, None, False
        if child is not None:
            child.close()

    def _work(self) -> float | None:
        with self._lock:
            self._coming = start = self._wanted and self._child is None
            self._wanted = False
            family, left = self._family, self._until - time.monotonic()
            self._lock.notify_all()
        if start:
            self._start(family)
        elif left <= 0:
            self.close()
            return None
        return max(1.0, left)

    def _start(self, family: Family) -> None:
        child = Child(specification(_LARGEST, Family.PDF, False, _LARGEST / 200_000))
        before: Child | None = child
        try:
            child.call("warm", {"family": family.value}, deadline=_WARM_SECONDS)
            with self._lock:
                before, self._child = self._child, child
            atexit.register(self.close)
        except ChildDied:
            pass  # whoever wants one starts it, and hears why that fails
        finally:
            with self._lock:
                self._coming = False
                self._lock.notify_all()
            if before is not None:
                before.close()
