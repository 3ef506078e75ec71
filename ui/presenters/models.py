"""Shows the models and does what is asked of them: one piece of work at a time, to be stopped at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFileDialog

from assistant.errors import PrivetError
from assistant.values import (
    Copying,
    FoundModel,
    Imported,
    ImportEvent,
    InstalledModel,
    NotImported,
    Overview,
    Stop,
    Tuned,
    TuneEvent,
)
from ui.bridge import Bridge, Lane, Task
from ui.i18n import counted, tr
from ui.panels.models import ModelsPage, RunningDialog
from ui.ports import Models
from ui.presenters import models_words as words
from ui.presenters.running import RunningPresenter

_FOUND_SHOWN: Final = 6
Event = TypeVar("Event")


class ModelsPresenter(QObject):
    """One page, from its opening to its end. `changed`: another model answers now, or the one that does is faster.

    `searcher_chosen`: another embedding model is to learn the documents.
    """

    changed = Signal()
    searcher_chosen = Signal()

    def __init__(self, bridge: Bridge, page: ModelsPage, models: Models) -> None:
        super().__init__(page)
        self._bridge = bridge
        self._page = page
        self._models = models
        self._overview: Overview | None = None
        self._need = ""
        self._work: Task | None = None
        self._closed = False
        page.asked_for.connect(self._asked_for)
        page.brought.connect(self.bring)
        page.choose_pressed.connect(self._choose)
        page.look_pressed.connect(self._look)
        page.stop_pressed.connect(self.stop)
        page.need_chosen.connect(self._chose_need)
        page.finished.connect(self._leave)
        page.machine.setText(tr("Looking at this computer…"))
        self.refresh()

    def refresh(self) -> None:
        """Look at everything anew."""
        self._bridge.call(self._models.overview, self._show, self._fault, Lane.MODELS)

    def bring(self, paths: Sequence[Path]) -> None:
        """Bring files and folders in."""
        self._import(lambda stop: self._models.bring(list(paths), stop))

    def stop(self) -> None:
        """End what is being done; what is finished of it stays."""
        if self._work is not None:
            self._work.stop.set()

    def _show(self, overview: Overview) -> None:
        if self._closed:
            return
        self._overview = overview
        self._page.machine.setText(words.machine_words(overview.machine))
        self._page.show_cards([words.card(judged) for judged in overview.installed])
        self._show_offers()

    def _show_offers(self) -> None:
        if self._overview is None:
            return
        offers = [words.offer(judged) for judged in self._overview.choices]
        if self._need:
            offers = [offer for offer in offers if self._need in offer.needs]
        spots = [place for judged in self._overview.installed if (place := words.spot(judged)) is not None]
        self._page.show_offers(offers, spots)

    def _chose_need(self, need: str) -> None:
        self._need = need
        self._show_offers()

    def _asked_for(self, what: str, key: str) -> None:
        model = self._model(key)
        if model is None or self._work is not None:
            return
        match what:
            case "use":
                said = tr("{name} answers from your next question on.", name=model.name)
                if model.kind == "embedding":
                    said = tr("{name} learns your documents in pauses, and searches after that.", name=model.name)
                elif model.kind == "reranker":
                    said = tr("{name} puts what is found in order from your next question on.", name=model.name)
                self._do(
                    lambda: self._models.use(model), said, self.searcher_chosen if model.kind == "embedding" else None
                )
            case "remove":
                self._do(lambda: self._models.remove(model), tr("{name} was removed.", name=model.name))
            case "verify":
                self._verify(model)
            case "tune":
                self._tune(model)
            case "run":
                self._choose_how_it_runs(model)

    def _do(self, work: Callable[[], None], said: str, then: SignalInstance | None = None) -> None:
        def done(_: None) -> None:
            self._say(said)
            self.changed.emit()
            if then is not None:
                then.emit()
            self.refresh()

        self._page.fault.dismiss()
        self._bridge.call(work, done, self._fault, Lane.MODELS)

    def _choose_how_it_runs(self, model: InstalledModel) -> None:
        dialog = RunningDialog(model.name, self._page)
        presenter = RunningPresenter(self._bridge, dialog, self._models, model)
        presenter.changed.connect(self.refresh)
        presenter.changed.connect(self.changed)
        presenter.changed.connect(lambda: self._say(tr("{name} runs so from its next load on.", name=model.name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _verify(self, model: InstalledModel) -> None:
        def step(event: Copying) -> None:
            self._page.show_work(*words.copying_words(event))

        faults: list[PrivetError] = []

        def ended() -> None:
            stopped = self._work is not None and self._work.stop.requested
            self._ended()
            if not faults and not stopped:
                self._say(tr("{name} is what it was when it came: every byte.", name=model.name))

        def fault(error: PrivetError) -> None:
            faults.append(error)
            self._fault(error)

        self._begin(lambda stop: self._models.check(model, stop), step, ended, fault, tr("Reading it through…"))

    def _tune(self, model: InstalledModel) -> None:
        def step(event: TuneEvent) -> None:
            if isinstance(event, Tuned):
                self._say(event.why)
                self.changed.emit()
            elif (told := words.tuning_words(event)) is not None:
                self._page.show_work(*told)

        self._begin(
            lambda stop: self._models.tune(model, stop), step, self._ended, self._fault, tr("Getting ready to measure…")
        )

    def _import(self, work: Callable[[Stop], Iterator[ImportEvent]]) -> None:
        if self._work is not None:
            self._say(tr("One thing at a time: add it when this is done."))
            return

        def step(event: ImportEvent) -> None:
            match event:
                case Copying():
                    self._page.show_work(*words.copying_words(event))
                case Imported(model, known, notes):
                    said = (
                        tr("{name} was here already.", name=model.name)
                        if known
                        else tr("{name} can be used now.", name=model.name)
                    )
                    self._say(" ".join([said, *notes]))
                case NotImported(_, what, do):
                    self._page.fault.say(what, do)

        self._begin(work, step, self._ended, self._fault, tr("Looking at what came…"))

    def _begin(
        self,
        work: Callable[[Stop], Iterator[Event]],
        step: Callable[[Event], None],
        ended: Callable[[], None],
        failed: Callable[[PrivetError], None],
        begins: str,
    ) -> None:
        self._page.fault.dismiss()
        self._page.notice.dismiss()
        self._page.show_work(begins, None)
        self._work = self._bridge.stream(work, step, failed, ended, Lane.MODELS)

    def _ended(self) -> None:
        self._work = None
        if not self._closed:
            self._page.show_work("", None)
            self.refresh()

    def _choose(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(
            self._page, tr("Add models"), "", f"{tr('Models')} (*.gguf);;{tr('All files')} (*)"
        )
        if files:
            self.bring([Path(file) for file in files])

    def _look(self) -> None:
        """Say which models of other programs are here, and offer the first that is not in use here yet."""
        self._bridge.call(lambda: list(self._models.elsewhere(Stop())), self._found, self._fault, Lane.MODELS)

    def _found(self, found: Sequence[FoundModel]) -> None:
        known = {judged.model.path for judged in self._overview.installed} if self._overview is not None else set()
        fresh = [model for model in found if model.files and model.files[0] not in known]
        if not fresh:
            self._say(tr("No models of other programs were found that are not here already."))
            return
        listed = "; ".join(words.found_words(model) for model in fresh[:_FOUND_SHOWN])
        self._page.notice.say(
            counted(len(fresh), "Found {n} model:", "Found {n} models:"),
            listed,
            action=tr("Use them where they lie"),
            act=lambda: self._import(lambda stop: _all(self._models, fresh, stop)),
        )

    def _model(self, key: str) -> InstalledModel | None:
        judged = () if self._overview is None else self._overview.installed
        return next((one.model for one in judged if str(one.model.path) == key), None)

    def _say(self, sentence: str) -> None:
        if sentence and not self._closed:
            self._page.notice.say(sentence)

    def _fault(self, error: PrivetError) -> None:
        if not self._closed:
            self._page.fault.say(error.what, error.do)

    def _leave(self) -> None:
        self._closed = True
        self.stop()


def _all(models: Models, found: Sequence[FoundModel], stop: Stop) -> Iterator[ImportEvent]:
    for one in found:
        if stop.requested:
            return
        yield from models.bring_found(one, stop)
