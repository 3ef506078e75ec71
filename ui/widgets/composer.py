"""Where a question is written: grows with it, sends on Enter, says where the question goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6 import QtCore
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import theme
from ui.widgets.buttons import IconButton
from ui.widgets.choice import ChoiceButton
from ui.widgets.early import NO_SIDE_SCROLL, early
from ui.widgets.elided import ElidedLabel
from ui.widgets.meter import ContextMeter
from ui.widgets.switch import Switch

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent

_MOST_LINES: Final = 8


class QuestionField(QPlainTextEdit):
    """A text field that knows plain text only, and whose Enter sends."""

    sent = Signal()
    focused = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        early(self, NO_SIDE_SCROLL)
        # Files that are dropped belong to the window, which adds them.
        self.setAcceptDrops(False)
        self.textChanged.connect(self.grow)
        theme().changed.connect(self.grow)

    def grow(self) -> None:
        """Take the height of the text, up to the most lines."""
        lines = round(self.document().size().height()) if self.toPlainText() else 1
        self.setFixedHeight(min(_MOST_LINES, max(1, lines)) * self.fontMetrics().lineSpacing() + 10)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter)
        keys = QtCore.Qt.KeyboardModifier
        if is_enter and not event.modifiers() & (keys.ShiftModifier | keys.AltModifier):
            self.sent.emit()
            return
        super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(source.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.grow()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)


class Composer(QFrame):
    """`sent`: the person wants an answer. `stopped`: they want it to end. `switched`: True for their documents."""

    sent = Signal()
    stopped = Signal()
    switched = Signal(bool)
    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composer")
        self._answering = False
        self._ready = False
        self.field = QuestionField()
        self.field.setAccessibleName(tr("Your question"))
        self.switch = Switch(
            tr("Where the question goes"),
            (tr("Ask the model"), tr("Ask my documents")),
            (tr("Model"), tr("Documents")),
        )
        self.scope = IconButton("document", tr("Which documents are asked"))
        self.scope_words = ElidedLabel("", "caption")
        self.mode = ChoiceButton(
            tr("How it is answered"),
            (
                (tr("Quotes only"), tr("no model, the sentences that answer, word for word")),
                (tr("Careful"), tr("what your documents do not say is greyed and marked")),
                (tr("Free"), tr("only what your documents say is marked")),
            ),
        )
        self.status = ElidedLabel("", "caption")
        self.meter = ContextMeter(tr("Memory of this conversation"))
        self.button = IconButton("send", tr("Send"), tone="on_accent")
        self.button.setProperty("role", "send")
        self._arrange()
        self.field.sent.connect(self._send)
        self.field.focused.connect(self._show_focus)
        self.field.textChanged.connect(self._changed)
        self.meter.told.connect(self._share_room)
        theme().changed.connect(self._restyle)
        self.button.clicked.connect(self._press)
        self.switch.chosen.connect(lambda number: self.switched.emit(number == 1))
        self.show_documents(False)
        self.set_ready(False)

    def _arrange(self) -> None:
        px = theme().px
        row = self._row = QHBoxLayout()
        row.setSpacing(px(12))
        row.addWidget(self.switch)
        row.addWidget(self.scope)
        row.addWidget(self.scope_words, 2)
        row.addWidget(self.mode)
        row.addWidget(self.status, 1)
        row.addWidget(self.meter, 6)
        row.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(14), px(12), px(10), px(10))
        layout.setSpacing(px(8))
        layout.addWidget(self.field)
        layout.addLayout(row)
        self.setFocusProxy(self.field)
        self.field.grow()

    @property
    def text(self) -> str:
        """What is written."""
        return self.field.toPlainText()

    def write(self, text: str) -> None:
        """Put `text` in the field, the cursor behind it."""
        if text != self.text:
            self.field.setPlainText(text)
            cursor = self.field.textCursor()
            cursor.movePosition(cursor.MoveOperation.End)
            self.field.setTextCursor(cursor)

    def show_documents(self, documents: bool) -> None:
        """Show where the question goes."""
        self.switch.choose(1 if documents else 0)
        self.scope.setVisible(documents)
        self.scope_words.setVisible(documents and bool(self.scope_words.text()))
        if self.mode.parent() is not None:  # else it would be a window of its own for a moment
            self.mode.setVisible(documents)
            self._share_room()
        self.field.setPlaceholderText(tr("Ask about your documents") if documents else tr("Ask anything"))

    def show_scope(self, words: str, telling: bool) -> None:
        """Say which documents are asked. telling: beside the button too, where it is not simply all."""
        self.scope.name(tr("Which documents are asked: {words}", words=words))
        self.scope_words.setText(words if telling else "")
        self.scope_words.setVisible(telling and self.scope.isVisibleTo(self))

    def set_ready(self, ready: bool) -> None:
        """Whether a question can be sent at all; writing always can."""
        self._ready = ready
        self._changed()

    def set_answering(self, answering: bool) -> None:
        """While an answer is being written the button stops it."""
        self._answering = answering
        self.button.draw("stop" if answering else "send", "on_accent")
        self.button.name(tr("Stop") if answering else tr("Send"), tr("Esc") if answering else tr("Enter"))
        self._changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _restyle(self) -> None:
        QTimer.singleShot(0, self, self._share_room)  # once the parts have their new sizes

    def _share_room(self) -> None:
        """Where not all of the row below the field has room, the switch has short words, then the meter gives way."""
        room = self.width() - theme().px(14 + 10) - 2
        others = [one for one in (self.scope, self.scope_words, self.mode, self.status, self.button)
                  if one.isVisibleTo(self)]  # fmt: skip
        taken = sum(one.minimumSizeHint().width() for one in others)
        meter = self.meter.minimumSizeHint().width() if self.meter.has_use else 0
        gaps = len(others) + (1 if meter else 0)
        steps = ((False, False, 12), (False, False, 6), (True, False, 12), (True, True, 12), (True, True, 4))
        for folded, gives_way, spacing in steps:
            needed = taken + self.switch.room(folded) + (0 if gives_way else meter) + gaps * theme().px(spacing)
            if needed <= room:
                break
        self.switch.fold(folded)
        self.meter.give_way(gives_way)
        self._row.setSpacing(theme().px(spacing))

    def _changed(self) -> None:
        self.button.setEnabled(self._answering or (self._ready and bool(self.text.strip())))
        self.edited.emit()

    def _press(self) -> None:
        if self._answering:
            self.stopped.emit()
        else:
            self._send()

    def _send(self) -> None:
        if self._ready and not self._answering and self.text.strip():
            self.sent.emit()

    def _show_focus(self, focused: bool) -> None:
        self.setProperty("focused", "true" if focused else "false")
        self.style().polish(self)
