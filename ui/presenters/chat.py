"""Asks, shows the answer as it grows, stops it, and moves between conversations without losing a word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from assistant.errors import PrivetError
from assistant.values import (
    Answered,
    AnswerEvent,
    AnswerMode,
    Checked,
    Citation,
    ConversationId,
    ConversationInfo,
    DocumentId,
    DocumentInfo,
    GoingThrough,
    LeftOut,
    Noted,
    NothingFound,
    PassageId,
    Pointed,
    Prefilling,
    Retrieved,
    Started,
    Stop,
    Thought,
    Token,
    Turn,
    TurnId,
)
from ui.bridge import Bridge, Lane, Task
from ui.i18n import counted, tr
from ui.panels.chat import BESIDES, Answer, ChatView, Question, Shown
from ui.ports import Assistant
from ui.presenters.drafts import Drafts
from ui.presenters.modes import AnswerModes
from ui.presenters.outlook import OutlookPresenter
from ui.presenters.scope import ScopePresenter
from ui.presenters.turns import doubts, going_words, reading_words, shown, upto, with_running
from ui.widgets import announce

_FRAME_MILLISECONDS: Final = 60  # an answer that grows is drawn about 16 times a second


@dataclass(frozen=True)
class _Over:
    """Documents that are gone through as a whole, None for all that the chat asks. question: "" for a summary."""

    question: str
    documents: tuple[DocumentId, ...] | None


@dataclass
class _Running:
    """The answer that is being written; there is one at most, since there is one model."""

    conversation: ConversationId
    question: str
    answer: Answer
    task: Task | None = None


class ChatPresenter(QObject):
    """`created`: a conversation came to be (ConversationId). `kept`: one has changed. `fault`: a PrivetError.

    `found`: passages to show (tuple of Citation). `source_chosen`: one of them to mark. `cited`: that one is to be
    shown in its document, with all of them. `wanted`: something besides is to be done with an answer: what, its turn,
    its question and its citations. `changed`: what can be done.
    """

    created = Signal(object)
    kept = Signal(object)
    fault = Signal(object)
    found = Signal(object)
    source_chosen = Signal(int)
    cited = Signal(int, object)
    wanted = Signal(str, object, str, object)
    changed = Signal()

    def __init__(self, bridge: Bridge, view: ChatView) -> None:
        super().__init__(view)
        self._bridge = bridge
        self._view = view
        self._assistant: Assistant | None = None
        self._running: _Running | None = None
        self._asking = False
        self._drafts = Drafts(bridge, view.composer)
        self._outlook = OutlookPresenter(bridge, view.composer)
        self.scope = ScopePresenter(bridge, view.composer)
        self.scope.fault.connect(self.fault)
        self.modes = AnswerModes(view.composer)
        self._turns: list[Shown] = []  # of the conversation in sight
        self.conversation: ConversationId | None = None
        self.documents = False
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(_FRAME_MILLISECONDS)
        self._frame.timeout.connect(self._draw)
        self._drafts.fault.connect(self.fault)
        view.composer.sent.connect(self.ask)
        view.composer.stopped.connect(self.stop)
        view.composer.switched.connect(self.set_documents)
        view.cited.connect(self._cited)
        view.sources_wanted.connect(self.found)
        view.asked_for.connect(self._asked_for)
        view.version_chosen.connect(self.choose)

    @property
    def answering(self) -> ConversationId | None:
        """The conversation in which an answer is being written."""
        return None if self._running is None else self._running.conversation

    @property
    def busy(self) -> bool:
        """True from the moment a question is sent until its answer has ended."""
        return self._asking or self._running is not None

    def attach(self, assistant: Assistant) -> None:
        """Answer with an engine that is open now."""
        self._assistant = assistant
        self._drafts.attach(assistant)
        self._outlook.attach(assistant)
        self.scope.attach(assistant)
        self.modes.attach(assistant)
        self._view.composer.set_ready(True)

    def keep_draft(self) -> None:
        """Keep what stands in the box now, before Privet closes."""
        self._drafts.keep()

    def show(self, info: ConversationInfo | None) -> None:
        """Show a conversation, or the welcome of a new one."""
        self.conversation = None if info is None else info.id
        self.scope.look_at(info)
        self._show_documents(info is not None and info.documents)
        self._drafts.go_to(self.conversation)
        if info is None or self._assistant is None:
            self._turns = []
            self._view.show_turns(())
            self.found.emit(())
            self.changed.emit()
            return
        conversation, assistant = info.id, self._assistant
        self._bridge.call(
            lambda: assistant.conversations.turns(conversation),
            lambda turns: self._show_turns(conversation, turns),
            self.fault.emit,
        )

    def set_documents(self, documents: bool) -> None:
        """Have the questions of this conversation go to the documents, or to the model alone."""
        self._show_documents(documents)
        assistant, conversation = self._assistant, self.conversation
        if assistant is not None and conversation is not None:
            self._bridge.call(
                lambda: assistant.conversations.set_documents(conversation, documents),
                lambda _: self.kept.emit(conversation),
                self.fault.emit,
            )

    def ask(self) -> None:
        """Send what the composer holds."""
        text, assistant = self._view.composer.text.strip(), self._assistant
        if not text or assistant is None or self.busy:
            return
        self._send(text, None)

    def ask_all(self) -> None:
        """Send what the composer holds to all documents that the chat asks, every passage of them."""
        text = self._view.composer.text.strip()
        if text:
            self._send(text, _Over(text, None))

    def summarise(self, document: DocumentInfo) -> None:
        """Have a document summarised, in a chat of its own."""
        self._send(tr("Summarise {title}", title=document.title), _Over("", (document.id,)))

    def _send(self, text: str, over: _Over | None) -> None:
        """Ask in the conversation in sight, or in a new one. over: the documents that are gone through as a whole."""
        assistant = self._assistant
        if assistant is None or self.busy:
            return
        self._asking = True
        self._view.composer.set_answering(True)
        self._view.fault.dismiss()
        if self.conversation is not None:
            self._begin(self.conversation, text, over)
            return
        if over is not None:
            self._show_documents(True)
        documents, workspace, scope = self.documents, self.scope.workspace, self.scope.scope
        self._bridge.call(
            lambda: assistant.conversations.create("", documents, workspace, scope),
            lambda conversation: self._created(conversation, text, over),
            self._not_created,
        )

    def again(self) -> None:
        """Have the newest question answered once more."""
        self._on_last_answer("again")

    def go_on(self) -> None:
        """Go on with the newest answer, where it was cut off."""
        self._on_last_answer("go on")

    @property
    def can_answer_again(self) -> bool:
        """True if there is an answer that can be given once more."""
        return not self.busy and self._last_answer() is not None

    @property
    def can_go_on(self) -> bool:
        """True if the newest answer was cut off."""
        last = self._last_answer()
        return not self.busy and last is not None and last.resumable

    def choose(self, turn: TurnId) -> None:
        """Show another version of a question or an answer, with what followed it."""
        assistant, conversation = self._assistant, self.conversation
        if assistant is None or conversation is None or self.busy:
            return
        self._bridge.call(
            lambda: (assistant.conversations.choose(turn), assistant.conversations.turns(conversation))[1],
            lambda turns: self._show_turns(conversation, turns),
            self.fault.emit,
        )

    def stop(self) -> None:
        """End the answer that is being written; what there is of it stays."""
        if self._running is not None and self._running.task is not None:
            self._running.task.stop.set()
            self._running.answer.progress = tr("Stopping…")
            self._running.answer.share = None
            self._draw()

    # --- one answer -------------------------------------------------------------------------

    def _created(self, conversation: ConversationId, text: str, over: _Over | None) -> None:
        if self.conversation is None:
            self.conversation = conversation
            self._drafts.begun(conversation)
            self.scope.begun(conversation)
            self._outlook.look_at(conversation, self.documents)
            self.created.emit(conversation)
        else:
            self._drafts.forget(None)
        self._begin(conversation, text, over)

    def _not_created(self, error: PrivetError) -> None:
        self._asking = False
        self._view.composer.set_answering(False)
        self.fault.emit(error)

    def _begin(self, conversation: ConversationId, text: str, over: _Over | None = None) -> None:
        assistant = self._assistant
        assert assistant is not None
        begins = tr("Looking in your documents…") if self.documents else tr("Thinking…")
        running = self._running = _Running(conversation, text, Answer(progress=begins, writing=True))
        self._asking = False
        if conversation == self.conversation:
            if over is None or over.question:
                self._view.composer.write("")
            question = Question(text)
            self._turns += [question, running.answer]
            self._view.add(question)
            self._view.add(running.answer)
            self.found.emit(())
        if over is not None:
            self._run(
                running, lambda stop: assistant.answering.whole(conversation, over.question, over.documents, stop)
            )
            return
        mode = self._mode()
        self._run(running, lambda stop: assistant.answering.answer(conversation, text, stop, mode))

    def _run(self, running: _Running, way: Callable[[Stop], Iterator[AnswerEvent]]) -> None:
        running.task = self._bridge.stream(way, self._on_event, self._failed, self._ended, Lane.ANSWER)
        self.changed.emit()

    def again_from(self, turn: TurnId, passages: Sequence[PassageId]) -> None:
        """Have a question answered once more, from these passages."""
        self._asked_for("again", turn, "", passages)

    def on_last_answer(self, what: str) -> None:
        """Do with the newest answer what its menu says."""
        self._on_last_answer(what)

    def _mode(self) -> AnswerMode | None:
        return self.modes.mode if self.documents else None

    def _asked_for(self, what: str, turn: TurnId, words: str, passages: Sequence[PassageId] = ()) -> None:
        """A question in other words, another answer, or the rest of one: what stood behind it leaves the screen."""
        assistant, conversation = self._assistant, self.conversation
        before = upto(self._turns, turn)
        if assistant is None or conversation is None or before is None or self.busy:
            return
        here = self._turns[len(before)]
        question = next((one.text for one in reversed(before) if isinstance(one, Question)), "")
        if what in BESIDES and isinstance(here, Answer):
            self.wanted.emit(what, turn, question, here.citations)
            return
        mode = self._mode()
        answer = Answer(progress=tr("Thinking…"), writing=True)
        way: Callable[[Stop], Iterator[AnswerEvent]]
        if what == "edit":
            question = words
            before.append(Question(words))
            way = lambda stop: assistant.answering.edit(turn, words, stop, mode)  # noqa: E731 - one of three
        elif what == "go on" and isinstance(here, Answer):
            answer = Answer(here.text, here.citations, progress=tr("Thinking…"), writing=True, thought=here.thought)
            way = lambda stop: assistant.answering.go_on(turn, stop)  # noqa: E731
        else:
            way = lambda stop: assistant.answering.again(turn, stop, mode, passages)  # noqa: E731
        self._running = _Running(conversation, question, answer)
        self._turns = [*before, answer]
        self._view.fault.dismiss()
        self._view.composer.set_answering(True)
        self._view.show_turns(self._turns)
        self._run(self._running, way)

    def _on_last_answer(self, what: str) -> None:
        last = self._last_answer()
        if last is not None and last.turn is not None:
            self._asked_for(what, last.turn, "")

    def _last_answer(self) -> Answer | None:
        last = self._turns[-1] if self._turns else None
        return last if isinstance(last, Answer) and last.turn is not None else None

    def _on_event(self, event: AnswerEvent) -> None:
        running = self._running
        if running is None:
            return
        answer = running.answer
        match event:
            case Started(text=text):
                answer.text = text
                self.kept.emit(running.conversation)
            case Retrieved(citations):
                answer.citations = citations
                answer.progress = counted(len(citations), "Found {n} passage", "Found {n} passages")
                self._found(citations)
            case Pointed(citations):
                answer.citations = citations
                self._found(citations)
            case NothingFound(sentence, nearest=nearest):
                answer.text, answer.progress, answer.nothing = sentence, "", bool(nearest)
            case GoingThrough(done, total, left):
                answer.progress, answer.share = going_words(done, total, left), done / total if total else None
            case LeftOut(sentence=sentence):
                answer.left_out = sentence
            case Noted(sentence):
                answer.left_out = f"{answer.left_out} {sentence}".lstrip()
            case Prefilling(done, total, _, left):
                answer.progress, answer.share = reading_words(done, total, left), done / total if total else None
            case Thought(text):
                answer.thought += text
                answer.progress, answer.share = tr("Thinking before it answers…"), None
            case Token(text):
                answer.text += text
                answer.progress, answer.share = "", None
            case Checked(claims):
                answer.claims = (*answer.claims, *claims)
                answer.doubts = (*answer.doubts, *doubts(claims, answer.citations))
            case Answered():
                answer.text, answer.note = event.text, event.note
                answer.claims, answer.doubts = event.claims, doubts(event.claims, event.citations)
                # Passages that were found stay in sight also where the answer points to none of them.
                answer.citations = event.citations or answer.citations
        if not self._frame.isActive():
            self._frame.start()

    def _failed(self, error: PrivetError) -> None:
        if self._running is not None:
            self._running.answer.note = error.what
        self.fault.emit(error)

    def _ended(self) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        running.answer.writing, running.answer.progress = False, ""
        self._frame.stop()
        self._view.update_answer(running.answer)
        if running.conversation == self.conversation:
            announce(self._view, running.answer.text)
        self._view.composer.set_answering(False)
        self.kept.emit(running.conversation)
        self._renew(running.conversation)
        self.changed.emit()

    def _renew(self, conversation: ConversationId) -> None:
        """Learn what the vault knows now of the turns in sight: their ids and versions."""
        assistant = self._assistant
        if assistant is not None and conversation == self.conversation:
            self._bridge.call(
                lambda: assistant.conversations.turns(conversation),
                lambda turns: self._renewed(conversation, turns),
                self.fault.emit,
            )

    def _renewed(self, conversation: ConversationId, turns: Sequence[Turn]) -> None:
        if conversation != self.conversation or self.busy:
            return
        known = shown(turns)
        if len(known) != len(self._turns):
            self._show_turns(conversation, tuple(turns))
            return
        self._view.renew(known)
        for here, one in zip(self._turns, known, strict=True):
            here.turn, here.versions = one.turn, one.versions
            if isinstance(here, Answer) and isinstance(one, Answer):
                here.resumable = one.resumable
        self._outlook.tell()
        self.changed.emit()

    def _draw(self) -> None:
        if self._running is not None:
            self._view.update_answer(self._running.answer)

    def _found(self, citations: tuple[Citation, ...]) -> None:
        if self._running is not None and self._running.conversation == self.conversation:
            self.found.emit(citations)

    # --- what is on the screen --------------------------------------------------------------

    def _show_documents(self, documents: bool) -> None:
        self.documents = documents
        self._view.show_documents(documents)
        self._outlook.look_at(self.conversation, documents)
        self.changed.emit()

    def _show_turns(self, conversation: ConversationId, turns: tuple[Turn, ...]) -> None:
        if conversation != self.conversation:
            return  # the person has gone on to another one meanwhile
        all_shown = shown(turns)
        if self._running is not None and self._running.conversation == conversation:
            all_shown = with_running(all_shown, self._running.question, self._running.answer)
        self._turns = all_shown
        self._view.show_turns(all_shown)
        last = next((turn for turn in reversed(all_shown) if isinstance(turn, Answer)), None)
        self.found.emit(last.citations if last is not None else ())
        self._outlook.tell()  # another version is another prompt
        self.changed.emit()

    def _cited(self, number: int, citations: tuple[Citation, ...]) -> None:
        self.found.emit(citations)
        self.source_chosen.emit(number)
        self.cited.emit(number, citations)
