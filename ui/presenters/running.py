"""Shows what each way to run a model would mean, and keeps the one that is chosen."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from assistant.errors import PrivetError
from assistant.values import Fit, InstalledModel, Overriding, RunWish, Verdict
from ui.bridge import Bridge, Lane
from ui.i18n import number, seconds, size, tr
from ui.panels.models import Choice, Row, RunningDialog
from ui.ports import Models

_FIELDS = ("context", "threads", "kv_type", "gpu_layers")


class RunningPresenter(QObject):
    """One dialog about one model. `changed`: it runs otherwise from its next load on."""

    changed = Signal()

    def __init__(self, bridge: Bridge, dialog: RunningDialog, models: Models, model: InstalledModel) -> None:
        super().__init__(dialog)
        self._bridge, self._dialog, self._models, self._model = bridge, dialog, models, model
        self._shown: Overriding | None = None
        dialog.chosen.connect(self._chose)
        dialog.kept.connect(self._keep)
        self._ask(None)

    def _ask(self, wish: RunWish | None) -> None:
        self._bridge.call(lambda: self._models.overriding(self._model, wish), self._show, self._fault, Lane.MODELS)

    def _show(self, found: Overriding) -> None:
        self._shown = found
        titles = {
            "context": (tr("Memory of a conversation"), tr("How many tokens the model looks back on.")),
            "threads": (tr("Processor cores"), tr("More than the computer has make nothing faster.")),
            "kv_type": (tr("Precision of that memory"), tr("Less takes less room, and may cost a little quality.")),
            "gpu_layers": (
                tr("Layers on the graphics processor"),
                tr("Only where there is one."),
            ),
        }
        rows = []
        for name in _FIELDS:
            title, text = titles[name]
            locked = tr("The policy of this computer has decided this.") if name in found.locked else ""
            choices = tuple(
                Choice(_words(name, wish, fit), consequence(fit), wish == found.wish)
                for wish, fit in found.choices[name]
            )
            rows.append(Row(title, text, choices, locked))
        self._dialog.show_rows(rows, " ".join(filter(None, (found.fit.why, found.fit.change))))

    def _chose(self, option: int, place: int) -> None:
        if self._shown is not None:
            self._ask(self._shown.choices[_FIELDS[option]][place][0])

    def _keep(self) -> None:
        if self._shown is None:
            return
        wish = self._shown.wish

        def done(_: None) -> None:
            self.changed.emit()
            self._dialog.accept()

        self._bridge.call(lambda: self._models.override(self._model, wish), done, self._fault, Lane.MODELS)

    def _fault(self, error: PrivetError) -> None:
        self._dialog.fault.say(error.what, error.do)


def consequence(fit: Fit) -> str:
    """What a choice means: memory, the wait for the first word, how fast it writes."""
    told = fit.prediction
    words = tr(
        "{memory} of memory, first word after {wait}, writes {write} a second",
        memory=size(told.memory.needed),
        wait=seconds(told.first_word),
        write=number(told.write),
    )
    return tr("{words}: won’t fit", words=words) if fit.verdict is Verdict.WONT_FIT else words


def _words(field: str, wish: RunWish, fit: Fit) -> str:
    automatic = wish.context == 0 if field == "context" else False
    match field:
        case "context":
            words = tr("{n} tokens", n=number(fit.plan.context))
        case "threads":
            automatic, words = wish.threads == 0, number(fit.plan.threads)
        case "kv_type":
            automatic, words = wish.kv_type == "", fit.plan.kv_type
        case _:
            automatic, words = wish.gpu_layers < 0, number(fit.plan.gpu_layers)
    return tr("Privet chooses ({words})", words=words) if automatic else words
