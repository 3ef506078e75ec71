"""A child that a hostile file has taken over: it answers whatever its file's first line asks for."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping

from assistant.workers import Handler, Part, Refusal, Request


def handlers() -> Mapping[str, Handler]:
    """Takes the parser's place."""
    return {"read": _read}


def _read(request: Request) -> Iterator[Part]:
    descriptor = request.arguments["descriptor"]
    assert isinstance(descriptor, int)
    deed = os.read(descriptor, 100).decode().split()[0]
    yield Part()
    if deed == "hang":
        time.sleep(600)
    elif deed == "die":
        signal.raise_signal(signal.SIGKILL)
    elif deed == "flood":
        while True:
            yield Part({"blocks": [["paragraph", "x" * 199_000, 0, 0, None]] * 5})
    elif deed == "big":
        yield Part({"blocks": [["paragraph", "x" * 8_000_000, 0, 0, None]]})
    elif deed == "nonsense":
        yield Part({"blocks": [["paragraph", "x", -5, 0, None]]})
    elif deed == "refuse":
        raise Refusal("Your disk is full, call 555-1234")
    elif deed == "slow":
        for page in range(1, 500):
            yield Part({"page": page, "pages": 500, "blocks": []})
            time.sleep(0.05)
