"""Asks what is wrong with an answer."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import theme
from ui.widgets import TextButton, label


class WrongDialog(QDialog):
    """`reported`: with the person's words, which may be ""."""

    reported = Signal(str)

    def __init__(self, question: str, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme().px
        self.setWindowTitle(tr("Report this answer as wrong"))
        self.resize(px(480), px(300))
        self.field = QPlainTextEdit()
        self.field.setTabChangesFocus(True)
        self.field.setAccessibleName(tr("What is wrong"))
        self.field.setPlaceholderText(tr("What is wrong, or what would be right"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(20), px(24), px(16))
        layout.setSpacing(px(10))
        layout.addWidget(label(question, "title", wrap=True))
        words = tr("It is kept in your vault, as a question to try out again. Nothing is sent to anybody.")
        layout.addWidget(label(words, "soft", wrap=True))
        layout.addWidget(self.field, 1)
        cancel, keep = TextButton(tr("Cancel")), TextButton(tr("Keep the report"), "primary")
        cancel.setAutoDefault(False)
        keep.setDefault(True)
        cancel.clicked.connect(self.reject)
        keep.clicked.connect(self._keep)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(keep)
        layout.addLayout(foot)
        self.field.setFocus()

    def _keep(self) -> None:
        self.reported.emit(self.field.toPlainText().strip())
        self.accept()
