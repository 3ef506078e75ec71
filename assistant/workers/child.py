"""The parent's side of a child process: start it, ask it, stop it, notice its death."""

from __future__ import annotations

import dataclasses
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Final, Literal, Protocol

from assistant.errors import ChildDied, ChildOutOfMemory, ChildTimedOut
from assistant.privacy import Confinement, SealError, clean_environment
from assistant.values import Stop
from assistant.workers import contained, frames, pressure, reach, starting
from assistant.workers.limits import Limits
from assistant.workers.serve import Refusal

_POLL_SECONDS: Final = 0.02
_CANCEL_SECONDS: Final = 10.0
_KILLED: Final = 9  # SIGKILL, which Windows does not know by name


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """How a child is started and what it is called.

    name: for people, as "the language model"; it begins sentences. module: the worker's module.
    start_seconds: how long the first answer may take on top of its own deadline, for imports.
    largest_frame: bytes of header and of payload accepted from it. queued_frames: how many may wait to be read.
    confinement: what it may reach; unless it says otherwise, any file that is there may be read and none be made.
    prepare: what a template is to load before this child is forked from it; a word of the worker's.
    forks: it is such a template itself.
    """

    name: str
    module: str
    limits: Limits = field(default_factory=Limits)
    start_seconds: float = 60.0
    largest_frame: int = frames.MAX_PAYLOAD
    queued_frames: int = 256
    confinement: Confinement = field(default_factory=Confinement)
    prepare: str = ""
    forks: bool = False


class Process(Protocol):
    """What a child needs of the process that it is: `subprocess.Popen` has it."""

    pid: int

    @property
    def stdin(self) -> IO[bytes] | None:
        """Where it hears its requests."""
        ...

    @property
    def stdout(self) -> IO[bytes] | None:
        """Where it answers."""
        ...

    def poll(self) -> int | None:
        """Its exit status, None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, when it has ended. Raises subprocess.TimeoutExpired."""
        ...

    def kill(self) -> None:
        """End it."""
        ...


Begin = Callable[[Sequence[str], Mapping[str, str], Limits], Process]

BEGIN: Begin | None = contained.begin_here if sys.platform == "win32" else None
"""How a process is begun where the kernel can't have it shut itself in, and so its parent has to; None elsewhere."""


class Forking(Protocol):
    """Where a fresh process can be had that has its code loaded already."""

    def fork(self, limits: Limits, prepare: str) -> Process | None:
        """One, under these limits; None where it has to be started in the plain way."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """One part of a child's answer: named values (JSON) and raw bytes."""

    values: Mapping[str, object]
    payload: bytes


Replies = Iterator[Reply]


