"""Runs the tools that set-up needs, with a log, a live line, and no orphans."""

from __future__ import annotations

import contextlib
import fcntl
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from privet_setup import layout
from privet_setup.progress import Progress

# In the environment of all that set-up starts, with the checkout as its value: a killed set-up cannot end its
# children, so the next one finds them by this.
_MARK = "PRIVET_SETUP_OF"

# Turns a line of a tool's output into the words of the live line; "" leaves those as they are.
LineReader = Callable[[str], str]

# pip's account of a download comes many times a second: it is shown and not logged.
_PASSING = "Progress "

# How long (seconds) a tool may take to end when asked to.
_PATIENCE = 5.0


class ToolFailed(Exception):
    """A tool ended with an error; its last lines are kept for the person to read."""

    def __init__(self, name: str, code: int, tail: Sequence[str]) -> None:
        super().__init__(f"{name} ended with code {code}")
        self.name = name
        self.tail = tuple(tail)

    def said(self, *phrases: str) -> bool:
        """True if one of the phrases stands in the tool's last lines."""
        return any(phrase in line for phrase in phrases for line in self.tail)


@contextlib.contextmanager
def one_at_a_time(progress: Progress) -> Iterator[None]:
    """Keep a second set-up of the same checkout waiting until the first has ended, however it ends."""
    # The kernel drops the lock with the process, so there is nothing to clean up after a kill.
    descriptor = os.open(layout.SETUP, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.note("Another set-up of this folder is running; waiting for it to end.")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        _end_orphans()
        yield
    finally:
        os.close(descriptor)


def _end_orphans() -> None:
    """End what a killed set-up of this checkout left running: it would write into the environment beside us."""
    mark = os.fsencode(f"{_MARK}={layout.ROOT}")
    for process in Path("/proc").glob("[0-9]*"):
        # A process may end while we look, or belong to somebody else.
        with contextlib.suppress(OSError):
            if mark in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)


def run(
    command: Sequence[str | Path],
    progress: Progress,
    reader: LineReader = lambda line: line.strip(),
    env: Mapping[str, str] | None = None,
) -> None:
    """Run a tool to its end, its output going to the log. Raises ToolFailed.

    env: added to the environment. If set-up is stopped, so is the tool; if it is killed, the next set-up does that.
    """
    arguments = [str(part) for part in command]
    tail: list[str] = []
    layout.VENV.mkdir(exist_ok=True)
    with open(layout.LOG, "a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(arguments)}\n")
        log.flush()
        with subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {}), _MARK: str(layout.ROOT)},
            cwd=layout.ROOT,
            # A group of its own: Ctrl-C reaches set-up alone, which then ends the whole group in order.
            start_new_session=True,
        ) as child:
            try:
                for line in _lines(child, progress):
                    if words := reader(line):
                        progress.detail(words)
                    if not line.startswith(_PASSING):
                        log.write(line + "\n")
                        tail = [*tail[-39:], line]
                code = child.wait()
            except BaseException:
                _end(child)
                raise
    if code != 0:
        raise ToolFailed(Path(arguments[0]).name, code, tail)


def run_undisturbed(command: Sequence[str], progress: Progress) -> None:
    """Run a package manager, which must not be torn out of its work. Raises ToolFailed.

    A first Ctrl-C waits for it, a second one leaves it to itself; it goes on even if set-up is killed.
    """
    layout.VENV.mkdir(exist_ok=True)
    with open(layout.LOG, "a+", encoding="utf-8", errors="replace") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        log.flush()
        began = log.tell()
        # Into the file, not through us: a pipe would break with set-up.
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        stopped = False
        while (code := child.poll()) is None:
            try:
                time.sleep(0.5)
                log.seek(began)
                progress.detail((log.read().splitlines() or [""])[-1])
            except KeyboardInterrupt:
                if stopped:
                    raise
                stopped = True
                progress.note("Letting the system's package manager finish first; set-up stops after that.")
        log.seek(began)
        tail = log.read().splitlines()[-40:]
    if stopped:
        raise KeyboardInterrupt
    if code != 0:
        raise ToolFailed(Path(command[0]).name, code, tail)


def _lines(child: subprocess.Popen[bytes], progress: Progress) -> Iterator[str]:
    """The child's output line by line; ticks once a second while it is silent."""
    assert child.stdout is not None
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(timeout=1.0):
                progress.tick()
                continue
            block = os.read(child.stdout.fileno(), 65536)
            if not block:
                break
            *whole, rest = (rest + block).replace(b"\r", b"\n").split(b"\n")
            for line in whole:
                yield line.decode("utf-8", "replace").rstrip()
    if rest:
        yield rest.decode("utf-8", "replace").rstrip()


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and all it started: first asked, then killed."""
    deadline = time.monotonic() + _PATIENCE
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
        while child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
