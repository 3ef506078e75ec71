"""The quantizer's child: one piece of work at a time, in a thread of its own, so that it can be told of and ended."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from assistant.quantizing.child import quantize, reading, synthetic, weights
from assistant.workers import Handler, Part, Refusal, Request

_TELL: Final = 0.15  # seconds between two signs of life
_AT_WORK: Final[Mapping[str, object]] = {}

_Outcome = Mapping[str, object] | Exception | None


def handlers() -> Mapping[str, Handler]:
    """The requests this child answers; each part tells `done` of `total`, the last one the result."""
    quantize.listen()
    reference = reading.Reference()
    return {
        "quantize": lambda request: _told(request, lambda tell: quantize.run(request, tell)),
        "reference": lambda request: _told(request, lambda tell: reading.read_reference(reference, request, tell)),
        "weights": lambda request: _told(request, lambda tell: weights.compare_weights(request, tell)),
        "build": lambda request: _told(request, lambda tell: synthetic.build(request, tell)),
        "measure": lambda request: _told(request, lambda tell: synthetic.measure(request, tell)),
        "compare": lambda request: _told(request, lambda tell: reading.compare(reference, request, tell)),
    }


def _told(
    request: Request, work: Callable[[Callable[[int, int], None]], Mapping[str, object] | None]
) -> Iterator[Part]:
    """Have the work done, and tell several times a second how far it is; a cancel ends this process.

    llama.cpp's quantizer can't be broken off in any other way, and what it leaves is the parent's to remove.
    """
    request.cancelled.then = lambda: os._exit(0)
    if request.cancelled.is_set():
        os._exit(0)
    ended: queue.Queue[Mapping[str, object] | Exception | None] = queue.Queue()
    far = [0, 1]

    def tell(done: int, total: int) -> None:
        far[:] = done, total

    def run() -> None:
        try:
            ended.put(work(tell))
        except Exception as error:  # noqa: BLE001 - raised again below, in the thread that answers
            ended.put(error)

    threading.Thread(target=run, name="work", daemon=True).start()
    while (result := _ended(ended)) is _AT_WORK:
        yield Part({"done": far[0], "total": far[1]})
    if isinstance(result, MemoryError):
        raise Refusal("out-of-memory")
    if isinstance(result, Exception):
        raise result
    yield Part({"done": far[1], "total": far[1]})
    if result is not None:
        yield Part(result)


def _ended(ended: queue.Queue[_Outcome]) -> _Outcome:
    try:
        return ended.get(timeout=_TELL)
    except queue.Empty:
        return _AT_WORK
