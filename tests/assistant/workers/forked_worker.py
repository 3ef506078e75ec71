"""A child for tests that is forked from a template: says what it has, and what it is refused."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from assistant.workers import Handler, Part, Request

_prepared: list[str] = []


def prepare(what: str) -> None:
    """Remember it; "thread" starts one, and "fault" raises."""
    _prepared.append(what)
    if what == "fault":
        raise RuntimeError("a fault")
    if what == "thread":
        import threading

        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()


def handlers() -> Mapping[str, Handler]:
    """The requests this child answers."""
    return {"about": _about, "try": _try, "die": _die, "hang": _hang, "echo": _echo}


def _about(request: Request) -> Iterator[Part]:
    import resource

    limits = [resource.getrlimit(kind)[1] for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE)]
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    held = []
    for number in range(256):
        try:
            held.append(os.fstat(number).st_ino)
        except OSError:
            continue
    yield Part(
        {
            "prepared": list(_prepared),
            "parent": os.getppid(),
            "filters": int(status.split("Seccomp_filters:")[1].split()[0]),
            "held": len(held),
            "limits": limits,
        }
    )


def _try(request: Request) -> Iterator[Part]:
    """What each way out is answered with: the error's number, or -1 where it is not refused."""

    def answer(way: Callable[[], object]) -> int:
        try:
            way()
        except OSError as error:
            return error.errno or 0
        return -1

    def fork() -> None:
        if os.fork() == 0:
            os._exit(0)

    yield Part(
        {
            "fork": answer(fork),
            "program": answer(lambda: os.execv("/bin/true", ["true"])),
            "signal": answer(lambda: os.kill(os.getppid(), signal.SIGTERM)),
            "file": answer(lambda: os.open("privet-never", os.O_CREAT | os.O_WRONLY)),
        }
    )


def _die(request: Request) -> Iterator[Part]:
    yield Part()
    os._exit(7)


def _hang(request: Request) -> Iterator[Part]:
    yield Part()
    time.sleep(600)


def _echo(request: Request) -> Iterator[Part]:
    yield Part(request.arguments, request.payload)
