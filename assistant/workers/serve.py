"""The child's side: take requests one after the other, answer in parts, notice a cancel in between."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from assistant.logs import place_of
from assistant.workers import frames


class Cancelled(threading.Event):
    """Set when nobody wants an answer any more. `then` is called at that moment, by the thread that heard of it."""

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[], None] = lambda: None

    def set(self) -> None:
        """Say that nobody wants the answer any more."""
        super().set()
        self.then()


@dataclass(frozen=True, slots=True)
class Request:
    """One request as a child's handler sees it. `cancelled` is set when nobody wants the answer any more."""

    op: str
    arguments: Mapping[str, object]
    payload: bytes
    cancelled: Cancelled


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an answer: a few named values (JSON) and raw bytes."""

    values: Mapping[str, object] = field(default_factory=dict)
    payload: bytes = b""


class Refusal(Exception):
    """What a handler raises to refuse a request. code: a stable word. detail: for the log, without content."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


Handler = Callable[[Request], Iterator[Part]]
"""Yields the parts of an answer; whatever it raises becomes a refusal, and the child lives on."""


def serve(handlers: Mapping[str, Handler], source: BinaryIO, sink: BinaryIO) -> None:
    """Answer requests from `source` on `sink` until `source` ends; then end the process."""
    waiting: queue.Queue[tuple[int, Request]] = queue.Queue()
    pending: dict[int, Request] = {}

    def listen() -> None:
        while True:
            try:
                frame = frames.read_frame(source)
            except frames.FrameError:
                frame = None
            if frame is None:
                os._exit(0)  # the parent is gone or talks nonsense: nothing is left to do
            header, payload = frame
            number = _integer(header.get("id"))
            if header.get("op") == "cancel":
                if number in pending:
                    pending[number].cancelled.set()
                continue
            arguments = header.get("arguments")
            request = Request(
                str(header.get("op")), arguments if isinstance(arguments, dict) else {}, payload, Cancelled()
            )
            pending[number] = request
            waiting.put((number, request))

    threading.Thread(target=listen, name="frames", daemon=True).start()
    while True:
        number, request = waiting.get()
        _answer(handlers, number, request, sink)
        pending.pop(number, None)


def _answer(handlers: Mapping[str, Handler], number: int, request: Request, sink: BinaryIO) -> None:
    try:
        handler = handlers.get(request.op)
        if handler is None:
            raise Refusal("unknown-request", request.op)
        for part in handler(request):
            frames.write_frame(sink, {"id": number, "kind": "part", "values": dict(part.values)}, part.payload)
        frames.write_frame(sink, {"id": number, "kind": "end"})
    except Refusal as refusal:
        frames.write_frame(sink, {"id": number, "kind": "refused", "code": refusal.code, "detail": refusal.detail})
    except MemoryError:
        frames.write_frame(sink, {"id": number, "kind": "refused", "code": "out-of-memory", "detail": ""})
    except BrokenPipeError:
        os._exit(0)
    except Exception as error:  # noqa: BLE001 - the border: any mistake in a child becomes a code for the parent
        frames.write_frame(sink, {"id": number, "kind": "refused", "code": "bug", "detail": place_of(error)})


def _integer(value: object) -> int:
    return value if isinstance(value, int) else -1


def take_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep standard input and output for frames, and point the names at nothing.

    Native libraries print to descriptor 1 as they like; one such line would break the frames.
    """
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    os.close(nothing)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - open as long as the process
    sys.stdout = sys.stderr
    return source, sink
