"""Does what a person wants of one answer besides reading it: copies, writes, reports it, shows what the model saw."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QObject, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication, QPageLayout, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from assistant.values import Citation, ConversationId, PassageId, Report, Sent, TurnId
from ui.bridge import Bridge, Lane
from ui.i18n import tr
from ui.panels.answers import ReportsDialog, SawDialog, SourcesDialog, WrongDialog
from ui.ports import Assistant
from ui.widgets import Banner

_SECONDS: Final = 5.0
_FORMS: Final = {".md": "markdown", ".html": "html", ".pdf": "pdf", ".docx": "docx", ".txt": "text"}
_MARGIN_MILLIMETRES: Final = 20.0
_POINTS: Final = 10.5


class AnswersPresenter(QObject):
    """`again`: the question before an answer is to be asked of these passages (TurnId, list of PassageId).

    `fault`: a PrivetError.
    """

    again = Signal(object, object)
    fault = Signal(object)

    def __init__(self, bridge: Bridge, window: QWidget, notice: Banner, assistant: Assistant) -> None:
        super().__init__(window)
        self._bridge, self._window, self._notice, self._assistant = bridge, window, notice, assistant

    def do(self, what: str, turn: TurnId, question: str, citations: tuple[Citation, ...]) -> None:
        """Do what a menu says with an answer: "references", "export", "saw", "sources" or "wrong"."""
        acts: dict[str, Callable[[], None]] = {
            "references": lambda: self.copy(turn),
            "export": lambda: self.export_answer(turn),
            "saw": lambda: self.show_saw(turn),
            "sources": lambda: self.choose_sources(turn, question, citations),
            "wrong": lambda: self.report(turn, question),
        }
        acts[what]()

    def copy(self, turn: TurnId) -> None:
        """Put an answer on the clipboard, with its references under it."""
        taking = self._assistant.taking

        def copied(data: bytes) -> None:
            QGuiApplication.clipboard().setText(data.decode("utf-8").rstrip())
            self._notice.say(tr("Copied, with its references."), seconds=_SECONDS)

        self._bridge.call(lambda: taking.answer(turn, "text"), copied, self.fault.emit)

    def export_answer(self, turn: TurnId) -> None:
        """Ask where, and write an answer there."""
        self._export(tr("Export this answer"), lambda form: self._assistant.taking.answer(turn, form))

    def export_conversation(self, conversation: ConversationId) -> None:
        """Ask where, and write a conversation there."""
        self._export(tr("Export this chat"), lambda form: self._assistant.taking.conversation(conversation, form))

    def show_saw(self, turn: TurnId) -> None:
        """Show what the model was given."""
        answering = self._assistant.answering
        self._bridge.call(lambda: answering.saw(turn), self._saw, self.fault.emit)

    def choose_sources(self, turn: TurnId, question: str, citations: tuple[Citation, ...]) -> None:
        """Let the person choose the passages of another answer."""
        answering = self._assistant.answering
        used = {citation.passage_id for citation in citations}

        def show(candidates: tuple[Citation, ...]) -> None:
            known = {candidate.passage_id for candidate in candidates}
            rest = tuple(citation for citation in citations if citation.passage_id not in known)
            dialog = SourcesDialog(question, (*rest, *candidates), used, self._window)
            dialog.chosen.connect(lambda passages: self._chosen(turn, passages))
            _open(dialog)

        self._bridge.call(lambda: answering.candidates(turn), show, self.fault.emit)

    def report(self, turn: TurnId, question: str) -> None:
        """Ask what is wrong, and keep that."""
        dialog = WrongDialog(question, self._window)
        reports = self._assistant.reports

        def keep(words: str) -> None:
            self._bridge.call(
                lambda: reports.add(turn, words),
                lambda _: self._notice.say(
                    tr("Kept as a question to try out again."),
                    action=tr("Undo"),
                    act=lambda: self._take_back(turn),
                    seconds=2 * _SECONDS,
                ),
                self.fault.emit,
            )

        dialog.reported.connect(keep)
        _open(dialog)

    def show_reports(self) -> None:
        """Show the answers that were reported as wrong."""
        reports = self._assistant.reports
        self._bridge.call(reports.list, self._open_reports, self.fault.emit)

    def _open_reports(self, found: tuple[Report, ...]) -> None:
        reports = self._assistant.reports
        dialog = ReportsDialog(found, self._window)

        def keep(report: Report) -> None:
            self._bridge.call(lambda: reports.add(TurnId(report.turn), report.wrong), lambda _: None, self.fault.emit)

        dialog.taken_back.connect(lambda report: self._take_back(TurnId(report.turn)))
        dialog.restored.connect(keep)
        dialog.export_wanted.connect(lambda: self._export_reports(dialog))
        _open(dialog)

    def _export_reports(self, dialog: ReportsDialog) -> None:
        name, _ = QFileDialog.getSaveFileName(dialog, tr("Export the reports"), "", "JSON (*.json)")
        if not name:
            return
        path = Path(name if name.lower().endswith(".json") else f"{name}.json")
        data = json.dumps([asdict(one) for one in dialog.reports], ensure_ascii=False, indent=2).encode()
        self._bridge.call(
            lambda: self._assistant.taking.save(path, data),
            lambda _: dialog.notice.say(tr("Written to {path}. It is not encrypted.", path=path), seconds=_SECONDS),
            self.fault.emit,
            Lane.FILES,
        )

    def _take_back(self, turn: TurnId) -> None:
        reports = self._assistant.reports
        self._bridge.call(lambda: reports.take_back(turn), lambda _: None, self.fault.emit)

    def _saw(self, sent: Sent | None) -> None:
        _open(SawDialog(sent, self._window))

    def _chosen(self, turn: TurnId, passages: list[PassageId]) -> None:
        self.again.emit(turn, passages)

    def _export(self, title: str, write: Callable[[str], bytes]) -> None:
        kinds = "Word (*.docx);;PDF (*.pdf);;HTML (*.html);;Markdown (*.md);;Text (*.txt)"
        name, chosen = QFileDialog.getSaveFileName(self._window, title, "", kinds)
        if not name:
            return
        path = Path(name)
        if path.suffix.lower() not in _FORMS:
            path = path.with_name(f"{path.name}{chosen[chosen.rfind('.') : -1] or '.docx'}")
        form, taking = _FORMS[path.suffix.lower()], self._assistant.taking

        def work() -> None:
            data = pdf(write("html")) if form == "pdf" else write(form)
            taking.save(path, data)

        self._bridge.call(
            work,
            lambda _: self._notice.say(tr("Written to {path}. It is not encrypted.", path=path), seconds=_SECONDS),
            self.fault.emit,
            Lane.FILES,
        )


def pdf(page: bytes) -> bytes:
    """An HTML page of ours, which names nothing to load, as a PDF; for any thread."""
    document = QTextDocument()
    font = QFont("Inter")
    font.setPointSizeF(_POINTS)  # from a font that is measured in pixels, Qt makes headings of no height
    document.setDefaultFont(font)
    document.setHtml(page.decode("utf-8"))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setCreator("Privet")
    margins = QMarginsF(*[_MARGIN_MILLIMETRES] * 4)
    writer.setPageMargins(margins, QPageLayout.Unit.Millimeter)
    document.print_(writer)
    del writer
    buffer.close()
    return bytes(data.data())


def _open(dialog: QDialog) -> None:
    """Show a dialog over its window without stopping the event loop, and forget it when it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
