"""Shows the chat: a welcome where nothing was said yet, else the turns, and the composer below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import pixmap, theme
from ui.widgets import CENTRED, Banner, Composer, TextButton, early, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.panels.chat.transcript import Transcript
    from ui.panels.chat.turns import Answer, Shown

_WIDEST: Final = 760


class ChatView(QFrame):
    """`add_pressed`: the person wants to choose documents. the others: as of the Transcript."""

    add_pressed = Signal()
    cited = Signal(int, object)
    sources_wanted = Signal(object)
    asked_for = Signal(str, object, str)
    version_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("canvas")
        self.composer = Composer()
        self.fault = Banner("warn")
        self.notice = Banner("quiet")
        self._transcript: Transcript | None = None
        self._mark = QLabel()
        self._display = label("", "display")
        self._lead = label("", "lead", wrap=True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._welcome())
        self._foot = QWidget()
        self._arrange()
        self.show_documents(False)
        self._restyle()
        theme().changed.connect(self._restyle)

    @property
    def transcript(self) -> Transcript:
        """The turns; made when the first is to be shown, which the first paint need not wait for."""
        if self._transcript is None:
            from ui.panels.chat.transcript import Transcript

            self._transcript = Transcript()
            self._transcript.cited.connect(self.cited)
            self._transcript.sources_wanted.connect(self.sources_wanted)
            self._transcript.asked_for.connect(self.asked_for)
            self._transcript.version_chosen.connect(self.version_chosen)
            self._stack.addWidget(self._transcript)
        return self._transcript

    @property
    def welcomes(self) -> bool:
        """True while the welcome is shown."""
        return self._stack.currentIndex() == 0

    @property
    def has_answer(self) -> bool:
        """True if there is an answer on the screen."""
        return not self.welcomes and self.transcript.has_answer

    def copy_answer(self) -> None:
        """Put the newest answer on the clipboard."""
        if self.transcript.last_answer is not None:
            self.transcript.last_answer.copy()

    def focus_answer(self) -> None:
        """Go to the newest answer, to read it with the keyboard."""
        if self.has_answer and self.transcript.last_answer is not None:
            self.transcript.last_answer.body.setFocus()

    def edit_question(self) -> None:
        """Have the newest question written in other words, where it stands."""
        if not self.welcomes and (question := self.transcript.last_question()) is not None:
            question.edit()

    def step_version(self, by: int) -> None:
        """Show another version of the newest answer or, where it has one only, of the newest question."""
        if self.welcomes:
            return
        for view in (self.transcript.last_answer, self.transcript.last_question()):
            if view is not None and len(view.turn.versions) > 1:
                view.versions.step(by)
                return

    def renew(self, turns: Sequence[Shown]) -> None:
        """The turns in sight, of which more is known now."""
        if self._transcript is not None:
            self._transcript.renew(turns)

    def show_turns(self, turns: Sequence[Shown]) -> None:
        """Show a conversation, or the welcome where it has no turns."""
        if turns or self._transcript is not None:
            self.transcript.show_turns(turns)
        self._stack.setCurrentIndex(1 if turns else 0)

    def add(self, turn: Shown) -> None:
        """Append a turn and go to it."""
        self.transcript.add(turn)
        self._stack.setCurrentIndex(1)

    def update_answer(self, answer: Answer) -> None:
        """An answer has grown; nothing happens where it is not on the screen."""
        if self._transcript is not None:
            self._transcript.update_answer(answer)

    def show_documents(self, documents: bool) -> None:
        """Show whether questions go to the documents."""
        self.composer.show_documents(documents)
        if documents:
            self._display.setText(tr("Ask your documents."))
            self._lead.setText(tr("Answers come with the pages they rest on. Nothing leaves this computer."))
        else:
            self._display.setText(tr("Ask anything."))
            self._lead.setText(tr("Nothing leaves this computer."))

    def _welcome(self) -> QWidget:
        page = QWidget()
        for part in (self._mark, self._display, self._lead):
            early(part, CENTRED)
        add = TextButton(tr("Add documents…"), "", "document")
        add.clicked.connect(self.add_pressed)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(theme().px(32), 0, theme().px(32), 0)
        layout.setSpacing(theme().px(8))
        layout.addStretch(4)
        layout.addWidget(self._mark)
        layout.addSpacing(theme().px(8))
        layout.addWidget(self._display)
        layout.addWidget(self._lead)
        layout.addSpacing(theme().px(16))
        centre = QHBoxLayout()
        centre.addStretch(1)
        centre.addWidget(add)
        centre.addStretch(1)
        layout.addLayout(centre)
        layout.addStretch(5)
        return page

    def _arrange(self) -> None:
        px = theme().px
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, px(16))
        foot.setSpacing(px(8))
        foot.addWidget(self.fault)
        foot.addWidget(self.notice)
        foot.addWidget(self.composer)
        centre = QHBoxLayout()
        centre.setContentsMargins(px(20), 0, px(20), 0)
        centre.addStretch(1)
        centre.addWidget(self._foot, 100)
        centre.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(px(8))
        layout.addWidget(self._stack, 1)
        layout.addLayout(centre)

    def _restyle(self) -> None:
        self._mark.setPixmap(pixmap("hedge", theme().palette.accent, theme().px(44)))
        self._foot.setMaximumWidth(theme().px(_WIDEST))
