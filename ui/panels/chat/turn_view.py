"""Shows one question or one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from ui.i18n import counted, tr
from ui.panels.chat.rewriting import Rewriting
from ui.panels.chat.thought import FoldedThought
from ui.panels.chat.turns import Answer, Question, quoted
from ui.text import InertText, doubted
from ui.theme import theme
from ui.widgets import ProgressLine, TextButton, VersionSwitch, label

if TYPE_CHECKING:
    from assistant.values import Citation, TurnId
    from ui.text import Doubt

_WIDEST_QUESTION: Final = 0.86  # of the column
_COPIED_MILLISECONDS: Final = 1600
_INSET: Final = 8


class TurnView(QFrame):
    """One turn; `fit` gives its height for a width.

    `cited`: a number in it was chosen, with the citations, of which that one carries what the sentence rests on.
    `asked_for`: the person wants something done with it, "again", "go on", or "edit" with the new words.
    `version_chosen`: another turn (TurnId) is to be shown in its place. `resized`: it has another height now.
    """

    cited = Signal(int, object)
    sources_wanted = Signal()
    asked_for = Signal(str, str)
    version_chosen = Signal(object)
    resized = Signal()
    citations: tuple[Citation, ...] = ()

    def __init__(self, turn: Question | Answer) -> None:
        super().__init__()
        self.turn = turn
        self.body = InertText()
        self.body.installEventFilter(self)
        self.versions = VersionSwitch(tr("Question") if isinstance(turn, Question) else tr("Answer"))
        self.versions.chosen.connect(lambda place: self.version_chosen.emit(self.turn.versions[place]))

    def renew(self, turn: TurnId | None, versions: tuple[TurnId, ...]) -> None:
        """Learn which turn this is and which others stand in its place."""
        self.turn.turn, self.turn.versions = turn, versions
        self.show_versions()

    def show_versions(self) -> None:
        """Show which version this is, and what can be done with it."""
        place = self.turn.versions.index(self.turn.turn) if self.turn.turn in self.turn.versions else 0
        self.versions.show_place(place, len(self.turn.versions))

    @property
    def text(self) -> str:
        """What the turn says, as it was written."""
        return self.body.written

    @property
    def can_go(self) -> bool:
        """True where the view holds nothing that its turn does not: it can be built again."""
        return not self.body.textCursor().hasSelection()

    def fit(self, width: int) -> int:
        """Lay out at `width` pixels and return the height."""
        raise NotImplementedError

    def restyle(self) -> None:
        """Draw it anew after the theme changed."""
        self.body.restyle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._show_focus(event.type() == QEvent.Type.FocusIn)
        return False

    def _show_focus(self, focused: bool) -> None:
        self.frame.setProperty("focused", "true" if focused else "false")
        self.frame.style().polish(self.frame)

    @property
    def frame(self) -> QFrame:
        """What shows that the text has the focus."""
        return self


class QuestionView(TurnView):
    """A question, on a quiet ground at the end of the line, as wide as it needs."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self._ground = QFrame(self)
        self._ground.setObjectName("question")
        self.body.setParent(self._ground)
        self.body.setAccessibleName(tr("Your question"))
        self.body.set_plain(question.text)
        self._rewriting: Rewriting | None = None
        self._foot = QWidget(self)
        self._edit = TextButton(tr("Edit"), "quiet", "edit")
        self._edit.clicked.connect(self.edit)
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(theme().px(4))
        foot.addStretch(1)
        foot.addWidget(self.versions)
        foot.addWidget(self._edit)
        self.show_versions()

    def show_versions(self) -> None:
        super().show_versions()
        self._foot.setVisible(self.turn.turn is not None and self._rewriting is None)

    def edit(self) -> None:
        """Have the question written in other words, where it stands; what is in the box below stays there."""
        if self._rewriting is not None or self.turn.turn is None:
            return
        writing = self._rewriting = Rewriting(self.text)
        writing.setParent(self)
        writing.sent.connect(self._rewritten)
        writing.cancelled.connect(self._stop_editing)
        writing.resized.connect(self.resized)
        self._ground.hide()
        self._foot.hide()
        writing.show()
        self.resized.emit()
        writing.take_focus()

    @property
    def rewriting(self) -> Rewriting | None:
        """Where the question is being written in other words, while it is."""
        return self._rewriting

    @property
    def can_go(self) -> bool:
        return self._rewriting is None and super().can_go

    def _rewritten(self, text: str) -> None:
        self._stop_editing()
        self.asked_for.emit("edit", text)

    def _stop_editing(self) -> None:
        if self._rewriting is not None:
            self._rewriting.hide()
            self._rewriting.deleteLater()
            self._rewriting = None
        self._ground.show()
        self.show_versions()
        self.resized.emit()

    @property
    def frame(self) -> QFrame:
        return self._ground

    def fit(self, width: int) -> int:
        if self._rewriting is not None:
            height = self._rewriting.fit(width)
            self._rewriting.setGeometry(0, 0, width, height)
            return height
        pad_x, pad_y = theme().px(16), theme().px(10)
        inner = min(int(width * _WIDEST_QUESTION) - 2 * pad_x, self.body.natural_width())
        height = self.body.fit(inner)
        self.body.setGeometry(pad_x, pad_y, inner, height)
        ground = inner + 2 * pad_x
        x = 0 if self.isRightToLeft() else width - ground
        self._ground.setGeometry(x, 0, ground, height + 2 * pad_y)
        if self._foot.isHidden():
            return height + 2 * pad_y
        foot = self._foot.sizeHint().height()
        self._foot.setGeometry(0, height + 2 * pad_y, width, foot)
        return height + 2 * pad_y + foot


