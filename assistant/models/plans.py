"""How a model runs best on this machine: a few ways are tried in a child, and the best is kept for the next load."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from assistant.engine import Engine, default_plan
from assistant.errors import ModelUnreadable, Stopped
from assistant.models.choosing import ANSWER
from assistant.models.trial import READ, Trial, fill, try_plan
from assistant.modelstore import Fitting
from assistant.settings import write_atomically
from assistant.values import Machine, MeasuredPlan, ModelFile, PlanTried, RunPlan, Stop

RULE: Final = (
    "The way with the shortest time for 1,300 tokens read and 150 written; another way than the usual one has to be "
    "5 percent faster, less precision in the cache 10 percent, and each is measured a second time before it is taken."
)
_BETTER: Final = 0.95
_BETTER_CACHE: Final = 0.90
_BATCHES: Final = (512, 128)
_CONTEXT: Final = 2048
_SECONDS: Final = 45.0
"""After so long nothing further is tried: what was not tried stays as it usually is."""
_MOST: Final = 200  # plans kept


def measure_plan(
    model: ModelFile, machine: Machine, stop: Stop, *, threads: int = 0, context: int = _CONTEXT
) -> Iterator[PlanTried | MeasuredPlan]:
    """Try ways to run a model, one change at a time, each kept if it is faster; the result is the last event.

    threads: a person's own, which are not tried then. A way that the model can't be loaded by is passed over. Raises
    what `Engine.load` raises for the usual way, and Stopped.
    """
    engine = Engine(threads=threads)
    try:
        yield from _Search(engine, model, min(context, model.context_length), stop).run(machine, threads)
    finally:
        engine.close()


class _Search:
    """Coordinate descent from the usual plan."""

    def __init__(self, engine: Engine, model: ModelFile, context: int, stop: Stop) -> None:
        self._engine, self._model, self._context, self._stop = engine, model, context, stop
        self._tried: dict[RunPlan, PlanTried] = {}
        self._began = time.monotonic()

    def run(self, machine: Machine, threads: int) -> Iterator[PlanTried | MeasuredPlan]:
        best = replace(default_plan(threads), threads=threads or machine.cores)
        yield self._measure(best)
        changes: list[Sequence[Mapping[str, Any]]] = [
            [] if threads else [{"threads": count} for count in _threads(machine)],
            [{"batch": batch} for batch in _BATCHES],
            [{"flash_attention": False}],
            [{"kv_type": "q8_0"}],
        ]
        for alternatives in changes:
            for change in alternatives:
                if time.monotonic() - self._began > _SECONDS:
                    break
                tried = replace(best, **change)
                if tried.kv_type != "f16" and not tried.flash_attention:
                    continue  # llama.cpp quantizes the values of a cache only for flash attention
                try:
                    yield self._measure(tried)
                    if self._is_better(tried, best):
                        yield self._measure(best)  # both again: one slow moment must not decide
                        yield self._measure(tried)
                        best = tried if self._is_better(tried, best) else best
                except ModelUnreadable:
                    continue
        yield MeasuredPlan(self._with_row_costs(best), tuple(self._tried.values()), RULE, time.time())

    def _measure(self, plan: RunPlan) -> PlanTried:
        """The better of this measurement and those before."""
        if self._stop.requested:
            raise Stopped
        trial: Trial = try_plan(self._engine, self._model, self._context, plan, self._stop)
        before = self._tried.get(plan)
        read, write = max(trial.read, before.read if before else 0), max(trial.write, before.write if before else 0)
        self._tried[plan] = PlanTried(plan, read, write)
        return self._tried[plan]

    def _with_row_costs(self, plan: RunPlan) -> RunPlan:
        """The same plan, with what batches of few tokens take behind a question as long as usual."""
        if self._stop.requested:
            raise Stopped
        self._engine.use(self._model, self._context, plan=plan)
        try:
            fill(self._engine, self._context, self._stop)
        except ModelUnreadable:
            return plan  # no room for it any more; it is measured when the model is used
        self._engine.measure(self._stop)
        costs = self._engine.load().plan.row_costs
        self._engine.forget()
        return replace(plan, row_costs=costs)

    def _is_better(self, tried: RunPlan, best: RunPlan) -> bool:
        factor = _BETTER_CACHE if tried.kv_type != best.kv_type else _BETTER
        return self._seconds(tried) < self._seconds(best) * factor

    def _seconds(self, plan: RunPlan) -> float:
        """For a question about documents and its answer."""
        return READ / self._tried[plan].read + ANSWER / self._tried[plan].write


def _threads(machine: Machine) -> list[int]:
    """Other counts worth a try: all logical processors, and half the cores where some of them are slow ones."""
    counts = [machine.threads, machine.cores // 2 if machine.cores >= 4 else 0]
    return [count for count in dict.fromkeys(counts) if count and count != machine.cores]


@dataclass(frozen=True, slots=True)
class Plans:
    """What was measured, kept in a file of the cache: once for each model and machine."""

    place: Path
    fitting: Fitting

    def read(self, path: Path, machine: str) -> MeasuredPlan | None:
        """How to run a model on a machine, None where that was not measured. Raises ModelMissing, ModelUnreadable."""
        row = self._rows().get(self._key(path, machine))
        try:
            return None if row is None else _measured(row)
        except (KeyError, TypeError, ValueError):
            return None

    def keep(self, path: Path, machine: str, measured: MeasuredPlan) -> None:
        """Keep a result; where it can't be written it is measured again another time. Raises as `read` does."""
        rows = self._rows()
        key = self._key(path, machine)
        rows.pop(key, None)
        kept = dict([*list(rows.items())[-_MOST + 1 :], (key, asdict(measured))])
        try:
            write_atomically(self.place, json.dumps(kept, indent=1).encode())
        except OSError:
            pass  # measured again after the next start

    def _rows(self) -> dict[str, Any]:
        try:
            rows = json.loads(self.place.read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return rows if isinstance(rows, dict) else {}

    def _key(self, path: Path, machine: str) -> str:
        return f"{self.fitting.mark(path)} {machine}"


def _measured(row: Mapping[str, Any]) -> MeasuredPlan:
    tried = tuple(PlanTried(_plan(each["plan"]), float(each["read"]), float(each["write"])) for each in row["tried"])
    return MeasuredPlan(_plan(row["plan"]), tried, str(row["rule"]), float(row["when"]))


def _plan(row: Mapping[str, Any]) -> RunPlan:
    given = dict(row)
    given["row_costs"] = tuple(float(cost) for cost in row.get("row_costs", ()))
    plan = RunPlan(**given)
    for field in fields(plan):
        default = field.default if field.name != "threads" else 1
        if type(getattr(plan, field.name)) is not type(default):
            raise ValueError(field.name)
    if not (1 <= plan.threads <= 1024 and 32 <= plan.batch <= 8192 and plan.kv_type in ("f16", "q8_0")):
        raise ValueError("no plan")
    return plan
