"""Several pieces of work side by side, each on a thread of its own, their events in one stream."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from assistant.values import EitherStop, Stop

T = TypeVar("T")
Work = Callable[[Stop], Iterator[T]]

_WAITING: Final = 32  # events nobody has taken yet; then the work waits


@dataclass(frozen=True, slots=True)
class _Event(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _End:
    fault: BaseException | None


def side_by_side(works: Sequence[Work[T]], stop: Stop) -> Iterator[T]:
    """The events of all `works` as they come, until the last has ended.

    Where one raises, the others are asked to stop, and what it raised is raised here once they did. Closing
    this iterator stops them too, and waits for it.
    """
    inner = EitherStop(stop)
    events: queue.Queue[_Event[T] | _End] = queue.Queue(_WAITING)
    threads = [
        threading.Thread(target=_run, args=(work, inner, events), name="privet-beside", daemon=True) for work in works
    ]
    fault: BaseException | None = None
    running = len(threads)
    for thread in threads:
        thread.start()
    try:
        while running:
            message = events.get()
            if isinstance(message, _Event):
                yield message.value
                continue
            running -= 1
            if message.fault is not None:
                inner.set()
                fault = fault or message.fault
    finally:
        inner.set()
        while running:  # whoever waits to be rid of an event must not wait for ever
            running -= isinstance(events.get(), _End)
        for thread in threads:
            thread.join()
    if fault is not None:
        raise fault


def _run(work: Work[T], stop: Stop, events: queue.Queue[_Event[T] | _End]) -> None:
    fault: BaseException | None = None
    try:
        for event in work(stop):
            events.put(_Event(event))
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised again by the one who listens
        fault = error
    events.put(_End(fault))
