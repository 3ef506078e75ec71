"""Advice on a model file: what it is made of, whether it fits this machine, and what was measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from assistant.modelstore import fit, rates
from assistant.modelstore.anatomy import anatomy
from assistant.modelstore.calibration import Calibration
from assistant.modelstore.choices import anatomy_of, read_choices, usual_file
from assistant.modelstore.machine import battery, machine_name, rates_file, read_machine
from assistant.modelstore.rates import Timing
from assistant.modelstore.store import ModelStore
from assistant.settings import Folders
from assistant.values import Battery, Device, Facts, Fit, LoadPlan, Machine, ModelChoice, RunWish

_AUTOMATIC: Final = RunWish()


class Fitting:
    """Answers whether models will run here; reads headers, never loads one."""

    def __init__(self, folders: Folders, store: ModelStore) -> None:
        self._folders = folders
        self._store = store
        self._calibration = Calibration(folders.cache / "speed.json")

    def machine(self, devices: Sequence[Device] = ()) -> Machine:
        """This machine, now; the first time its memory is measured, which takes two seconds. devices: of the engine."""
        return read_machine(self._folders, devices)

    @property
    def workplace(self) -> Path:
        """A folder for files that are of use only while something is measured; it may not be there yet."""
        return self._folders.cache / "measuring"

    def keep_rates(self, wide: Sequence[Timing], deep: Timing, machine: Machine) -> None:
        """Keep what was timed on models of chance, for every prediction from now on."""
        rates.keep(rates_file(self._folders), machine, rates.derive(wide, deep, machine))

    def battery(self) -> Battery | None:
        """The battery, now; None where there is none."""
        return battery()

    def here(self) -> str:
        """This machine in a few words, as they are kept with what is measured on it; nothing is measured for it."""
        return machine_name()

    def facts(self, path: Path) -> Facts:
        """What a model's header says about it. Raises ModelMissing, ModelUnreadable."""
        return anatomy(self._store.header(path)).facts

    def mark(self, path: Path) -> str:
        """Digits that stand for a model in what is measured of it; of its header alone. Raises as `facts` does."""
        return fit.fingerprint(self._store.header(path))

    def plan(self, path: Path, machine: Machine) -> LoadPlan:
        """How Privet would load a model here. Raises as `facts` does."""
        return fit.choose_plan(anatomy(self._store.header(path)), machine)

    def plan_now(self, path: Path, devices: Sequence[Device], wish: RunWish = _AUTOMATIC) -> LoadPlan:
        """How Privet loads a model on this machine as it is now; measures nothing. Raises as `facts` does.

        devices: graphics processors that may be used. wish: what a person wants otherwise.
        """
        machine = read_machine(self._folders, devices, measure=False)
        parts = anatomy(self._store.header(path))
        return fit.choose_plan(parts, machine, wish.context, wish.threads, wish.kv_type, wish.gpu_layers)

    def fit(
        self,
        path: Path,
        machine: Machine,
        plan: LoadPlan | None = None,
        *,
        context: int = 0,
        threads: int = 0,
        kv_type: str = "",
        gpu_layers: int = -1,
    ) -> Fit:
        """Whether and how well a model would run. plan: a person's own; else Privet's, with what they want otherwise.

        Raises as `facts` does.
        """
        header = self._store.header(path)
        parts = anatomy(header)
        chosen = plan or fit.choose_plan(parts, machine, context, threads, kv_type, gpu_layers)
        chosen = replace(chosen, context=min(chosen.context, parts.facts.context_length))
        correction = fit.corrected(parts, fit.fingerprint(header), machine, chosen, self._calibration)
        return fit.fit(parts, path.stem, machine, chosen, fit.predict(parts, machine, chosen, correction))

    def choices(self) -> tuple[ModelChoice, ...]:
        """The models that a person could get, smallest first. Raises ModelMissing."""
        return read_choices(self._folders.embedded_models)

    def fit_choice(self, choice: ModelChoice, machine: Machine) -> Fit | None:
        """Whether a model of the catalogue would run here, in its usual file; None where too little is known of it."""
        parts = anatomy_of(choice, usual_file(choice))
        if parts is None:
            return None
        plan = fit.choose_plan(parts, machine)
        correction = fit.corrected(parts, choice.id, machine, plan, self._calibration)
        return fit.fit(parts, choice.name, machine, plan, fit.predict(parts, machine, plan, correction))

    def record(
        self, path: Path, machine: Machine, plan: LoadPlan, *, read: tuple[int, float], write: float, memory: int | None
    ) -> None:
        """Keep what was measured after loading, for the next prediction. Raises as `facts` does.

        read: tokens read anew, and seconds for them. write: seconds a token. memory: bytes of the child, or None.
        """
        header = self._store.header(path)
        parts = anatomy(header)
        mark = fit.fingerprint(header)
        self._calibration.add(fit.measured(parts, mark, machine, plan, read=read, write=write, memory=memory))
