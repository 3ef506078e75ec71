"""The models as a person deals with them: seen at a glance, brought in, chosen, tuned, verified and removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assistant.errors import BadInput, PrivetError
from assistant.models.tuning import Tuning, tune
from assistant.modelstore import Fitting, ModelStore, shown, usual_file
from assistant.settings import Settings, options
from assistant.values import (
    Copying,
    FoundModel,
    ImportEvent,
    InstalledModel,
    JudgedChoice,
    JudgedModel,
    Kept,
    Machine,
    MeasuredPlan,
    Overview,
    Stop,
    TuneEvent,
)


class Collection:
    """All models of one Privet. What a method raises are the model room's errors, each with its two sentences."""

    def __init__(
        self,
        store: ModelStore,
        fitting: Fitting,
        settings: Settings,
        plan_of: Callable[[Path], MeasuredPlan | None],
        rest: Callable[[], bool] = lambda: False,
    ) -> None:
        """plan_of: how a model file runs best here, None where nobody measured it. rest: whether somebody needs the
        machine just now, so that tuning has to wait.
        """
        self._store, self._fitting, self._settings, self._plan_of, self._rest = store, fitting, settings, plan_of, rest

    def overview(self) -> Overview:
        """Every model, judged for this machine as it is now; headers are read, nothing is loaded."""
        machine = self._fitting.machine()
        installed = tuple(self._judged(model, machine) for model in self._store.installed())
        choices = []
        for choice in self._fitting.choices():
            file = usual_file(choice)
            choices.append(
                JudgedChoice(choice, file.quantization, file.size, self._fitting.fit_choice(choice, machine))
            )
        return Overview(machine, installed, tuple(choices))

    def use(self, model: InstalledModel) -> None:
        """Answer with this model from the next question on. Raises ModelMissing, ModelUnreadable."""
        self._store.inspect(model.path)
        self._settings.set(options.CHAT_MODEL, "" if model.path == self._store.embedded_chat() else str(model.path))

    def bring(self, paths: Sequence[Path], stop: Stop) -> Iterator[ImportEvent]:
        """Bring files and folders in; each is refused or comes in by itself."""
        return self._store.bring(paths, stop)

    def elsewhere(self, stop: Stop) -> Iterator[FoundModel]:
        """The models of other programs, and those that lie ready where whoever manages this computer says."""
        return self._store.elsewhere(stop)

    def bring_found(self, found: FoundModel, stop: Stop) -> Iterator[ImportEvent]:
        """Use a model of another program where it lies."""
        return self._store.bring_found(found, stop)

    def check(self, model: InstalledModel, stop: Stop) -> Iterator[Copying]:
        """Read a model's files through and hold them against their checksums. Raises ModelUnreadable, Stopped."""
        return self._store.check(model, stop)

    def tune(self, model: InstalledModel, stop: Stop) -> Iterator[TuneEvent]:
        """Make layouts of a model, measure them here, and use the recommended one. Raises as `tune` does."""
        wish = Tuning(
            context=self._settings.get(options.CONTEXT_TOKENS),
            threads=self._settings.get(options.THREADS),
            rest=self._rest,
        )
        return tune(self._store, self._fitting, model.path, stop, wish)

    def remove(self, model: InstalledModel) -> None:
        """Take a model off the list. Raises BadInput for the one that answers, and for what came with Privet."""
        if self._answers(model):
            raise BadInput(f"{shown(model.name)} is the model that answers.", "Choose another model first.")
        if model.kept is Kept.EMBEDDED:
            raise BadInput(
                f"{shown(model.name)} came with Privet.", "It stays, so that there is always one that answers."
            )
        self._store.remove(model)

    def _judged(self, model: InstalledModel, machine: Machine) -> JudgedModel:
        if model.kind != "chat" or not model.present:
            fault = (
                "" if model.present else "Its file is not there: plug the disk in again, or remove it from the list."
            )
            return JudgedModel(model, fault=fault)
        try:
            used = self._store.layouts.used(model.path)
            return JudgedModel(
                model,
                self._fitting.facts(model.path),
                self._fitting.fit(
                    used,
                    machine,
                    context=self._settings.get(options.CONTEXT_TOKENS),
                    threads=self._settings.get(options.THREADS),
                ),
                self._store.layouts.read(model.path),
                self._plan_of(used),
                self._answers(model),
            )
        except PrivetError as error:
            return JudgedModel(model, answers=self._answers(model), fault=f"{error.what} {error.do}")

    def _answers(self, model: InstalledModel) -> bool:
        chosen = self._settings.get(options.CHAT_MODEL)
        return model.kind == "chat" and model.path == (Path(chosen) if chosen else self._store.embedded_chat())
