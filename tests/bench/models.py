"""What is predicted of a model from its header, against what is measured once it is loaded.

Held out: the predictor knows the rates of types of weights from other (synthetic) models, and from this machine one
measurement alone, of the shipped file. Each other layout of that model is predicted first, and measured only then.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from assistant.engine import Engine
from assistant.models import Trial, try_out
from assistant.modelstore import Fitting, ModelStore, Rules
from assistant.settings import Folders
from assistant.values import LoadPlan, Machine, Stop
from tests.bench.figure import Figure
from tests.conftest import EMBEDDED_CHAT

LAYOUTS: Final = {"Q8_0": 7, "Q4_0": 2, "Q5_K_M": 17, "BF16": 32, "F16": 1}
"""Names and numbers of llama.cpp's quantizer (enum llama_ftype). The model is 576 wide: K types fall back in part."""
CONTEXT: Final = 4096

QUANTIZE = """
import ctypes, sys
import llama_cpp.llama_cpp as l
quiet = l.llama_log_callback(lambda *a: None); l.llama_log_set(quiet, ctypes.c_void_p(0))
source, *wanted = sys.argv[1:]
for target, kind in zip(wanted[::2], wanted[1::2]):
    p = l.llama_model_quantize_default_params()
    p.ftype, p.allow_requantize = int(kind), True
    assert l.llama_model_quantize(source.encode(), target.encode(), ctypes.byref(p)) == 0
"""


def figures() -> list[Figure]:
    """Predicted by measured, or the other way round, whichever is larger: 1 is exact."""
    with tempfile.TemporaryDirectory() as place:
        folders = Folders.inside(Path(place) / "home")
        files = _layouts(Path(place))
        store = ModelStore(folders, rules=Rules())
        fitting = Fitting(folders, store)
        machine = fitting.machine()
        _measure(store, fitting, EMBEDDED_CHAT, machine, keep=True)
        rows: list[Figure] = []
        for name, path in files.items():
            plan = LoadPlan(CONTEXT, machine.cores)
            told = fitting.fit(path, machine, plan).prediction
            seen = _measure(store, fitting, path, machine, keep=False)
            rows += _rows(name, told.read, seen.read, "tokens read a second", "<= 1.30")
            rows += _rows(name, told.write, seen.write, "tokens written a second", "<= 1.30")
            rows += _rows(name, float(told.memory.total), float(seen.memory or 0), "memory", "<= 1.10")
    return rows


def _rows(name: str, told: float, seen: float, what: str, bar: str) -> list[Figure]:
    shown = f"{told / 1e6:,.0f} for {seen / 1e6:,.0f} MB" if what == "memory" else f"{told:,.0f} for {seen:,.0f}"
    return [Figure(f"{name}: {what}, predicted {shown}", max(told / seen, seen / told), "x", None, bar)]


def _layouts(place: Path) -> dict[str, Path]:
    """The shipped model in other layouts, made by llama.cpp's own quantizer in a process of its own."""
    files = {name: place / f"{name}.gguf" for name in LAYOUTS}
    wanted = [text for name, kind in LAYOUTS.items() for text in (str(files[name]), str(kind))]
    subprocess.run([sys.executable, "-c", QUANTIZE, str(EMBEDDED_CHAT), *wanted], check=True)
    return files


def _measure(store: ModelStore, fitting: Fitting, path: Path, machine: Machine, *, keep: bool) -> Trial:
    plan = LoadPlan(CONTEXT, machine.cores)
    engine = Engine(threads=plan.threads)
    try:
        *_, last = try_out(engine, fitting, store.inspect(path), machine, plan, Stop(), keep=keep)
    finally:
        engine.close()
    assert isinstance(last, Trial)
    return last
