"""The parent's side of a template: a child with its code loaded, from which a fresh process is forked for each file.

To start Python and load its libraries takes some 200 ms of a processor, for every file again; a fork takes a few.
A forked process is the template's child, not ours, so it is the template that ends it and says how it ended; it is
spoken to by pipes of its own, which the template has from its start, since nothing of Privet's passes descriptors on.
"""

from __future__ import annotations

import atexit
import dataclasses
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Final

from assistant.errors import ChildDied
from assistant.workers.alarm import Alarm
from assistant.workers.child import Child, ChildSpec
from assistant.workers.limits import Limits
from assistant.workers.serve import Refusal

_FORKS: Final = 32  # of one template; then another is started
_ANSWER_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.01
_IDLE_SECONDS: Final = 120.0
_KILLED: Final = -9
_OPEN_FILES: Final = 2 * _FORKS + 64


class Forked:
    """A process forked from a template; as `subprocess.Popen`, as far as `Child` needs it."""

    def __init__(self, pid: int, stdin: IO[bytes], stdout: IO[bytes], generation: _Generation) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self._generation = generation
        self._status: int | None = None

    def poll(self) -> int | None:
        """How it ended, None while it runs."""
        return self._ask("state")

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, as soon as it has. timeout: seconds. Raises subprocess.TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("a forked process", timeout or 0.0)
            time.sleep(_POLL_SECONDS)
        return status

    def kill(self) -> None:
        """End it now."""
        self._ask("kill")

    def _ask(self, op: str) -> int | None:
        if self._status is None:
            self._status = self._generation.status(op, self.pid)
            if self._status is not None:
                self._generation.let_go(self)
        return self._status


class _Generation:
    """One template process. left: how many more can be forked from it."""

    def __init__(self, spec: ChildSpec) -> None:
        limits = dataclasses.replace(spec.limits, cpu_seconds=None, open_files=_OPEN_FILES)
        self._child = Child(dataclasses.replace(spec, limits=limits, forks=True))
        pipes = [(os.pipe(), os.pipe()) for _ in range(_FORKS)]
        self._ours = [(asking[1], answering[0]) for asking, answering in pipes]
        self._theirs = [(asking[0], answering[1]) for asking, answering in pipes]
        self._living: set[Forked] = set()
        theirs = [one for pair in self._theirs for one in pair]
        try:
            self._child.call("none", deadline=_ANSWER_SECONDS, descriptors=theirs)
        except BaseException:
            self.close()
            raise
        finally:
            for descriptor in theirs:
                os.close(descriptor)

    @property
    def usable(self) -> bool:
        """True if another can be forked from it."""
        return bool(self._ours) and self._child.alive

    @property
    def living(self) -> int:
        """How many of what was forked from it may still run."""
        return len(self._living)

    def fork(self, limits: Limits, prepare: str) -> Forked:
        """Raises ChildDied."""
        (source, sink), (asking, answering) = self._theirs.pop(), self._ours.pop()
        forked = None
        try:
            arguments = {"prepare": prepare, "limits": dataclasses.asdict(limits), "source": source, "sink": sink}
            pid = self._child.call("fork", arguments, deadline=_ANSWER_SECONDS, start=False).values.get("pid")
            if isinstance(pid, int):
                forked = Forked(pid, os.fdopen(asking, "wb"), os.fdopen(answering, "rb"), self)
        except Refusal as refusal:
            raise self._failed(refusal.detail) from refusal
        finally:
            if forked is None:
                os.close(asking)
                os.close(answering)
        if forked is None:
            raise self._failed("nonsense")
        self._living.add(forked)
        return forked

    def status(self, op: str, pid: int) -> int | None:
        """What the template says of one that was forked from it; all of them end with it."""
        try:
            found = self._child.call(op, {"pid": pid}, deadline=_ANSWER_SECONDS, start=False).values.get("status")
        except (ChildDied, Refusal):
            self._child.kill()
            return _KILLED
        return found if isinstance(found, int) else None

    def let_go(self, forked: Forked) -> None:
        """One has ended."""
        self._living.discard(forked)
        if not self._ours:
            self.retire()

    def retire(self) -> None:
        """Fork nothing any more, and end as soon as nothing runs that was forked from it."""
        self._give_up_pipes()
        if not self._living:
            self._child.close()

    def close(self) -> None:
        """End the template, and all that was forked from it."""
        self._child.close()
        self._give_up_pipes()

    def _give_up_pipes(self) -> None:
        for pair in self._ours:
            for descriptor in pair:
                os.close(descriptor)
        self._ours = []

    def _failed(self, why: str) -> ChildDied:
        return ChildDied(
            f"{self._child.spec.name} could not be started ({why}).", "Try again.", self._child.spec.module
        )


class Template:
    """Keeps a template of one kind of child ready while it is used, and for some seconds after; any thread may ask.

    spec: of the template; its limits are the highest that what is forked from it may be given.
    """

    def __init__(self, spec: ChildSpec) -> None:
        self._spec = spec
        self._lock = threading.Lock()
        self._generation: _Generation | None = None
        self._until = 0.0
        self._failed = not sys.platform.startswith("linux")
        self._alarm = Alarm("template", self._look)
        self._at_exit: Callable[[], None] | None = None

    def ready(self) -> None:
        """Have one started soon, in the background."""
        with self._lock:
            self._until = time.monotonic() + _IDLE_SECONDS
        self._alarm.ring()

    def fork(self, limits: Limits, prepare: str) -> Forked | None:
        """A fresh process, or None where there is none to be had this way: a plain start then says what is wrong."""
        with self._lock:
            self._until = time.monotonic() + _IDLE_SECONDS
            try:
                generation = self._current()
                forked = generation.fork(limits, prepare) if generation is not None else None
            except ChildDied:
                return None
        self._alarm.ring()  # for the next, where this was the last; and to see when it has been idle for long
        return forked

    def close(self) -> None:
        """End it, and what was forked from it."""
        with self._lock:
            generation, self._generation = self._generation, None
        if generation is not None:
            generation.close()

    def _current(self) -> _Generation | None:
        if self._failed:
            return None
        if self._generation is None or not self._generation.usable:
            if self._at_exit is None:
                self._at_exit = atexit.register(self.close)
            if self._generation is not None:
                self._generation.retire()
            self._generation = None
            try:
                self._generation = _Generation(self._spec)
            except (ChildDied, OSError, Refusal):
                self._failed = True  # not at every file again
        return self._generation

    def _look(self) -> float | None:
        with self._lock:
            left = self._until - time.monotonic()
            if left > 0:
                self._current()
                return max(1.0, left)
            generation = self._generation
            if generation is not None and generation.living:
                return _IDLE_SECONDS
            self._generation = None
        if generation is not None:
            generation.close()
        return None
