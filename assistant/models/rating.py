"""What each type of weights costs on this machine, measured once on models of chance, before anything is predicted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from assistant.errors import ModelUnreadable
from assistant.modelstore import Fitting, Timing
from assistant.quantizing import FAR, FORMS, LAYOUTS, Bench
from assistant.values import LayoutMeasuring, Machine, Stop

TYPES: Final = {
    "F32": "F32", "F16": "F16", "BF16": "BF16", "Q8_0": "Q8_0", "Q4_0": "Q4_0", "Q4_1": "Q4_1", "Q5_0": "Q5_0",
    "Q5_1": "Q5_1", "Q3_K": "Q3_K_S", "Q4_K": "Q4_K_S", "Q5_K": "Q5_K_S", "Q6_K": "Q6_K",
}  # fmt: skip
"""By type of weights the layout in which all are of it; of other types the built-in table is scaled to these."""
_DEEP: Final = "Q8_0"
_DISK: Final = 1 << 30  # bytes; less free, and nothing is made


def measure_rates(fitting: Fitting, machine: Machine, stop: Stop) -> Iterator[LayoutMeasuring]:
    """Measure, and keep for every prediction on this machine; about a quarter of a minute, with all cores.

    Nothing is measured where the disk is nearly full. Raises ChildDied, DiskFull, EnvironmentFault, and Stopped within
    a moment; nothing is kept then.
    """
    place = fitting.workplace
    with suppress(OSError):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(place).free < _DISK:
            return
    bench = Bench(threads=machine.cores, folder=place)
    try:
        wide: list[Timing] = []
        bench.build("wide", place / "wide.gguf", stop)
        for number, (kind, layout) in enumerate(TYPES.items()):
            yield LayoutMeasuring(kind, "speed", number, len(TYPES) + 1)
            with suppress(ModelUnreadable):  # a type that this llama.cpp can't make is not missed
                wide.append(_timed(bench, "wide", kind, layout, place, stop))
        yield LayoutMeasuring(_DEEP, "speed", len(TYPES), len(TYPES) + 1)
        bench.build("deep", place / "deep.gguf", stop)
        deep = _timed(bench, "deep", _DEEP, _DEEP, place, stop)
        if any(one.type == _DEEP for one in wide):
            fitting.keep_rates(wide, deep, machine)
    finally:
        bench.close()
        shutil.rmtree(place, ignore_errors=True)


def _timed(bench: Bench, form: str, kind: str, layout: str, place: Path, stop: Stop) -> Timing:
    path = place / f"{form}.{layout}.gguf"
    for _ in bench.make(place / f"{form}.gguf", path, LAYOUTS[layout], stop, pure=True):
        pass
    read, write, far = bench.seconds(path, stop)
    size = path.stat().st_size
    path.unlink()
    shape = FORMS[form]
    return Timing(kind, shape.layers, shape.width, shape.inner, size, read, write, far, FAR)
