"""Lets a person choose the passages that a question is to be answered from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from assistant.values import Citation, PassageId
from ui.i18n import tr
from ui.theme import theme
from ui.widgets import TextButton, label

_SHOWN: Final = 220  # characters of a passage


class SourcesDialog(QDialog):
    """`chosen`: the ids of the passages to answer from."""

    chosen = Signal(object)

    def __init__(
        self, question: str, candidates: Sequence[Citation], used: Collection[object], parent: QWidget
    ) -> None:
        """used: ids of the passages that the answer had; they are ticked."""
        super().__init__(parent)
        px = theme().px
        self.setWindowTitle(tr("Ask again with other sources"))
        self.resize(px(620), px(600))
        self.boxes: list[tuple[PassageId, QCheckBox]] = []
        inner = QWidget()
        inner.setObjectName("canvas")
        rows = QVBoxLayout(inner)
        rows.setSpacing(px(2))
        for candidate in candidates:
            if candidate.passage_id is not None:
                self._add(rows, candidate.passage_id, candidate, candidate.passage_id in used)
        if not self.boxes:
            rows.addWidget(label(tr("There are no passages about this question."), "soft", wrap=True))
        rows.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        cancel = TextButton(tr("Cancel"))
        self.ask = TextButton(tr("Ask again"), "primary")
        cancel.setAutoDefault(False)
        self.ask.setDefault(True)
        cancel.clicked.connect(self.reject)
        self.ask.clicked.connect(self._choose)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.ask)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(20), px(24), px(16))
        layout.setSpacing(px(10))
        layout.addWidget(label(question, "title", wrap=True))
        layout.addWidget(label(tr("The answer is made from the passages that you tick."), "soft", wrap=True))
        layout.addWidget(area, 1)
        layout.addLayout(foot)
        self._ticked()

    def _add(self, rows: QVBoxLayout, passage: PassageId, citation: Citation, used: bool) -> None:
        where = ", ".join(part for part in (citation.document, citation.place) if part)
        words = " ".join(citation.text.split())
        box = QCheckBox(where)
        box.setChecked(used)
        box.setAccessibleDescription(words)
        box.toggled.connect(self._ticked)
        rows.addWidget(box)
        shown = words if len(words) <= _SHOWN else words[: _SHOWN - 1].rsplit(" ", 1)[0] + " …"
        rows.addWidget(label(shown, "caption", wrap=True))
        rows.addSpacing(theme().px(8))
        self.boxes.append((passage, box))

    def _ticked(self) -> None:
        self.ask.setEnabled(any(box.isChecked() for _, box in self.boxes))

    def _choose(self) -> None:
        self.chosen.emit([passage for passage, box in self.boxes if box.isChecked()])
        self.accept()
