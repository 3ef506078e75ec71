"""What is predicted of a model against what is measured (`models`), and what a tuned layout gains (`tuning`).

Held out: the predictor knows what each type of weights costs here from models of chance (as `privet models fit` has it
measured once on every machine), and one measurement alone of a real model: the shipped file's. All the other layouts
of that model are predicted first; only then are they measured, in turns, and the middle of three rounds counts.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from assistant.engine import Engine
from assistant.models import Trial, Tuning, measure_rates, try_out, tune
from assistant.modelstore import Fitting, ModelStore, Rules
from assistant.quantizing import LAYOUTS, Bench
from assistant.settings import Folders
from assistant.values import LoadPlan, Machine, MeasuredLayout, Stop, Tuned
from tests.bench.figure import Figure
from tests.conftest import EMBEDDED_CHAT

PREDICTED: Final = ("Q8_0", "Q4_0", "Q5_K_M", "BF16", "F16")
"""The model is 576 wide: K types fall back in part."""
CONTEXT: Final = 4096
ROUNDS: Final = 3


def figures() -> list[Figure]:
    """Predictions, as predicted by measured or the other way round, whichever is larger."""
    with tempfile.TemporaryDirectory() as place:
        folders = Folders.inside(Path(place) / "home")
        files = _layouts(Path(place))
        store = ModelStore(folders, rules=Rules())
        fitting = Fitting(folders, store)
        for _ in measure_rates(fitting, fitting.machine(), Stop()):
            pass
        machine = fitting.machine()
        _measure(store, fitting, EMBEDDED_CHAT, machine, keep=True)
        told = {
            name: fitting.fit(path, machine, LoadPlan(CONTEXT, machine.cores)).prediction
            for name, path in files.items()
        }
        seen = _in_turns(store, fitting, list(files.values()), machine)
        rows: list[Figure] = []
        for name, path in files.items():
            rows += _rows(name, told[name].read, seen[path].read, "read", "<= 1.30")
            rows += _rows(name, told[name].write, seen[path].write, "written", "<= 1.30")
            rows += _rows(name, float(told[name].memory.total), float(seen[path].memory or 0), "memory", "<= 1.10")
        return rows


def tuning() -> list[Figure]:
    """What the recommended layout gains over the shipped file, and how close it stays."""
    with tempfile.TemporaryDirectory() as place:
        folders = Folders.inside(Path(place) / "home")
        store = ModelStore(folders, rules=Rules())
        fitting = Fitting(folders, store)
        return _tuned(store, fitting, fitting.machine())


def _tuned(store: ModelStore, fitting: Fitting, machine: Machine) -> list[Figure]:
    """Tune the shipped model as a person would, then measure the recommended layout and the shipped file in turns.

    What agreement can be had at all stands beside it: exact arithmetic with the shipped file's own weights does not
    agree with the file as llama.cpp runs it either, since that rounds what the weights are multiplied with.
    """
    *_, tuned = tune(store, fitting, EMBEDDED_CHAT, Stop(), Tuning(CONTEXT))
    assert isinstance(tuned, Tuned)
    best, source = tuned.best, tuned.original
    assert best.closeness is not None and source.closeness is not None
    seen = _in_turns(store, fitting, [EMBEDDED_CHAT, best.path or EMBEDDED_CHAT], machine)
    ours, theirs = (1300 / one.read + 1 / one.write for one in (seen[best.path or EMBEDDED_CHAT], seen[EMBEDDED_CHAT]))
    return [
        Figure(f"first word, 1,300 tokens, {best.name} against the shipped {source.name}", ours, "s", theirs, "<= 0.5"),
        Figure(
            f"likeliest word as in exact arithmetic, {best.name}", best.closeness.same_top, "share", None, ">= 0.97"
        ),
        Figure("the same, the shipped file as it runs", source.closeness.same_top, "share"),
        Figure(
            f"divergence from exact arithmetic, {best.name} against shipped",
            best.closeness.divergence,
            "nats/token",
            source.closeness.divergence,
            "<= 1.0",
        ),
        Figure(f"largest distance of a weight of {best.name}, to its block", _largest(best), "share"),
        *(
            Figure(
                f"{each.name}: read {each.read:,.0f}, written {each.write:,.0f}; divergence",
                each.closeness.divergence if each.closeness is not None else 0.0,
                "nats/token",
            )
            for each in tuned.layouts
        ),
        Figure("perplexity against the shipped file's", best.closeness.perplexity, "", source.closeness.perplexity),
    ]


def _largest(layout: MeasuredLayout) -> float:
    return 0.0 if layout.apart is None else layout.apart.largest


def _in_turns(store: ModelStore, fitting: Fitting, paths: Sequence[Path], machine: Machine) -> dict[Path, Trial]:
    """The middle of some rounds for each, in turns, so that a slow moment is slow for all."""
    seen: dict[Path, list[Trial]] = {path: [] for path in paths}
    for number in range(ROUNDS):
        for path in list(seen)[:: -1 if number % 2 else 1]:
            seen[path].append(_measure(store, fitting, path, machine, keep=False))
    return {
        path: Trial(
            statistics.median(one.read for one in trials),
            statistics.median(one.write for one in trials),
            max(one.memory or 0 for one in trials),
        )
        for path, trials in seen.items()
    }


def _rows(name: str, told: float, seen: float, what: str, bar: str) -> list[Figure]:
    shown = f"{told / 1e6:,.0f} for {seen / 1e6:,.0f} MB" if what == "memory" else f"{told:,.0f} for {seen:,.0f}"
    return [Figure(f"{name}: {what}, told before {shown}", max(told / seen, seen / told), "x", None, bar)]


def _layouts(place: Path) -> dict[str, Path]:
    """The shipped model in other layouts, made by llama.cpp's own quantizer as a tuning has them made."""
    files = {name: place / f"{name}.gguf" for name in PREDICTED}
    bench = Bench(threads=1)
    try:
        for name, path in files.items():
            for _ in bench.make(EMBEDDED_CHAT, path, LAYOUTS[name], Stop()):
                pass
    finally:
        bench.close()
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
