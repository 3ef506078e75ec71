"""Watches the seal while its page is open, runs the self-test, and saves its report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from assistant.errors import EnvironmentFault, PrivetError
from assistant.privacy import Layer, LayerState, Place, Process, layers, place, processes
from assistant.proving import WAYS, Outcome, Tried, prove, report, verdict
from assistant.settings import Folders
from assistant.values import Stop
from ui.bridge import Bridge, Lane, Task
from ui.i18n import counted, tr
from ui.panels.privacy import Line, Mark, PrivacyPage

_EVERY_MILLISECONDS: Final = 2000
_LAYER_MARKS: Final = {
    LayerState.HOLDS: Mark.GOOD,
    LayerState.OFF: Mark.NONE,
    LayerState.ABSENT: Mark.NONE,
    LayerState.BROKEN: Mark.BAD,
}
_OUTCOME_MARKS: Final = {Outcome.REFUSED: Mark.GOOD, Outcome.OUT: Mark.BAD, Outcome.UNTRIED: Mark.NONE}


@dataclass(frozen=True, slots=True)
class _State:
    """How all of it stands at one moment."""

    layers: tuple[Layer, ...]
    processes: tuple[Process, ...]
    places: tuple[tuple[str, Place], ...]

    @property
    def holds(self) -> bool:
        return all(layer.state is LayerState.HOLDS for layer in self.layers if layer.mandatory)


Prover = Callable[[Stop], Iterator[Tried]]


class PrivacyPresenter(QObject):
    """One page, from its opening to its end. prover: tries the ways out; a test plays them."""

    def __init__(self, bridge: Bridge, page: PrivacyPage, folders: Folders, prover: Prover = prove) -> None:
        super().__init__(page)
        self._bridge = bridge
        self._page = page
        self._folders = folders
        self._prover = prover
        self._state: _State | None = None
        self._tried: list[Tried] = []
        self._proving: Task | None = None
        self._looking = False
        self._closed = False
        page.proof_wanted.connect(self.prove)
        page.stop_wanted.connect(self.stop)
        page.report_wanted.connect(self._ask_where)
        page.finished.connect(self._leave)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_EVERY_MILLISECONDS)
        self._show(_look(folders))

    def look(self) -> None:
        """Look again at what holds and what runs."""
        if not self._looking and not self._closed:
            self._looking = True
            self._bridge.call(lambda: _look(self._folders), self._show, self._fault, Lane.PRIVACY)

    def prove(self) -> None:
        """Try every way out, one after the other."""
        if self._proving is not None:
            return
        self._tried = []
        self._page.fault.dismiss()
        self._page.begin_proof()
        self._page.show_proving(0.0, tr("Starting"))
        self._proving = self._bridge.stream(self._prover, self._on_tried, self._fault, self._ended, Lane.PRIVACY)

    def stop(self) -> None:
        """Stop the self-test after the way that is being tried."""
        if self._proving is not None:
            self._proving.stop.set()

    def save(self, file: Path) -> None:
        """Write the report of the last self-test to `file`."""
        state = self._state
        if state is None:
            return
        text = report(self._tried, state.layers, state.processes, state.places)
        self._bridge.call(lambda: _write(file, text), lambda _: self._saved(file), self._fault, Lane.PRIVACY)

    def _on_tried(self, one: Tried) -> None:
        self._tried.append(one)
        if self._closed:
            return
        detail = f" ({one.detail})" if one.detail else ""
        said = {
            Outcome.REFUSED: tr("Refused by {what}", what=one.by),
            Outcome.OUT: tr("This got out: {what}", what=one.by),
            Outcome.UNTRIED: tr("Could not be tried: {what}", what=one.by),
        }[one.outcome]
        self._page.add_proof(Line(_OUTCOME_MARKS[one.outcome], one.way.title, f"{one.way.text} {said}{detail}."))
        words = tr("{done} of {total} ways tried", done=len(self._tried), total=len(WAYS))
        self._page.show_proving(len(self._tried) / len(WAYS), words)

    def _ended(self) -> None:
        self._proving = None
        if not self._closed:
            self._page.end_proof(verdict(self._tried) if self._tried else "")

    def _show(self, state: _State) -> None:
        self._state, self._looking = state, False
        if not self._closed:
            self._page.show_state(
                state.holds,
                [Line(_LAYER_MARKS[layer.state], layer.name, layer.seen) for layer in state.layers],
                [_running(state), *(_process(one) for one in state.processes)],
                [_lying(name, where) for name, where in state.places],
            )

    def _ask_where(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self._page, tr("Save a report"), "privet-privacy-report.txt", f"{tr('Text')} (*.txt)"
        )
        if name:
            self.save(Path(name))

    def _saved(self, file: Path) -> None:
        if not self._closed:
            self._page.end_proof(tr("{verdict} The report is in {file}.", verdict=verdict(self._tried), file=file))

    def _fault(self, error: PrivetError) -> None:
        self._looking = False
        if not self._closed:
            self._page.fault.say(error.what, error.do)

    def _leave(self) -> None:
        self._closed = True
        self._timer.stop()
        self.stop()


def _look(folders: Folders) -> _State:
    named = (
        (tr("Vault and index"), folders.data),
        (tr("Settings"), folders.config),
        (tr("What can be made again"), folders.cache),
        (tr("Models"), folders.models),
        (tr("Logs, without content"), folders.logs),
    )
    return _State(layers(), processes(), tuple((name, place(str(path))) for name, path in named))


def _running(state: _State) -> Line:
    """All processes in one line: how many, and how many sockets are open."""
    known = [one.network_sockets for one in state.processes if one.network_sockets is not None]
    count = counted(len(state.processes), "{n} process", "{n} processes")
    hidden = len(state.processes) - len(known)
    seen = tr("{count}, network sockets open: {sockets}.", count=count, sockets=sum(known))
    if hidden:
        unseen = counted(hidden, "{n} process lets nobody look", "{n} processes let nobody look")
        seen = f"{seen} {tr('{unseen}, not even Privet; the filter is in force in each.', unseen=unseen)}"
    filtered = all(one.filtered for one in state.processes)
    return Line(Mark.GOOD if filtered and not sum(known) else Mark.BAD, tr("Sockets"), seen)


def _process(one: Process) -> Line:
    filtered = tr("Filter in force") if one.filtered else tr("No filter in force")
    if one.network_sockets is None:
        sockets = tr("its sockets can't be looked at")
    else:
        sockets = tr(
            "{network} network sockets, {local} for display and keychain",
            network=one.network_sockets,
            local=one.local_sockets,
        )
    bad = not one.filtered or one.network_sockets
    return Line(Mark.BAD if bad else Mark.GOOD, one.role, f"{filtered}, {sockets}. {tr('Number')} {one.number}.")


def _lying(name: str, where: Place) -> Line:
    seen = tr("{path}: {readers}.", path=where.path, readers=where.readers)
    return Line(Mark.GOOD if where.private else Mark.BAD, name, seen)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault(
            f"The report could not be written to {file}.", "Choose another folder, or make room on the disk."
        ) from error
