"""Where a question that was asked already is written in other words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ui.i18n import tr
from ui.theme import theme
from ui.widgets import QuestionField, TextButton, label


class Rewriting(QFrame):
    """`sent`: the new words. `cancelled`: the old ones stay. `resized`: it needs another height."""

    sent = Signal(str)
    cancelled = Signal()
    resized = Signal()

    def __init__(self, text: str) -> None:
        super().__init__()
        self.setObjectName("composer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.field = QuestionField()
        self.field.setAccessibleName(tr("Your question, in other words"))
        self.field.setPlainText(text)
        self._send = TextButton(tr("Ask again"), "primary")
        self._cancel = TextButton(tr("Leave as it is"), "quiet")
        self._send.clicked.connect(self.send)
        self._cancel.clicked.connect(self.cancelled)
        self.field.sent.connect(self.send)
        self.field.textChanged.connect(self.resized)
        self._arrange()

    def _arrange(self) -> None:
        px = theme().px
        row = QHBoxLayout()
        row.setSpacing(px(8))
        row.addWidget(label(tr("What was there before stays, as a version."), "caption"), 1)
        row.addWidget(self._cancel)
        row.addWidget(self._send)
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(px(14), px(12), px(10), px(10))
        layout.setSpacing(px(8))
        layout.addWidget(self.field)
        layout.addLayout(row)

    def fit(self, width: int) -> int:
        """The height it needs at `width` pixels."""
        self.resize(width, self.height())
        self.field.grow()
        self._layout.invalidate()
        return self._layout.totalSizeHint().height()

    def take_focus(self) -> None:
        """Go to the words, the cursor behind them."""
        cursor = self.field.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.field.setTextCursor(cursor)
        self.field.setFocus()

    def send(self) -> None:
        """Ask in the words that stand here; without any nothing happens."""
        text = self.field.toPlainText().strip()
        if text:
            self.sent.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)
