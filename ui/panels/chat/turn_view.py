"""Shows one question or one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.i18n import counted, tr
from ui.panels.chat.turns import Answer, Question
from ui.text import InertText
from ui.theme import theme
from ui.widgets import ProgressLine, TextButton, label

if TYPE_CHECKING:
    from assistant.values import Citation

_WIDEST_QUESTION: Final = 0.86  # of the column
_COPIED_MILLISECONDS: Final = 1600
_INSET: Final = 8


class TurnView(QFrame):
    """One turn; `fit` gives its height for a width."""

    cited = Signal(int)
    sources_wanted = Signal()
    citations: tuple[Citation, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.body = InertText()
        self.body.installEventFilter(self)

    @property
    def text(self) -> str:
        """What the turn says, as it was written."""
        return self.body.written

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
        super().__init__()
        self._ground = QFrame(self)
        self._ground.setObjectName("question")
        self.body.setParent(self._ground)
        self.body.setAccessibleName(tr("Your question"))
        self.body.set_plain(question.text)

    @property
    def frame(self) -> QFrame:
        return self._ground

    def fit(self, width: int) -> int:
        pad_x, pad_y = theme().px(16), theme().px(10)
        inner = min(int(width * _WIDEST_QUESTION) - 2 * pad_x, self.body.natural_width())
        height = self.body.fit(inner)
        self.body.setGeometry(pad_x, pad_y, inner, height)
        ground = inner + 2 * pad_x
        x = 0 if self.isRightToLeft() else width - ground
        self._ground.setGeometry(x, 0, ground, height + 2 * pad_y)
        return height + 2 * pad_y


class AnswerView(TurnView):
    """An answer: what was found for it, its words, and under them how it ended and what can be done with it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer
        self.setObjectName("answer")
        self.body.setParent(self)
        self.body.setAccessibleName(tr("Answer"))
        self.body.cited.connect(self.cited)
        self._left_out = label("", "note", wrap=True)
        self._progress: ProgressLine | None = None
        self._note = label("", "note", wrap=True)
        self._copy = TextButton(tr("Copy"), "quiet", "copy")
        self._sources = TextButton("", "quiet", "document")
        self._copy.clicked.connect(self.copy)
        self._sources.clicked.connect(self.sources_wanted)
        self._arrange()
        self.update_answer(answer)

    def _arrange(self) -> None:
        px = theme().px
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(px(4))
        foot.addWidget(self._sources)
        foot.addWidget(self._copy)
        foot.addStretch(1)
        words = QVBoxLayout()
        words.setContentsMargins(px(_INSET), 0, px(_INSET), 0)
        words.setSpacing(px(8))
        self._words = words
        for part in (self._left_out, self.body, self._note):
            words.addWidget(part)
        # The buttons have an inset of their own, so that their words stand under the answer's.
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(0, px(6), 0, px(2))
        layout.setSpacing(px(6))
        layout.addLayout(words)
        layout.addWidget(self._foot)

    def update_answer(self, answer: Answer) -> None:
        """Show the answer as it is now."""
        self.citations = answer.citations
        numbers = frozenset(citation.number for citation in answer.citations)
        if answer.text != self.body.written or numbers != self._numbers:
            self._numbers = numbers
            self.body.set_markdown(answer.text, numbers)
        self.body.setVisible(bool(answer.text))
        _say(self._left_out, answer.left_out)
        _say(self._note, answer.note)
        self._show_progress(answer)
        count = len(answer.citations)
        self._sources.say(counted(count, "{n} source", "{n} sources"))
        self._sources.setVisible(count > 0)
        copyable = bool(answer.text) and not answer.writing
        self._copy.setVisible(copyable)
        self._foot.setVisible(count > 0 or copyable)

    def _show_progress(self, answer: Answer) -> None:
        if answer.progress and self._progress is None:
            self._progress = ProgressLine(tr("Reading progress"))
            self._words.insertWidget(2, self._progress)
        if self._progress is not None and answer.progress:
            self._progress.show_progress(answer.progress, answer.share)
        elif self._progress is not None:
            self._progress.hide()

    _numbers: frozenset[int] = frozenset()

    def fit(self, width: int) -> int:
        layout = self._layout
        for words in (self._left_out, self._note):
            words.ensurePolished()  # before the style sheet has reached it, a label asks for too much
        self.body.fit(width - 2 * theme().px(_INSET) - 2)
        # Both: a layout asks the ones inside it only for what they remember.
        self._words.invalidate()
        layout.invalidate()
        return layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()

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
