"""The template's side: a child with its worker's code loaded, which forks a fresh process for each piece of work.

It has one thread and meets nothing that a file holds, so that what is forked from it is as if it had just started.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import BinaryIO, Final, NamedTuple

from assistant.privacy import confine_fork
from assistant.workers import frames
from assistant.workers.limits import Limits, die_with_parent

_STANDARD: Final = 3  # descriptors that every process has


class Streams(NamedTuple):
    """Where a process hears its requests, and where it answers."""

    source: BinaryIO
    sink: BinaryIO


def serve(prepare: Callable[[str], None], own: Streams) -> Streams:
    """Fork as asked until `own.source` ends, then end the process; returns in each forked one, with its streams.

    prepare: loads what one kind of work needs. Requests: "fork" {prepare, limits, source, sink}, answered with {pid};
    "state" {pid} and "kill" {pid}, answered with {status}: as subprocess has it, null while it runs.
    """
    ended: dict[int, int] = {}
    prepared: set[str] = set()
    while True:
        try:
            frame = frames.read_frame(own.source)
        except frames.FrameError:
            frame = None
        if frame is None:
            os._exit(0)
        header, arguments = frame[0], frame[0].get("arguments")
        if not isinstance(arguments, dict):
            continue  # a cancel: there is nothing to be cancelled
        values: dict[str, object] = {}
        try:
            match header.get("op"):
                case "fork":
                    if (what := str(arguments["prepare"])) not in prepared:
                        prepare(what)
                        prepared.add(what)
                    streams = (int(arguments["source"]), int(arguments["sink"]))
                    template = os.getpid()
                    if not (pid := _fork()):
                        return _become(template, arguments["limits"], streams, own)
                    for descriptor in streams:
                        os.close(descriptor)
                    values = {"pid": pid}
                case "kill" | "state":
                    pid = int(arguments["pid"])
                    values = {"status": _status(pid, ended, header["op"] == "kill")}
            answers: Sequence[Mapping[str, object]] = [{"kind": "part", "values": values}, {"kind": "end"}]
        except Exception as error:  # noqa: BLE001 - the border, as in `serve.serve`
            answers = [{"kind": "refused", "code": "bug", "detail": type(error).__name__}]
        for answer in answers:
            frames.write_frame(own.sink, {"id": header.get("id"), **answer})


def _fork() -> int:
    if len(os.listdir("/proc/self/task")) != 1:
        raise RuntimeError("a template with threads")  # what they hold locked would stay locked in the fork
    gc.collect()
    gc.freeze()  # what is there by now is looked at by no collector again, and its pages stay shared
    return os.fork()


def _become(template: int, limits: Mapping[str, int | None], streams: tuple[int, int], own: Streams) -> Streams:
    """Become the process that was asked for: under its limits, shut in, with its own two streams and no others."""
    try:
        die_with_parent(template)
        own.source.close()
        own.sink.close()
        first, last = min(streams), max(streams)
        for start, end in ((_STANDARD, first), (first + 1, last), (last + 1, os.sysconf("SC_OPEN_MAX"))):
            os.closerange(start, end)
        Limits(**limits).apply()  # type: ignore[arg-type]
        confine_fork()
        return Streams(os.fdopen(streams[0], "rb"), os.fdopen(streams[1], "wb"))
    except BaseException:  # noqa: BLE001 - nothing may return into the template's loop from here
        os._exit(1)


def _status(pid: int, ended: dict[int, int], kill: bool) -> int | None:
    """How a forked process ended, None while it runs. It is waited for here alone, so its number can't be another's."""
    if pid in ended:
        return ended[pid]
    if kill:
        os.kill(pid, signal.SIGKILL)
    found, status = os.waitpid(pid, 0 if kill else os.WNOHANG)
    if not found:
        return None
    ended[pid] = os.waitstatus_to_exitcode(status)
    return ended[pid]
