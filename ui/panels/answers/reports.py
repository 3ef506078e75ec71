"""The answers that a person reported as wrong: to be read, taken back and written to a file."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from assistant.values import Report
from ui.i18n import number, tr
from ui.lists import Key, Row, RowList
from ui.text import InertText
from ui.theme import Type, theme
from ui.widgets import NO_FOCUS, Banner, TextButton, early, label


class ReportsDialog(QDialog):
    """`taken_back`: a report is to be forgotten (Report). `restored`: it is to be kept after all. `export_wanted`."""

    taken_back = Signal(object)
    restored = Signal(object)
    export_wanted = Signal()

    def __init__(self, reports: Sequence[Report], parent: QWidget) -> None:
        super().__init__(parent)
        px = theme().px
        self.setWindowTitle(tr("Answers reported as wrong"))
        self.resize(px(680), px(560))
        self._reports = {report.turn: report for report in reports}
        self._forgotten: list[Report] = []  # since the way back was last gone
        self.list = RowList(tr("Answers reported as wrong"))
        self.list.removed.connect(self._remove)
        self.list.chosen.connect(self._look)
        self.notice = Banner("quiet")
        self.whole = InertText(body=Type.UI)
        self.whole.setAccessibleName(tr("The report"))
        area = _area(self.whole)
        words = tr("They are kept in your vault, as questions to try out again. Nothing is sent to anybody.")
        self._words = label(words, "soft", wrap=True)
        self.export = TextButton(tr("Export…"))
        self.remove = TextButton(tr("Forget this report"))
        done = TextButton(tr("Done"), "primary")
        for button in (self.export, self.remove):
            button.setAutoDefault(False)
        self.export.clicked.connect(self.export_wanted)
        self.remove.clicked.connect(lambda: self._remove(self.list.current))
        done.setDefault(True)
        done.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(self.export)
        foot.addWidget(self.remove)
        foot.addStretch(1)
        foot.addWidget(done)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(20), px(24), px(16))
        layout.setSpacing(px(10))
        layout.addWidget(label(self.windowTitle(), "title"))
        layout.addWidget(self._words)
        layout.addWidget(self.list, 2)
        layout.addWidget(area, 3)
        layout.addWidget(self.notice)
        layout.addLayout(foot)
        self._area = area
        self._show()
        (self.list if reports else done).setFocus()

    @property
    def reports(self) -> tuple[Report, ...]:
        """Those that are shown."""
        return tuple(self._reports.values())

    def _show(self) -> None:
        rows = [
            Row(
                one.turn,
                " ".join(one.question.split()) or tr("No question"),
                tr(
                    "{day}: {wrong}",
                    day=time.strftime("%Y-%m-%d", time.localtime(one.created)),
                    wrong=" ".join(one.wrong.split()) or tr("not said how"),
                ),
                end="trash",
            )
            for one in self._reports.values()
        ]
        self.list.show_rows(rows)
        if rows and self.list.current is None:
            self.list.select(rows[0].key)
        self._look(self.list.current)
        for part in (self.list, self._area, self.export, self.remove):
            part.setVisible(bool(rows))
        if not rows:
            self._words.setText(tr("No answer was reported as wrong."))

    def _look(self, key: Key | None) -> None:
        report = self._reports.get(int(key)) if key is not None else None
        if report is None:
            self.whole.set_plain("")
            return
        parts = (
            (tr("Question"), report.question),
            (tr("Answer"), report.answer),
            (tr("What is wrong"), report.wrong or tr("not said how")),
            (tr("Passages"), "\n\n".join(report.passages)),
        )
        self.whole.set_plain("\n\n".join(f"{name}:\n{words}" for name, words in parts if words))
        self.whole.fit(max(100, self._area.viewport().width()))

    def _remove(self, key: Key | None) -> None:
        report = self._reports.pop(int(key), None) if key is not None else None
        if report is None:
            return
        self.taken_back.emit(report)
        self._show()
        forgotten = [*self._forgotten, report]  # of several in a row none goes without a way back
        self.notice.say(
            tr("The report is forgotten.")
            if len(forgotten) == 1
            else tr("{n} reports are forgotten.", n=number(len(forgotten))),
            action=tr("Undo"),
            act=lambda: self._restore(forgotten),
            gone=self._past,
            seconds=8,
        )
        self._forgotten = forgotten

    def _past(self) -> None:
        self._forgotten = []

    def _restore(self, reports: Sequence[Report]) -> None:
        kept = [*self._reports.values(), *reports]
        self._reports = {one.turn: one for one in sorted(kept, key=lambda one: -one.created)}
        self._past()
        for report in reports:
            self.restored.emit(report)
        self._show()


def _area(text: InertText) -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    early(area, NO_FOCUS)
    area.setWidget(text)
    return area
