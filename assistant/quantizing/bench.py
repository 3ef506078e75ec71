"""The work bench: a child process that lays a model's weights out anew, and reads a text with each layout."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from assistant.errors import Bug, ChildDied, DiskFull, EnvironmentFault, ModelUnreadable, Stopped
from assistant.privacy import Confinement
from assistant.quantizing.layouts import Layout
from assistant.values import Closeness, LayoutMaking, LayoutMeasuring, Stop, WeightsApart
from assistant.workers import Child, ChildSpec, Limits, Refusal

_SILENCE: Final = 60.0
"""Seconds: the child says several times a second that it is at work, and where."""
_REST: Final = 0.05
_LEFT: Final = 16 << 20  # bytes; less than that free means that the disk is full

Rest = Callable[[], bool]
"""Whether the work is to rest just now; asked several times a second."""


class Bench:
    """One child, for one thread at a time; ended by `close`. A model that it reads leaves memory when it was read."""

    def __init__(
        self,
        *,
        threads: int,
        gentle: bool = False,
        rest: Rest = lambda: False,
        largest: int | None = None,
        folder: Path | None = None,
    ) -> None:
        """threads: of llama.cpp. gentle: at the lowest priority. rest: the child is suspended while it is true.

        largest: bytes that it may write to one file. folder: where it will write; into another one a new child does.
        """
        limits = Limits(niceness=19 if gentle else 0, file_size=largest)
        self._child = Child(ChildSpec("The part of Privet that lays models out", "assistant.quantizing.worker", limits))
        self._threads = threads
        if folder is not None:
            self._write_into(folder)
        self._rest = rest

    def make(
        self, source: Path, target: Path, layout: Layout, stop: Stop, *, pure: bool = False
    ) -> Iterator[LayoutMaking]:
        """Write `source` to `target` in another layout; the target is there as a whole or not at all.

        pure: all matrices in the one type that gives the layout its name, where it mixes several otherwise. Raises
        DiskFull, ModelUnreadable, ChildDied, EnvironmentFault, and Stopped within a moment.
        """
        part = target.with_name(f".{target.name}.part")
        self._write_into(target.parent)
        arguments = {"source": os.fspath(source), "target": os.fspath(part), "layout": layout.number, "pure": pure}
        began = time.monotonic()
        try:
            for values in self._asked("quantize", arguments, stop):
                done, total = _whole(values, "done"), _whole(values, "total")
                elapsed = time.monotonic() - began
                left = elapsed / done * (total - done) if done and elapsed > 0.5 else None
                yield LayoutMaking(layout.name, done, total, left)
            _finish(part, target)
        except Refusal as refusal:
            raise _not_made(refusal, source, target) from refusal
        except OSError as error:
            raise _not_written(target) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def read_reference(self, path: Path, name: str, text: str, tokens: int, stop: Stop) -> Iterator[LayoutMeasuring]:
        """Have a model predict `text`, at most `tokens` tokens of it; what it predicts is what others are held against.

        Kept in the child's memory until the next one, or until `close`. Raises as `make` does.
        """
        arguments = {"path": os.fspath(path), "text": text, "tokens": tokens}
        for values in self._read("reference", arguments, path, stop):
            yield LayoutMeasuring(name, "quality", _whole(values, "done"), _whole(values, "total"))

    def compare(self, path: Path, name: str, stop: Stop) -> Generator[LayoutMeasuring, None, Closeness]:
        """Have another layout predict the same text; returns how close it is. Raises as `make` does."""
        result: Mapping[str, object] = {}
        for values in self._read("compare", {"path": os.fspath(path)}, path, stop):
            if "divergence" in values:
                result = values
            else:
                yield LayoutMeasuring(name, "quality", _whole(values, "done"), _whole(values, "total"))
        if not result:
            raise Bug("the comparison of two layouts has no result.")
        numbers = [_number(result, key) for key in ("divergence", "error", "same_top", "perplexity")]
        return Closeness(_whole(result, "tokens"), *numbers)

    def hold_weights(
        self, source: Path, path: Path, name: str, stop: Stop
    ) -> Generator[LayoutMeasuring, None, WeightsApart]:
        """Hold each weight of a layout against the source's; returns how far they are apart. Raises as `make` does."""
        result: Mapping[str, object] = {}
        for values in self._read("weights", {"source": os.fspath(source), "path": os.fspath(path)}, path, stop):
            if "largest" in values:
                result = values
            else:
                yield LayoutMeasuring(name, "weights", _whole(values, "done"), _whole(values, "total"))
        if not result:
            raise Bug("the comparison of weights has no result.")
        return WeightsApart(_number(result, "largest"), _number(result, "typical"))

    def build(self, form: str, target: Path, stop: Stop) -> None:
        """Write a model of chance, "wide" or "deep", in 32 bits; what costs time is measured on it.

        Raises as `make` does.
        """
        self._write_into(target.parent)
        try:
            for _ in self._asked("build", {"form": form, "target": os.fspath(target)}, stop):
                pass
        except Refusal as refusal:
            raise _not_made(refusal, target, target) from refusal

    def seconds(self, path: Path, stop: Stop) -> tuple[float, float, float]:
        """What a token of a model of chance costs: read among many, written, and written with `FAR` tokens before it.

        Raises as `make` does.
        """
        result: Mapping[str, object] = {}
        for values in self._read("measure", {"path": os.fspath(path)}, path, stop):
            result = values if "read" in values else result
        if not result:
            raise Bug("the measurement of a layout has no result.")
        return _number(result, "read"), _number(result, "write"), _number(result, "far")

    def _write_into(self, folder: Path) -> None:
        """The child may make files in this folder and in no other."""
        with suppress(OSError):  # what can't be made is said when something is written there
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # only what is there can be allowed
        self._child.reach(Confinement(writes=(os.fspath(folder.absolute()),)))

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def _read(self, op: str, arguments: Mapping[str, object], path: Path, stop: Stop) -> Iterator[Mapping[str, object]]:
        try:
            yield from self._asked(op, arguments, stop)
        except Refusal as refusal:
            raise _not_read(refusal, path) from refusal

    def _asked(self, op: str, arguments: Mapping[str, object], stop: Stop) -> Iterator[Mapping[str, object]]:
        """What the child tells while it works. It ends itself on a stop: nothing else ends llama.cpp's quantizer."""
        if stop.requested:
            raise Stopped
        try:
            parts = self._child.stream(op, {**arguments, "threads": self._threads}, deadline=_SILENCE, stop=stop)
            for part in parts:
                yield part.values
                self._have_it_rest(stop)
        except ChildDied:
            if stop.requested:
                raise Stopped from None
            raise
        if stop.requested:
            raise Stopped

    def _have_it_rest(self, stop: Stop) -> None:
        if not self._rest():
            return
        self._child.suspend()
        while self._rest() and not stop.requested:
            time.sleep(_REST)
        self._child.resume()


