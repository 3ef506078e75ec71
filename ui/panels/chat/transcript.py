"""The turns of a conversation, one below the other; long ones are built from their end, a slice at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from ui.i18n import tr
from ui.panels.chat.turn_view import AnswerView, QuestionView, TurnView, view_of
from ui.panels.chat.turns import Answer, Question, Shown
from ui.theme import Type, theme
from ui.widgets import IconButton

_MEASURE: Final = 74  # characters in a line
_SLICE_SECONDS: Final = 0.002  # at least one turn is built in each; a large one takes some 5 ms itself
_AHEAD: Final = 1.5  # screens that are built above the one in sight
_MOST_BUILT: Final = 48  # turns that stay built while one is at the end: each takes some 300 KB


class Transcript(QScrollArea):
    """`cited`: a number in an answer was chosen. `sources_wanted`: an answer's passages are to be shown.

    Both come with the citations of the answer. `asked_for`: something is to be done with a turn: what, its turn, and
    the new words of a question. `version_chosen`: another turn is to be shown in the place of one.
    """

    cited = Signal(int, object)
    sources_wanted = Signal(object)
    asked_for = Signal(str, object, str)
    version_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._views: list[TurnView] = []
        self._heights: list[int] = []
        self._unbuilt: list[Shown] = []  # above those that are built
        self._coming: list[Shown] = []  # below them
        self._unfitted: set[TurnView] = set()
        self._follows = True
        self._placing = False
        self._column = QWidget()
        self._column.setObjectName("canvas")
        self.setWidget(self._column)
        self.setWidgetResizable(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._slice = QTimer(self)
        self._slice.setInterval(0)
        self._slice.timeout.connect(self._work)
        self._newest = IconButton("down", tr("Go to the newest"), self)
        self._newest.setObjectName("newest")
        self._newest.setProperty("role", "code")
        self._newest.clicked.connect(self.go_to_end)
        self._newest.hide()
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme().changed.connect(self._restyle)

    @property
    def views(self) -> tuple[TurnView, ...]:
        """The turns that are built, oldest first."""
        return tuple(self._views)

    @property
    def complete(self) -> bool:
        """True when every turn of the conversation is built."""
        return not self._unbuilt

    @property
    def busy(self) -> bool:
        """True while slices of the work remain."""
        return self._slice.isActive()

    def update_answer(self, answer: Answer) -> None:
        """An answer has grown; nothing happens where it is not on the screen."""
        if answer in self._coming:
            self._append()
            return
        for view in reversed(self._views):
            if isinstance(view, AnswerView) and view.answer is answer:
                view.update_answer(answer)
                self._resized(view)
                return

    def renew(self, turns: Sequence[Shown]) -> None:
        """The same turns, of which more is known now: their versions."""
        self._append()
        for view, turn in zip(reversed(self._views), reversed(turns), strict=False):
            resumable = isinstance(turn, Answer) and turn.resumable
            shown = (view.turn.turn, view.turn.versions, isinstance(view, AnswerView) and view.answer.resumable)
            if shown == (turn.turn, turn.versions, resumable):
                continue  # however long the conversation is, that is so for nearly all of it
            view.renew(turn.turn, turn.versions)
            if isinstance(view, AnswerView):
                view.answer.resumable = resumable
                view.update_answer(view.answer)
            self._heights[self._views.index(view)] = self._fit(view)
        for known, turn in zip(reversed(self._unbuilt), reversed(turns[: len(self._unbuilt)]), strict=False):
            known.turn, known.versions = turn.turn, turn.versions
        self._place()

    def last_question(self) -> QuestionView | None:
        """The newest question."""
        return next((view for view in reversed(self._views) if isinstance(view, QuestionView)), None)

    @property
    def has_answer(self) -> bool:
        """True if there is an answer, built or not yet."""
        return any(isinstance(turn, Answer) for turn in (*self._coming, *(view.turn for view in self._views)))

    @property
    def last_answer(self) -> AnswerView | None:
        """The newest answer, which is built now if it was still to be."""
        self._append()
        return next((view for view in reversed(self._views) if isinstance(view, AnswerView)), None)

    def show_turns(self, turns: Sequence[Shown]) -> None:
        """Show another conversation from its end; what lies far above is built when it comes near."""
        for view in self._views:
            view.hide()
            view.deleteLater()
        self._views, self._heights, self._unfitted = [], [], set()
        self._unbuilt, self._coming = list(turns), []
        self._follows = True
        self._place()
        self._slice.start()

    def add(self, turn: Question | Answer) -> None:
        """Append a turn and go to it: a question at once, an answer in the slice that follows."""
        self._coming.append(turn)
        self._follows = True
        if isinstance(turn, Question):
            self._append()
        self._slice.start()

    def go_to_end(self) -> None:
        """Go to the newest turn and stay with it."""
        self._follows = True
        self._place()
        self._slice.start()

    # --- building ---------------------------------------------------------------------------

    def _build(self, turn: Shown) -> TurnView:
        view = view_of(turn)
        view.setParent(self._column)
        view.cited.connect(self.cited)
        view.sources_wanted.connect(lambda: self.sources_wanted.emit(view.citations))
        view.asked_for.connect(lambda what, words: self.asked_for.emit(what, view.turn.turn, words))
        view.version_chosen.connect(self.version_chosen)
        view.resized.connect(lambda: self._resized(view))
        return view

    def _append(self) -> None:
        """Build what comes below."""
        coming, self._coming = self._coming, []
        for turn in coming:
            view = self._build(turn)
            self._views.append(view)
            self._heights.append(self._fit(view))
        if coming:
            self._place()

    def _work(self) -> None:
        """One slice: build what comes below, lay out what has to be anew, build what lies above; until time is up."""
        until = time.perf_counter() + _SLICE_SECONDS
        changed = False
        while time.perf_counter() < until:
            if self._coming:
                self._append()
            elif self._unfitted:
                view = self._unfitted.pop()
                if view in self._views:
                    self._heights[self._views.index(view)] = self._fit(view)
                    changed = True
            elif self._unbuilt and self._needs_more():
                view = self._build(self._unbuilt.pop())
                self._views.insert(0, view)
                self._heights.insert(0, self._fit(view))
                changed = True
                if not self._follows:
                    self._place(kept=self._heights[0] + self._gap())
                    changed = False
            elif self._has_too_many():
                self._take_down()
                changed = True
            else:
                self._slice.stop()
                break
        if changed:
            self._place()

    def _needs_more(self) -> bool:
        view_height = self.viewport().height()
        if sum(self._heights) + len(self._heights) * self._gap() < view_height * (1 + _AHEAD):
            return True
        return not self._follows and self.verticalScrollBar().value() < view_height * _AHEAD

    def _has_too_many(self) -> bool:
        """Whether the oldest turn is so far above that it need not stay built; never one that somebody is at."""
        if not self._follows or len(self._views) <= _MOST_BUILT:
            return False
        first, focused = self._views[0], QApplication.focusWidget()
        above = sum(self._heights[1:]) + (len(self._heights) - 1) * self._gap()
        far = above > self.viewport().height() * (2 + _AHEAD)
        return far and not (focused is not None and first.isAncestorOf(focused)) and first.can_go

    def _take_down(self) -> None:
        view = self._views.pop(0)
        self._heights.pop(0)
        self._unfitted.discard(view)
        self._unbuilt.append(view.turn)
        view.hide()
        view.deleteLater()

    # --- placing ----------------------------------------------------------------------------

    def _gap(self) -> int:
        return theme().px(20)

    def _width(self) -> int:
        metrics = QFontMetrics(theme().font(Type.BODY))
        measure = metrics.horizontalAdvance("n") * _MEASURE + 2 * theme().px(8)
        return max(160, min(measure, self._room() - 2 * theme().px(24)))

    def _room(self) -> int:
        """The width beside the scroll bar, whether it is there or not: nothing moves when it comes."""
        return self.width() - self.verticalScrollBar().sizeHint().width()

    def _resized(self, view: TurnView) -> None:
        if view in self._views:
            self._heights[self._views.index(view)] = self._fit(view)
            self._place()

    def _fit(self, view: TurnView) -> int:
        return view.fit(self._width())

    def _place(self, kept: int = 0) -> None:
        """Put every turn in its place; kept: by how much what is in sight has moved down, to move along."""
        self._placing = True
        bar = self.verticalScrollBar()
        before = bar.value()
        width, full = self._width(), self._room()
        x, y = (full - width) // 2, theme().px(24)
        for view, height in zip(self._views, self._heights, strict=True):
            view.setGeometry(x, y, width, height)
            view.show()
            y += height + self._gap()
        self._column.resize(full, max(y + theme().px(8), self.viewport().height()))
        bar.setValue(bar.maximum() if self._follows else before + kept)
        self._placing = False
        self._show_newest()

    def _scrolled(self, value: int) -> None:
        if self._placing:
            return
        self._follows = value >= self.verticalScrollBar().maximum() - theme().px(40)
        self._show_newest()
        if self._unbuilt:
            self._slice.start()

    def _show_newest(self) -> None:
        bar = self.verticalScrollBar()
        self._newest.setVisible(not self._follows and bar.maximum() - bar.value() > theme().px(160))
        side = theme().px(34)
        self._newest.setGeometry((self.width() - side) // 2, self.height() - side - theme().px(8), side, side)
        self._newest.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._refit_all()
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._refit_all()

    def _restyle(self) -> None:
        for view in self._views:
            view.restyle()
        self._refit_all()

    def _refit_all(self) -> None:
        """What is in sight is laid out now, the rest in slices."""
        top, bottom = self.verticalScrollBar().value(), self.verticalScrollBar().value() + self.viewport().height()
        for number, view in enumerate(self._views):
            if view.y() <= bottom and view.y() + view.height() >= top:
                self._heights[number] = self._fit(view)
            else:
                self._unfitted.add(view)
        self._place()
        self._slice.start()
