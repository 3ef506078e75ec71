"""How fast this machine reads its memory: some children compare blocks of it at the same moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

from assistant.errors import ChildDied
from assistant.privacy import Confinement
from assistant.workers import Child, ChildSpec, Limits, Part, Refusal, Request

_BLOCK: Final = 96 << 20
"""Bytes of each of the two blocks that one child compares: more than the caches of any laptop's processor."""
_SECONDS: Final = 0.2
_ROUNDS: Final = 3
"""The best of them counts: what another program takes in one of them is not the machine's limit."""
_START: Final = 1.5  # seconds until all children run and have filled their blocks
_MOST: Final = 8  # children; the memory of a laptop is busy long before
_SPEC: Final = ChildSpec(
    "The measurement of memory",
    "assistant.modelstore.worker",
    Limits(address_space=1 << 30, file_size=0),
    20.0,
    confinement=Confinement(reads=()),
)


def measure_bandwidth(cores: int) -> float | None:
    """Bytes a second that `cores` processor cores read together, None where it could not be measured.

    Takes about two seconds. Reading is what counts: each token that a model writes reads all its weights once.
    """
    children = [Child(_SPEC) for _ in range(max(1, min(cores, _MOST)))]
    try:
        start = time.monotonic() + _START
        answers = [child.stream("bandwidth", {"start": start}, deadline=10.0) for child in children]
        for answer in answers:
            next(answer)  # it runs from here on, beside the others
        rates = [next(answer).values.get("rate") for answer in answers]
        for answer in answers:
            next(answer, None)
    except (ChildDied, Refusal, StopIteration):
        return None
    finally:
        for child in children:
            child.close()
    measured = [float(rate) for rate in rates if isinstance(rate, int | float) and rate > 0]
    return sum(measured) if len(measured) == len(children) else None


def read_memory(request: Request) -> Iterator[Part]:
    """In the child: "bandwidth" {start: of the machine's monotonic clock}. Yields at once, then `rate` in bytes/s."""
    yield Part()
    one, other = (bytes(bytearray(b"\1") * _BLOCK) for _ in range(2))
    start = request.arguments.get("start")
    time.sleep(max(0.0, min(5.0, float(start) - time.monotonic())) if isinstance(start, float) else 0.0)
    yield Part({"rate": max(_rate(one, other) for _ in range(_ROUNDS))})


def _rate(one: bytes, other: bytes) -> float:
    began, rounds = time.perf_counter(), 0
    while time.perf_counter() - began < _SECONDS:
        if one != other:  # memcmp of the C library: a plain read of both, as fast as the memory gives it
            raise Refusal("memory")
        rounds += 1
    return rounds * 2 * _BLOCK / (time.perf_counter() - began)
