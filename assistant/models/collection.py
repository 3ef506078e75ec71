"""The models as a person deals with them: seen at a glance, brought in, chosen, tuned, verified and removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from assistant.engine import look
from assistant.errors import BadInput, PrivetError
from assistant.models.chosen import usable_devices
from assistant.models.ordering import use_reranker
from assistant.models.tuning import Tuning, tune
from assistant.models.wishes import Wishes, overriding
from assistant.modelstore import Fitting, ModelStore, shown, usual_file
from assistant.settings import Settings, options
from assistant.values import (
    Copying,
    Fit,
    FoundModel,
    ImportEvent,
    InstalledModel,
    JudgedChoice,
    JudgedModel,
    Kept,
    Machine,
    MeasuredPlan,
    Overriding,
    Overview,
    RunWish,
    Stop,
    TuneEvent,
)

_ORDERS: Final = "It puts the passages that a search finds in order, within the time that the preferences say."


class Collection:
    """All models of one Privet. What a method raises are the model room's errors, each with its two sentences."""

    def __init__(
        self,
        store: ModelStore,
        fitting: Fitting,
        settings: Settings,
        plan_of: Callable[[Path], MeasuredPlan | None],
        rest: Callable[[], bool] = lambda: False,
        about_embedder: Callable[[Path], str] = lambda path: "",
        wishes: Wishes | None = None,
    ) -> None:
        """plan_of: how a model file runs best here, None where nobody measured it. rest: whether somebody needs the
        machine just now, so that tuning has to wait. about_embedder: what an embedding model does, in a sentence.
        """
        self._store, self._fitting, self._settings, self._plan_of, self._rest = store, fitting, settings, plan_of, rest
        self._about_embedder = about_embedder
        self._wishes = wishes or Wishes(settings)

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
        """Answer with this model from the next question on; an embedding model searches once it learned what is kept.

        Raises BadInput, ModelMissing, ModelUnreadable.
        """
        if model.kind == "embedding":
            use_embedder(self._store, self._settings, model)
            return
        if model.kind == "reranker":
            use_reranker(self._store, self._settings, model)
            return
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

    def overriding(self, model: InstalledModel, wish: RunWish | None = None) -> Overriding:
        """What a wish for a model would mean, and each choice beside it. wish: None for the one in force.

        Raises ModelMissing, ModelUnreadable.
        """
        machine = self._fitting.machine(usable_devices(self._settings, look))
        used, chosen = self._store.layouts.used(model.path), wish or self._wishes.of(model.path)
        trained = self._fitting.facts(model.path).context_length
        return overriding(self._fitting.fit, used, machine, chosen, trained, self._wishes.locked)

    def override(self, model: InstalledModel, wish: RunWish) -> None:
        """Have a model run so from its next load on. Raises BadInput, EnvironmentFault."""
        self._wishes.set(model.path, wish)

    def _fit(self, path: Path, machine: Machine, wish: RunWish) -> Fit:
        return self._fitting.fit(
            path,
            machine,
            context=wish.context,
            threads=wish.threads,
            kv_type=wish.kv_type,
            gpu_layers=wish.gpu_layers,
        )

    def remove(self, model: InstalledModel) -> None:
        """Take a model off the list. Raises BadInput for the one that answers, and for what came with Privet."""
        if self._answers(model):
            what = {"chat": "answers", "reranker": "orders passages"}.get(model.kind, "searches")
            raise BadInput(f"{shown(model.name)} is the model that {what}.", "Choose another model first, or none.")
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
            note = self._about_embedder(model.path) if model.kind == "embedding" and model.present else ""
            if model.kind == "reranker" and model.present and self._answers(model):
                note = _ORDERS
            return JudgedModel(model, answers=self._answers(model), fault=fault, note=note)
        try:
            used = self._store.layouts.used(model.path)
            return JudgedModel(
                model,
                self._fitting.facts(model.path),
                self._fit(used, machine, self._wishes.of(model.path)),
                self._store.layouts.read(model.path),
                self._plan_of(used),
                self._answers(model),
            )
        except PrivetError as error:
            return JudgedModel(model, answers=self._answers(model), fault=f"{error.what} {error.do}")

    def _answers(self, model: InstalledModel) -> bool:
        """Whether it answers, or is the embedding model that is wanted or still searches."""
        if model.kind == "embedding":
            chosen = self._settings.get(options.EMBEDDING_MODEL)
            wanted = Path(chosen) if chosen else self._store.embedded_embedder()
            return model.path == wanted or bool(self._about_embedder(model.path))
        if model.kind == "reranker":
            return str(model.path) == self._settings.get(options.RERANKER)
        chosen = self._settings.get(options.CHAT_MODEL)
        return model.kind == "chat" and model.path == (Path(chosen) if chosen else self._store.embedded_chat())


def use_embedder(store: ModelStore, settings: Settings, model: InstalledModel) -> None:
    """Have an embedding model search, once it has learned what is kept.

    Raises BadInput, ModelMissing, ModelUnreadable.
    """
    if model.kind != "embedding":
        raise BadInput(
            f"{shown(model.name)} is no embedding model.", "Import a sentence-transformers folder, and choose it."
        )
    store.hold_embedder(model.path)
    settings.set(options.EMBEDDING_MODEL, "" if model.path == store.embedded_embedder() else str(model.path))