class Child:
    """One child process, started when first needed and again after its death.

    It answers one request at a time; a second thread that asks waits for its turn. All methods may
    be called from any thread.
    """

    def __init__(self, spec: ChildSpec, template: Forking | None = None) -> None:
        """template: where its process is forked from, but for one that inherits descriptors."""
        self.spec = spec
        self._template = template
        self._turn = threading.Lock()
        self._sending = threading.Lock()
        self._process: Process | None = None
        self._received: queue.Queue[tuple[dict[str, object], bytes] | None] = queue.Queue()
        self._number = 0
        self._starts = 0
        self._answered = False
        self._kills = 0  # for want of memory, in the whole system, before this process was started

    def reach(self, confinement: Confinement) -> None:
        """What the child may reach from its next start on; one that runs with another reach is ended."""
        with self._turn:
            if confinement != self.spec.confinement:
                self.kill()
                self.spec = dataclasses.replace(self.spec, confinement=confinement)

    @property
    def alive(self) -> bool:
        """True while the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process is not None and self.alive else None

    @property
    def starts(self) -> int:
        """How often the process was started: what it held before a new start is gone."""
        return self._starts

    def call(
        self,
        op: str,
        arguments: Mapping[str, object] | None = None,
        payload: bytes = b"",
        *,
        deadline: float,
        stop: Stop | None = None,
        descriptors: Sequence[int] = (),
        start: bool = True,
    ) -> Reply:
        """Ask and wait for the one part of the answer. Raises as `stream` does."""
        reply = Reply({}, b"")
        parts = self.stream(op, arguments, payload, deadline=deadline, stop=stop, descriptors=descriptors, start=start)
        for part in parts:
            reply = part
        return reply

    def stream(
        self,
        op: str,
        arguments: Mapping[str, object] | None = None,
        payload: bytes = b"",
        *,
        deadline: float,
        stop: Stop | None = None,
        descriptors: Sequence[int] = (),
        start: bool = True,
    ) -> Replies:
        """Ask, and yield the parts of the answer as they come.

        deadline: seconds that may pass without a part before the child is killed. stop: when it is
        set, the child is told, and what it still sends is yielded until it ends by itself.
        descriptors: open files the child inherits; only for a child that is not started yet.
        start: False for what only the process can answer that runs already: its end is told, not made good by another.
        Raises ChildDied, ChildTimedOut, and Refusal with the child's code.
        """
        with self._turn:
            if not self.alive:
                if not start:
                    raise self._died()
                self._start(descriptors)
            waits = deadline if self._answered else deadline + self.spec.start_seconds
            self._number += 1
            number = self._number
            self._send({"id": number, "op": op, "arguments": dict(arguments or {})}, payload)
            finished = False
            try:
                for header, received in self._parts(number, waits, deadline, stop):
                    kind = header.get("kind")
                    if kind == "part":
                        values = header.get("values")
                        yield Reply(values if isinstance(values, dict) else {}, received)
                    elif kind == "end":
                        finished = True
                        return
                    else:
                        finished = True
                        raise Refusal(str(header.get("code")), str(header.get("detail")))
            finally:
                if not finished and self.alive:
                    self._abandon(number)

    def suspend(self) -> None:
        """Have the process stand still, until `resume`; it can still be killed."""
        self._signalled("suspend")

    def resume(self) -> None:
        """Have the process go on after `suspend`."""
        self._signalled("resume")

    def kill(self) -> None:
        """End the process now; the next request starts a new one."""
        process = self._process
        if process is not None:
            process.kill()
            process.wait()

    def close(self) -> None:
        """End the process and let go of its pipes."""
        self.kill()
        process, self._process = self._process, None
        if process is not None:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        pass  # what could not be flushed was for a process that is gone

    def _start(self, descriptors: Sequence[int]) -> None:
        self.close()
        if self._template is not None and not descriptors:
            self._process = self._template.fork(self.spec.limits, self.spec.prepare)
        if self._process is None:
            self._process = self._started(descriptors)
        self._starts += 1
        self._answered = False
        self._kills = pressure.kills()
        self._received = queue.Queue(self.spec.queued_frames)
        assert self._process.stdout is not None
        threading.Thread(
            target=_receive,
            args=(self._process.stdout, self._received, self.spec.largest_frame),
            name=self.spec.module,
            daemon=True,
        ).start()

    def _started(self, descriptors: Sequence[int]) -> Process:
        """A process begun in the plain way. Raises ChildDied."""
        command = [sys.executable, "-I", "-m", "assistant.workers", self.spec.module]
        command += [json.dumps(dataclasses.asdict(self.spec.limits)), str(os.getpid())]
        command += ["forks"] if self.spec.forks else []
        environment = clean_environment(os.environ) | {reach.VARIABLE: reach.packed(self.spec.confinement)}
        begin = BEGIN
        try:
            if begin is not None:
                if descriptors:
                    raise OSError("no descriptors are handed on there")
                return begin(command, environment, self.spec.limits)
            return starting.on_lasting_thread(
                lambda: subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=None if os.environ.get("PRIVET_SHOW_CHILDREN") else subprocess.DEVNULL,
                    cwd=os.path.abspath(os.sep),  # nothing that lies in the person's folder can be loaded by accident
                    env=environment,
                    pass_fds=tuple(descriptors),
                    start_new_session=True,  # Ctrl-C in a terminal is for the parent to answer
                )
            )
        except (OSError, SealError) as error:
            raise ChildDied(
                f"{self.spec.name} could not be started.", "Close other programs and try again.", self.spec.module
            ) from error

    def _send(self, header: Mapping[str, object], payload: bytes = b"") -> None:
        process = self._process
        assert process is not None and process.stdin is not None
        try:
            with self._sending:
                frames.write_frame(process.stdin, header, payload)
        except OSError as error:
            raise self._died() from error

    def _parts(
        self, number: int, first: float, later: float, stop: Stop | None
    ) -> Iterator[tuple[dict[str, object], bytes]]:
        until = time.monotonic() + first
        told = False
        while True:
            if stop is not None and stop.requested and not told:
                told = True
                until = min(until, time.monotonic() + _CANCEL_SECONDS)
                self._send({"id": number, "op": "cancel"})
            left = until - time.monotonic()
            try:
                if stop is not None and not told:
                    frame = self._received.get(timeout=max(0.0, min(left, _POLL_SECONDS)))
                else:
                    frame = self._received.get(timeout=max(0.0, left))
            except queue.Empty:
                if time.monotonic() >= until:
                    self.kill()
                    raise ChildTimedOut(
                        f"{self.spec.name} did not answer in time and was restarted.",
                        "What was there so far is kept; please try again.",
                        self.spec.module,
                    ) from None
                continue
            if frame is None:
                raise self._died()
            if frame[0].get("id") == number:
                self._answered = True
                yield frame
                until = time.monotonic() + (min(later, _CANCEL_SECONDS) if told else later)

    def _abandon(self, number: int) -> None:
        """The reader of an answer went away in the middle: cancel, and swallow what still comes."""
        try:
            self._send({"id": number, "op": "cancel"})
            until = time.monotonic() + _CANCEL_SECONDS
            while (left := until - time.monotonic()) > 0:
                frame = self._received.get(timeout=left)
                if frame is None:
                    return
                if frame[0].get("id") == number and frame[0].get("kind") != "part":
                    return
            self.kill()
        except (queue.Empty, ChildDied):
            self.kill()

    def _signalled(self, how: Literal["suspend", "resume"]) -> None:
        import psutil  # here, so that a window which starts no child does not wait for it

        pid = self.pid
        if pid is not None:
            with suppress(psutil.Error):  # it ended meanwhile
                process = psutil.Process(pid)
                process.suspend() if how == "suspend" else process.resume()

    def _died(self) -> ChildDied:
        process = self._process
        # The pipe closes a moment before the kernel has the exit status; one second is plenty for that.
        code: int | None = None
        if process is not None:
            try:
                code = process.wait(timeout=1.0)
            except subprocess.TimeoutExpired:
                self.kill()
        number = -code if code is not None and code < 0 else 0
        if number == _KILLED and (pressure.kills() > self._kills or pressure.high()):
            return ChildOutOfMemory(
                f"{self.spec.name} was ended by the system, because memory ran out.",
                "What was there so far is kept; close other programs before you try again.",
                self.spec.module,
                number,
            )
        return ChildDied(
            f"{self.spec.name} ended unexpectedly{_how(code)}.",
            "What was there so far is kept; the next try starts it again.",
            self.spec.module,
            number,
        )


def _how(code: int | None) -> str:
    """How a process ended, in words: its signal, where there was one."""
    if code is None or code >= 0:
        return ""
    try:
        return f" ({signal.Signals(-code).name})"
    except ValueError:
        return f" (signal {-code})"


def _receive(source: IO[bytes], received: queue.Queue[tuple[dict[str, object], bytes] | None], largest: int) -> None:
    """Put each frame of `source` into `received`, and None at its end or at the first that is no frame."""
    try:
        while (frame := frames.read_frame(source, min(largest, frames.MAX_HEADER), largest)) is not None:
            received.put(frame)
    except (frames.FrameError, OSError, ValueError):
        pass  # ValueError: the pipe was closed here; all three mean that nothing more can come
    received.put(None)
