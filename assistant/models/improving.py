"""What a new computer gains without being asked: the model is tuned once, in pauses, while nobody needs the machine."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from assistant.errors import PrivetError, Stopped
from assistant.models.plans import Plans, measure_plan
from assistant.models.rating import measure_rates
from assistant.models.tuning import Tuning, tune
from assistant.modelstore import Fitting, ModelStore
from assistant.values import MeasuredPlan, Prepared, Stop, Tuned

_log = logging.getLogger("privet.models")

_WHAT: Final = "layout"
_POLL: Final = 0.25
_TRIES: Final = 5
_LEAST_DISK: Final = 3 << 30  # bytes; less free is somebody's who needs it more
ANNOUNCED: Final = (
    "Privet is trying out how the language model runs fastest on this computer; it rests while you use it."
)

Rest = Callable[[], bool]


class _Resting(Stop):
    """Requested when the person stops, and when somebody else needs the machine."""

    def __init__(self, stop: Stop, rest: Rest) -> None:
        super().__init__()
        self._stop, self._rest = stop, rest

    @property
    def requested(self) -> bool:
        return self._stop.requested or self._rest()


class Improving:
    """Tunes a model and measures how it runs, once for each model and machine."""

    def __init__(self, store: ModelStore, fitting: Fitting, plans: Plans, rest: Rest) -> None:
        """rest: whether somebody needs the machine just now; asked several times a second."""
        self._store, self._fitting, self._plans, self._rest = store, fitting, plans, rest

    def run(self, path: Path, stop: Stop, *, layouts: bool) -> Iterator[Prepared]:
        """Do what was not done yet, in pauses; says in one sentence that it begins, and in one what came of it.

        layouts: make other layouts of the model too; else only how it runs is measured. What goes wrong goes to the
        log: nothing here is needed. After `stop` it ends within a moment, and goes on at the next start.
        """
        try:
            yield from self._improve(path, stop, layouts=layouts)
        except Stopped:
            return
        except PrivetError as error:
            _log.info("not tuned: %s", type(error).__name__)
            yield Prepared(_WHAT, True, "")

    def _improve(self, path: Path, stop: Stop, *, layouts: bool) -> Iterator[Prepared]:
        machine = self._fitting.here()
        tuning = layouts and self._is_due(path, machine)
        rated = self._fitting.machine().rates is not None
        if rated and not tuning and self._plans.read(self._store.layouts.used(path), machine) is not None:
            return
        self._wait(stop)
        yield Prepared(_WHAT, False, ANNOUNCED)
        sentence = ""
        if not rated:
            self._rate(stop)
        if tuning:
            for event in tune(self._store, self._fitting, path, stop, Tuning(gentle=True, rest=self._rest)):
                if isinstance(event, Tuned):
                    sentence = _gained(event)
        self._measure(self._store.layouts.used(path), machine, stop)
        yield Prepared(_WHAT, True, sentence)

    def _is_due(self, path: Path, machine: str) -> bool:
        tuned = self._store.layouts.read(path)
        if self._store.layouts.frozen or (tuned is not None and tuned.machine == machine):
            return False
        return shutil.disk_usage(self._store.layouts.folder(path)).free >= _LEAST_DISK

    def _rate(self, stop: Stop) -> None:
        """What each type of weights costs here, for the predictions; begun anew where somebody needed the machine."""
        for _ in range(_TRIES):
            self._wait(stop)
            try:
                for _ in measure_rates(self._fitting, self._fitting.machine(), _Resting(stop, self._rest)):
                    pass
                return
            except Stopped:
                if stop.requested:
                    raise

    def _measure(self, path: Path, machine: str, stop: Stop) -> None:
        """How the model runs best; begun anew where somebody needed the machine meanwhile."""
        if self._plans.read(path, machine) is not None:
            return
        for _ in range(_TRIES):
            self._wait(stop)
            try:
                for event in measure_plan(
                    self._store.inspect(path), self._fitting.machine(), _Resting(stop, self._rest)
                ):
                    if isinstance(event, MeasuredPlan):
                        self._plans.keep(path, machine, event)
                return
            except Stopped:
                if stop.requested:
                    raise

    def _wait(self, stop: Stop) -> None:
        while self._rest() and not stop.requested:
            time.sleep(_POLL)
        if stop.requested:
            raise Stopped


def _gained(tuned: Tuned) -> str:
    """What a person gets from it, "" where that is nothing."""
    best, source = tuned.best, tuned.original
    if best.source:
        return ""
    times = source.first_word / best.first_word
    lost = ", and nothing was lost" if tuned.nothing_lost(best) else ""
    return f"From the next start of Privet on the first word comes {times:.1f} times as fast{lost}."
