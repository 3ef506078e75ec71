"""A child for tests: echoes, counts, sleeps, dies, floods and talks nonsense on request."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping

from assistant.workers import Handler, Part, Refusal, Request


def handlers() -> Mapping[str, Handler]:
    """The requests this child answers."""
    return {
        "echo": _echo,
        "count": _count,
        "die": _die,
        "sleep": _sleep,
        "refuse": _refuse,
        "bug": _bug,
        "print": _print,
        "memory": _memory,
        "environment": _environment,
        "network": _network,
    }


def _echo(request: Request) -> Iterator[Part]:
    yield Part(request.arguments, request.payload)


def _count(request: Request) -> Iterator[Part]:
    """Counts to `to`, a number every `pause` seconds, and says where it was cancelled."""
    for number in range(int(str(request.arguments["to"]))):
        if request.cancelled.is_set():
            yield Part({"cancelled": number})
            return
        yield Part({"number": number})
        time.sleep(float(str(request.arguments.get("pause", 0))))


def _die(request: Request) -> Iterator[Part]:
    yield Part({"last": "words"})
    os._exit(7)


def _sleep(request: Request) -> Iterator[Part]:
    time.sleep(float(str(request.arguments["seconds"])))
    yield Part({})


def _refuse(request: Request) -> Iterator[Part]:
    raise Refusal("not-today", "because")
    yield


def _bug(request: Request) -> Iterator[Part]:
    raise ValueError("a secret that must not cross the border")
    yield


def _print(request: Request) -> Iterator[Part]:
    os.write(1, b"a native library prints to descriptor 1\n")
    print("and Python to standard output")
    yield Part({"printed": True})


def _memory(request: Request) -> Iterator[Part]:
    yield Part({"length": len(bytearray(int(str(request.arguments["bytes"]))))})


def _environment(request: Request) -> Iterator[Part]:
    yield Part({"environment": dict(os.environ), "folder": os.getcwd()})


def _network(request: Request) -> Iterator[Part]:
    import ctypes

    yield Part({"descriptor": ctypes.CDLL(None).socket(2, 1, 0)})