class AnswerView(TurnView):
    """An answer: what was found for it, its words, and under them how it ended and what can be done with it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self.answer = answer
        self.setObjectName("answer")
        self.body.setParent(self)
        self.body.setAccessibleName(tr("Answer"))
        self.body.cited.connect(lambda number, nth: self.cited.emit(number, quoted(self.answer, number, nth)))
        self._left_out = label("", "note", wrap=True)
        self._progress: ProgressLine | None = None
        self._note = label("", "note", wrap=True)
        self._thought = FoldedThought()
        self._thought.toggled.connect(self.resized)
        self._copy = TextButton(tr("Copy"), "quiet", "copy")
        self._again = TextButton(tr("Another answer"), "quiet", "again")
        self._go_on = TextButton(tr("Go on"), "quiet", "on")
        self._again.clicked.connect(lambda: self.asked_for.emit("again", ""))
        self._go_on.clicked.connect(lambda: self.asked_for.emit("go on", ""))
        self._more = TextButton(tr("More"), "quiet", "menu")
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(lambda: self.menu)
        self._more.setMenu(self._menu)
        self._sources = TextButton("", "quiet", "document")
        self._nearest = TextButton(tr("Nearest passages"), "quiet", "document")
        self._nearest.clicked.connect(lambda: self.asked_for.emit("sources", ""))
        self._copy.clicked.connect(self.copy)
        self._sources.clicked.connect(self.sources_wanted)
        self._arrange()
        self.update_answer(answer)

    @property
    def menu(self) -> QMenu:
        """What else can be done with the answer; its lines are made when they are first looked at."""
        if not self._menu.actions():
            for what, words in (
                ("references", tr("Copy with references")),
                ("export", tr("Export…")),
                ("sources", tr("Ask again with other sources…")),
                ("saw", tr("What the model saw…")),
                ("wrong", tr("Report as wrong…")),
            ):
                self._menu.addAction(words).triggered.connect(lambda _=False, what=what: self.asked_for.emit(what, ""))
        return self._menu

    def _arrange(self) -> None:
        px = theme().px
        self._foot = QWidget()
        foot = self._row = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(px(4))
        foot.addWidget(self._sources)
        foot.addWidget(self._nearest)
        foot.addWidget(self._copy)
        foot.addWidget(self._again)
        foot.addWidget(self._go_on)
        foot.addWidget(self._more)
        foot.addStretch(1)
        foot.addWidget(self.versions)
        words = QVBoxLayout()
        words.setContentsMargins(px(_INSET), 0, px(_INSET), 0)
        words.setSpacing(px(8))
        self._words = words
        for part in (self._left_out, self._thought, self.body, self._note):
            words.addWidget(part)
        # The buttons have an inset of their own, so that their words stand under the answer's.
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(0, px(6), 0, px(2))
        layout.setSpacing(px(6))
        layout.addLayout(words)
        layout.addWidget(self._foot)

    @property
    def text(self) -> str:
        return self.answer.text

    @property
    def can_go(self) -> bool:
        return not self._thought.opened and super().can_go

    def update_answer(self, answer: Answer) -> None:
        """Show the answer as it is now."""
        self.citations = answer.citations
        numbers = frozenset(citation.number for citation in answer.citations)
        text = doubted(answer.text, answer.doubts)
        if text != self.body.written or (numbers, answer.doubts) != (self._numbers, self._doubts):
            self._numbers, self._doubts = numbers, answer.doubts
            self.body.set_markdown(text, numbers, answer.doubts)
        self.body.setVisible(bool(answer.text))
        _say(self._left_out, answer.left_out)
        _say(self._note, answer.note)
        self._thought.show_thought(answer.thought)
        self._show_progress(answer)
        count = len(answer.citations)
        self._sources.say(counted(count, "{n} source", "{n} sources"))
        self._sources.setVisible(count > 0)
        self._copy.setVisible(bool(answer.text) and not answer.writing)
        self.show_versions()

    def show_versions(self) -> None:
        super().show_versions()
        still = self.answer.turn is not None and not self.answer.writing
        self._again.setVisible(still)
        self._nearest.setVisible(still and self.answer.nothing)
        self._go_on.setVisible(still and self.answer.resumable)
        self._more.setVisible(still)
        copyable = bool(self.answer.text) and not self.answer.writing
        self._foot.setVisible(bool(self.answer.citations) or copyable or still)

    def _show_progress(self, answer: Answer) -> None:
        if answer.progress and self._progress is None:
            self._progress = ProgressLine(tr("Reading progress"))
            self._words.insertWidget(3, self._progress)
        if self._progress is not None and answer.progress:
            self._progress.show_progress(answer.progress, answer.share)
        elif self._progress is not None:
            self._progress.hide()

    _numbers: frozenset[int] = frozenset()
    _doubts: tuple[Doubt, ...] = ()

    def fit(self, width: int) -> int:
        layout = self._layout
        for words in (self._left_out, self._note):
            words.ensurePolished()  # before the style sheet has reached it, a label asks for too much
        inner = width - 2 * theme().px(_INSET) - 2
        self._fold(width)
        self._thought.fit(inner)
        self.body.fit(inner)
        # Both: a layout asks the ones inside it only for what they remember.
        self._words.invalidate()
        layout.invalidate()
        return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()

    def _fold(self, width: int) -> None:
        """Where the buttons' words have no room, their icons stand for them."""
        buttons = (self._copy, self._again, self._go_on, self._more, self._nearest, self._sources)
        for folded in range(len(buttons) + 1):
            for number, button in enumerate(buttons):
                button.fold(number < folded)
            self._row.invalidate()
            if self._row.minimumSize().width() <= width:
                return

    def copy(self) -> None:
        """Put the answer on the clipboard, as it was written."""
        QGuiApplication.clipboard().setText(self.text)
        self._copy.say(tr("Copied"))
        QTimer.singleShot(_COPIED_MILLISECONDS, self._copy, lambda: self._copy.say(tr("Copy")))


def _say(where: QLabel, words: str) -> None:
    where.setText(words)
    where.setVisible(bool(words))


def view_of(turn: Question | Answer) -> TurnView:
    """The view for a turn."""
    view = QuestionView(turn) if isinstance(turn, Question) else AnswerView(turn)
    view.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return view
