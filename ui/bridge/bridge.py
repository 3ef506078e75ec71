"""Runs calls and iterators of events on lanes, one thread each, and reports on the window's thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from enum import Enum
from queue import SimpleQueue
from typing import Final, TypeVar

from PySide6.QtCore import QObject, Signal

from assistant.errors import Bug, PrivetError, Stopped
from assistant.logs import place_of
from assistant.values import Stop
from ui.bridge.garbage import Garbage
from ui.bridge.mailbox import Mailbox
from ui.bridge.question import Question

T = TypeVar("T")
A = TypeVar("A")
R = TypeVar("R")

_log: Final = logging.getLogger("privet.ui.bridge")


class Lane(Enum):
    """What must not wait for one another runs on different lanes; within a lane one thing runs after the other."""

    VAULT = "vault"
    ANSWER = "answer"
    OUTLOOK = "outlook"
    MODELS = "models"
    DOCUMENTS = "documents"
    FILES = "files"
    UPKEEP = "upkeep"
    PREPARE = "prepare"
    IDLE = "idle"
    PRIVACY = "privacy"
    VIEWER = "viewer"
    SEARCH = "search"


class Task:
    """Work that was handed to the bridge. Everything it reports, it reports on the window's thread."""

    def __init__(self, lane: Lane, background: bool = False) -> None:
        self.lane = lane
        self.background = background
        self.ended = False
        self._stop = Stop()

    @property
    def stop(self) -> Stop:
        """The wish to stop, as the work sees it."""
        return self._stop


class Bridge(QObject):
    """Owns the threads. `idle` comes when the last task has ended."""

    idle = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mailbox = Mailbox()
        self._garbage = Garbage(self)
        self._lanes: dict[Lane, SimpleQueue[Callable[[], None] | None]] = {}
        self._threads: list[threading.Thread] = []
        self._tasks: set[Task] = set()

    @property
    def busy(self) -> bool:
        """True while a task has not ended, but for those in the background that nobody asked to stop."""
        return any(not task.background or task.stop.requested for task in self._tasks)

    def call(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[PrivetError], None],
        lane: Lane = Lane.VAULT,
    ) -> Task:
        """Run `work` once; `then` gets what it returns, `failed` what it raises."""
        task = Task(lane)

        def run() -> None:
            result = work()
            self.mailbox.post(lambda: then(result))

        self._start(task, run, failed)
        return task

    def stream(
        self,
        work: Callable[[Stop], Iterable[T]],
        event: Callable[[T], None],
        failed: Callable[[PrivetError], None],
        ended: Callable[[], None],
        lane: Lane,
        background: bool = False,
    ) -> Task:
        """Run through `work(stop)`: `event` gets each event, `failed` an error, `ended` comes last in every case.

        An end by Stopped is an end, not an error. background: it goes on until it is asked to stop, and does not
        count as work that one waits for.
        """
        task = Task(lane, background)

        def run() -> None:
            for one in work(task.stop):
                self.mailbox.post(lambda one=one: event(one))  # type: ignore[misc]

        self._start(task, run, failed, ended)
        return task

    def question(self, show: Callable[[R, Callable[[A | None], None]], None]) -> Question[R, A]:
        """A function for work to ask the person with; `show` is called on the window's thread."""
        return Question(self.mailbox, show)

    def stop_all(self) -> None:
        """Ask all that runs to stop."""
        for task in self._tasks:
            task.stop.set()

    def close(self, seconds: float = 5.0) -> None:
        """End the threads once they have done what they are at, waiting `seconds` at most for each."""
        for task in self._tasks:
            if task.background:
                task.stop.set()
        for queue in self._lanes.values():
            queue.put(None)
        for thread in self._threads:
            thread.join(seconds)
        self._garbage.close()

    def _start(
        self,
        task: Task,
        run: Callable[[], None],
        failed: Callable[[PrivetError], None],
        ended: Callable[[], None] | None = None,
    ) -> None:
        self._tasks.add(task)

        def finish() -> None:
            task.ended = True
            self._tasks.discard(task)
            if ended is not None:
                ended()
            if not self.busy:
                self.idle.emit()

        def guarded() -> None:
            fault = _fault_of(run)
            if fault is not None:
                self.mailbox.post(lambda: failed(fault))
            self.mailbox.post(finish)

        self._queue(task.lane).put(guarded)

    def _queue(self, lane: Lane) -> SimpleQueue[Callable[[], None] | None]:
        if lane not in self._lanes:
            queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
            # A daemon, so that a child that hangs can't keep the program from ending; `close` waits for the others.
            thread = threading.Thread(target=_serve, args=(queue,), name=f"privet-{lane.value}", daemon=True)
            self._lanes[lane] = queue
            self._threads.append(thread)
            thread.start()
        return self._lanes[lane]


def _serve(queue: SimpleQueue[Callable[[], None] | None]) -> None:
    while (job := queue.get()) is not None:
        job()


def _fault_of(run: Callable[[], None]) -> PrivetError | None:
    """What `run` raised, as something to show: a stranger among the exceptions is a mistake of ours."""
    try:
        run()
    except Stopped:
        return None
    except PrivetError as error:
        return error
    except Exception as error:  # noqa: BLE001 (a thread that dies silently would leave the window waiting)
        _log.error("unexpected fault: %s", place_of(error))
        return Bug(f"something it does not know how to handle came up ({type(error).__name__}).")
    return None
