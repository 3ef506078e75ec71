"""A child on Windows: begun already shut in, with pipes of its own. Written; not run on Windows yet."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Final

from assistant.privacy import Contained, ContainingSystem, start_contained, this_windows
from assistant.workers.limits import Limits

_POLL_SECONDS: Final = 0.01


class ContainedProcess:
    """A process in its job; as `subprocess.Popen`, as far as `Child` needs it."""

    def __init__(self, system: ContainingSystem, process: int, job: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        """process, job: handles, which are let go of when it has ended."""
        self.pid = system.process_id(process)
        self.stdin = stdin
        self.stdout = stdout
        self._system, self._process, self._job = system, process, job
        self._status: int | None = None
        self._asking = threading.Lock()

    def poll(self) -> int | None:
        """How it ended, None while it runs."""
        with self._asking:
            if self._status is None:
                self._status = self._system.ended(self._process)
                if self._status is not None:
                    self._system.close(self._process)
                    self._system.close(self._job)
            return self._status

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, as soon as it has. timeout: seconds. Raises subprocess.TimeoutExpired."""
        until = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired("a contained process", timeout or 0.0)
            time.sleep(_POLL_SECONDS)
        return status

    def kill(self) -> None:
        """End it now."""
        with self._asking:
            if self._status is None:
                self._system.terminate(self._process)


def begin(
    command: Sequence[str],
    environment: Mapping[str, str],
    limits: Limits,
    system: ContainingSystem,
    handle_of: Callable[[int], int] | None = None,
) -> ContainedProcess:
    """Start a child in a job of its own, under a restricted token, with two pipes and nothing else that is open here.

    handle_of: the handle of a descriptor, made one that a child inherits; Windows' own where left out.
    Raises SealError where Windows refuses any of it, and OSError where there are no more pipes; nothing runs then.
    """
    handle_of = handle_of or _inheritable
    asking, answering, nowhere = os.pipe(), os.pipe(), os.open(os.devnull, os.O_RDWR)
    theirs = (asking[0], answering[1], nowhere)
    began = False
    try:
        source, sink, errors = map(handle_of, theirs)
        child = Contained(
            subprocess.list2cmdline(command),
            "".join(f"{name}={value}\0" for name, value in sorted(environment.items())),
            limits.data or limits.address_space or 0,
            limits.cpu_seconds or 0,
            (source, sink, errors),
        )
        process, job = start_contained(system, child)
        began = True
    finally:
        for descriptor in theirs:
            os.close(descriptor)
        if not began:
            os.close(asking[1])
            os.close(answering[0])
    return ContainedProcess(system, process, job, os.fdopen(asking[1], "wb"), os.fdopen(answering[0], "rb"))


def _inheritable(descriptor: int) -> int:
    """The handle of a descriptor, which children may inherit from now on."""
    if sys.platform != "win32":
        raise OSError("handles are Windows' own")
    import msvcrt

    handle = int(msvcrt.get_osfhandle(descriptor))
    os.set_handle_inheritable(handle, True)
    return handle


def begin_here(command: Sequence[str], environment: Mapping[str, str], limits: Limits) -> ContainedProcess:
    """As `begin`, on the Windows that this process runs on."""
    return begin(command, environment, limits, this_windows())