def _finish(part: Path, target: Path) -> None:
    """Give a whole file its name, once it is on the disk. Raises OSError."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(part, target)


def _not_made(refusal: Refusal, source: Path, target: Path) -> EnvironmentFault:
    free = _free(target.parent)
    if (free is not None and free < _LEFT) or refusal.code == "disk-full":
        return DiskFull(
            "The disk became full while another layout of the model was written; nothing of it was kept.",
            "Free some room and try again.",
        )
    return _not_read(refusal, source)


def _not_read(refusal: Refusal, path: Path) -> EnvironmentFault:
    match refusal.code:
        case "out-of-memory" | "no-memory":
            return EnvironmentFault(
                f"There is not enough memory to measure “{path.name}”.", "Close other programs and try again."
            )
        case "model-unreadable":
            return ModelUnreadable(
                f"“{path.name}” can't be laid out anew.", "Use it as it is, or choose another model."
            )
        case code:
            raise Bug(f"a model could not be laid out ({code} {refusal.detail}).")


def _not_written(target: Path) -> EnvironmentFault:
    free = _free(target.parent)
    if free is not None and free < _LEFT:
        return DiskFull("The disk is full; nothing of the new layout was kept.", "Free some room and try again.")
    return EnvironmentFault(
        "Another layout of the model could not be written.", f"Check that you may write to {target.parent}."
    )


def _free(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _whole(values: Mapping[str, object], key: str) -> int:
    value = values.get(key)
    if not isinstance(value, int):
        raise Bug(f"the quantizer's child sent no {key}.")
    return value


def _number(values: Mapping[str, object], key: str) -> float:
    value = values.get(key)
    if not isinstance(value, int | float):
        raise Bug(f"the quantizer's child sent no {key}.")
    return float(value)
