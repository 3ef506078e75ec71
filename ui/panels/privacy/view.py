"""The page: what holds, what runs, where things lie, and the self-test with its report."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.panels.privacy.lines import Line, LineList
from ui.theme import pixmap, theme
from ui.widgets import Banner, ProgressLine, TextButton, label

_SETTLED_MILLISECONDS: Final = 200


class PrivacyPage(QDialog):
    """`proof_wanted`, `stop_wanted`, `report_wanted`: the buttons. It decides nothing itself."""

    proof_wanted = Signal()
    stop_wanted = Signal()
    report_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Privacy"))
        self.resize(theme().px(620), theme().px(680))
        self._mark = QLabel()
        self._title = label("", "title", wrap=True)
        self._lead = label("", "soft", wrap=True)
        self.layers = LineList(tr("Layers"))
        self.running = LineList(tr("Processes"))
        self.places = LineList(tr("Where things lie"))
        self.proof = LineList(tr("Ways out that were tried"))
        self._proof_title = label(tr("Ways out that were tried"), "section")
        self.fault = Banner("warn")
        self.progress = ProgressLine(tr("Progress of the self-test"))
        self.verdict = label("", "note", wrap=True)
        self.prove = TextButton(tr("Prove it"), "primary", "shield", tone="on_accent")
        self.stop = TextButton(tr("Stop"), "", "stop")
        self.report = TextButton(tr("Save a report…"), "", "document")
        self._area = QScrollArea()
        self._follows = False
        self._arrange()
        self._join()
        self.show_proving(None)

    def show_state(self, holds: bool, layers: list[Line], running: list[Line], places: list[Line]) -> None:
        """Show how things stand now. holds: every mandatory layer is in force."""
        tone = theme().palette.leaf if holds else theme().palette.warn
        self._mark.setPixmap(pixmap("shield", tone, theme().px(34)))
        if holds:
            self._title.setText(tr("Nothing leaves this computer"))
            self._lead.setText(
                tr(
                    "Before anything else starts, Privet asks the system to refuse it every network connection, for "
                    "good. Not a setting: this program can't take it back. Your chats and documents are kept "
                    "encrypted on this computer only."
                )
            )
        else:
            self._title.setText(tr("The seal is not in force"))
            self._lead.setText(
                tr("Close Privet and start it again; if this stays, use another computer for private matters.")
            )
        self.layers.show_lines(layers)
        self.running.show_lines(running)
        self.places.show_lines(places)

    def show_proving(self, share: float | None, words: str = "") -> None:
        """Show how far the self-test is; None while it does not run."""
        running = share is not None
        self.prove.setVisible(not running)
        self.stop.setVisible(running)
        self.progress.setVisible(running)
        if share is not None:
            self.progress.show_progress(words, share)

    def begin_proof(self) -> None:
        """Clear what an earlier self-test left, and go to where its lines will stand."""
        self._follows = True
        self.proof.show_lines([])
        self._proof_title.show()
        self.proof.show()
        self.verdict.hide()
        self.report.hide()

    def add_proof(self, line: Line) -> None:
        """One more way was tried."""
        self.proof.add(line)

    def end_proof(self, verdict: str) -> None:
        """Show what came of it all, and offer the report."""
        self.verdict.setText(verdict)
        self.verdict.setVisible(bool(verdict))
        self.report.setVisible(bool(verdict))
        self.show_proving(None)
        QTimer.singleShot(_SETTLED_MILLISECONDS, self, self._let_go)

    def _follow(self, _: int, most: int) -> None:
        """Stay with the newest line while there are new ones."""
        if self._follows:
            self._area.verticalScrollBar().setValue(most)

    def _let_go(self) -> None:
        self._follows = False

    def _arrange(self) -> None:
        px = theme().px
        body = QWidget()
        body.setObjectName("canvas")
        column = QVBoxLayout(body)
        column.setContentsMargins(px(28), px(24), px(24), px(12))
        column.setSpacing(px(10))
        column.addWidget(self._mark)
        column.addWidget(self._title)
        column.addWidget(self._lead)
        for title, part in (
            (label(tr("Layers"), "section"), self.layers),
            (label(tr("Running now"), "section"), self.running),
            (label(tr("Where things lie, and who may open them"), "section"), self.places),
            (self._proof_title, self.proof),
        ):
            column.addSpacing(px(8))
            column.addWidget(title)
            column.addWidget(part)
        column.addStretch(1)
        hidden: tuple[QWidget, ...] = (self._proof_title, self.proof, self.verdict, self.report)
        for one in hidden:
            one.hide()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName(tr("Privacy"))
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._area.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._area, 1)
        layout.addLayout(self._foot())

    def _foot(self) -> QVBoxLayout:
        px = theme().px
        self._done = TextButton(tr("Done"))
        self._done.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        for button in (self.prove, self.stop, self.report):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self._done)
        foot = QVBoxLayout()
        foot.setContentsMargins(px(28), px(10), px(24), px(16))
        foot.setSpacing(px(10))
        for part in (self.fault, self.progress, self.verdict):
            foot.addWidget(part)
        foot.addLayout(buttons)
        return foot

    def _join(self) -> None:
        self.prove.setDefault(True)
        self._area.verticalScrollBar().rangeChanged.connect(self._follow)
        self.prove.clicked.connect(self.proof_wanted)
        self.stop.clicked.connect(self.stop_wanted)
        self.report.clicked.connect(self.report_wanted)
        self._done.clicked.connect(self.accept)
