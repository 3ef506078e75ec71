"""One question's way through the rooms, told as events, with every word kept as it comes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager

from assistant.answering.asking import require_half, up_to_question, worth_asking
from assistant.answering.evidence import Near, Read
from assistant.answering.finding import Finding
from assistant.answering.fitting import Fitting
from assistant.answering.forecast import Forecast
from assistant.answering.making import Making, Question
from assistant.answering.pinned import Pinned
from assistant.answering.prompt import Source, unmarked
from assistant.answering.reordering import Ranks
from assistant.answering.tabling import Tabling
from assistant.answering.waits import Waits
from assistant.answering.whole import Whole
from assistant.answering.written import Written
from assistant.conversations import Conversations, Notes, Pins, SentPrompts
from assistant.engine import Engine, LoadedModel
from assistant.errors import BadInput, ChildDied, PrivetError
from assistant.retrieval import Retrieval
from assistant.settings import Settings
from assistant.values import (
    EVERYTHING,
    Adapter,
    Answered,
    AnswerEvent,
    AnswerMode,
    Citation,
    ConversationId,
    ConversationInfo,
    DocumentId,
    FinishReason,
    Outlook,
    PassageId,
    Retrieved,
    Role,
    Scope,
    Sent,
    Started,
    Stop,
    TableChoice,
    Turn,
    TurnId,
    TurnState,
)
from assistant.workspaces import Workspaces

_log = logging.getLogger("privet.answering")


class _GivingWay(Stop):
    """Stops what is done in advance when its person says so, and when something else is wanted first."""

    def __init__(self, asked: Stop) -> None:
        super().__init__()
        self._asked = asked

    @property
    def requested(self) -> bool:
        """True from the moment that either wish was there."""
        return super().requested or self._asked.requested


class Answering:
    """Answers questions of a conversation, from the model alone or from the person's documents.

    The ways to an answer are generators of events: Started first, Answered last. What was asked is kept before
    anything else, the answer about once a second. If the model's process dies, Answered says so and carries the
    half answer. They raise NotFound and BadInput before Started, and another PrivetError where no answer can be
    given at all; what was asked is kept then too.
    """

    def __init__(
        self,
        conversations: Conversations,
        pins: Pins,
        engine: Engine,
        load: Callable[[], LoadedModel],
        embed: Callable[[Sequence[str]], Sequence[bytes]],
        near: Near,
        retrieval: Retrieval,
        settings: Settings,
        log: Callable[[Answered], None] = lambda answered: None,
        notes: Callable[[], Sequence[str]] = tuple,
        beside: Callable[[Adapter | None], None] = lambda adapter: None,
        reading_notes: Notes | None = None,
        workspaces: Workspaces | None = None,
        sent: SentPrompts | None = None,
        ranks: Ranks | None = None,
        read: Read | None = None,
    ) -> None:
        """load: has the chosen model in memory. embed: the vectors of texts, float32 little-endian, of unit length.

        near, read: as `Embedder.near` and `Embedder.read`.

        log: told of each answer once it is kept. notes: sentences about how the model runs that nobody was told yet.
        beside: puts a conversation's adapter beside the model. reading_notes: what is noted on the way through whole
        documents; None where nobody asks for that. workspaces: which documents a conversation may reach; None where
        each may reach all. sent: where it is kept what the model was given. ranks: a model that orders what is found.
        """
        self._log = log
        self._sent = sent
        self._beside = beside
        self._conversations = conversations
        self._engine = engine
        self._finding = Finding(retrieval, embed, near, settings, ranks, read)
        self._retrieval = retrieval
        self._fitting = Fitting(engine, load, settings)
        self._workspaces = workspaces
        self.pinned = Pinned(pins, retrieval, self._fitting, lambda one: self._reach(conversations.conversation(one)))
        self.tabling = Tabling(retrieval, engine, load, self._finding.vector)
        self._reading_notes = reading_notes
        self._whole = Whole(retrieval, engine, load, self._finding, reading_notes, settings) if reading_notes else None
        self._waits = Waits()
        self._forecast = Forecast(engine, self._fitting, self._finding, self._waits)
        self._making = Making(engine, self._finding, self._fitting, self.tabling, self._waits, settings, notes, sent)
        self._gate = threading.Lock()
        self._wanted = 0  # answers being made or waiting for their turn
        self._warming: Stop | None = None

    def answer(
        self,
        conversation: ConversationId,
        question: str,
        stop: Stop,
        mode: AnswerMode | None = None,
        table: TableChoice | None = None,
    ) -> Iterator[AnswerEvent]:
        """Answer a question at the end of the branch that is shown. The conversation's draft goes with it.

        mode: how it is answered from documents; None as the settings say. table: the table that is asked; None to
        find out whether one is.
        """
        began = time.monotonic()
        question = worth_asking(question)
        info = self._conversations.conversation(conversation)
        within = self._reach(info, info.scope)
        asked, turn = self._conversations.ask(conversation, question)
        self._conversations.keep_draft(conversation, "")
        history = self._conversations.until(asked)[:-1]
        written = Written(self._conversations, turn, began)
        pinned = self.pinned.of(conversation)
        asking = Question(
            asked, question, history, info.documents, mode=mode, pinned=pinned, table=table, within=within
        )
        yield from self._way(asking, written, stop)

    def whole(
        self, conversation: ConversationId, question: str, documents: Sequence[DocumentId] | None, stop: Stop
    ) -> Iterator[AnswerEvent]:
        """Answer from all of `documents`, every passage gone through; question: "" to have them summarised.

        documents: None for all that the conversation asks.

        GoingThrough tells how far it is. A stop keeps what was read, and `go_on` goes on from there, after a restart
        too. Raises BadInput where there is nothing to go through.
        """
        began = time.monotonic()
        info = self._conversations.conversation(conversation)
        if documents is None:
            within = self._reach(info, info.scope)
            documents = [one.id for one in self._retrieval.documents() if within is None or one.id in within]
        if not documents or self._reading_notes is None:
            raise BadInput("There is no document to go through.", "Add one, or choose others.")
        self._require_within(info, documents)
        titles = [info.title for info in self._retrieval.documents() if info.id in documents]
        told = question.strip() or f"Summarise {', '.join(titles[:3])}{' and others' if len(titles) > 3 else ''}"
        asked, turn = self._conversations.ask(conversation, told)
        self._reading_notes.begin(turn, question.strip(), documents)
        written = Written(self._conversations, turn, began)
        yield from self._way(Question(asked, told, (), documents=True), written, stop)

    def edit(self, turn: TurnId, text: str, stop: Stop, mode: AnswerMode | None = None) -> Iterator[AnswerEvent]:
        """Ask a question in other words, and answer that: a branch of its own; what followed the old words stays.

        turn: the question, in any version. mode: as of `answer`.
        """
        began = time.monotonic()
        text = worth_asking(text)
        *history, old = self._conversations.until(turn)
        if old.role is not Role.USER:
            raise BadInput("Only what you asked yourself can be changed.", "Choose a question of yours.")
        info = self._conversations.conversation_of(turn)
        within = self._reach(info, info.scope)
        asked, place = self._conversations.ask(info.id, text, beside=turn)
        written = Written(self._conversations, place, began)
        asking = Question(
            asked, text, history, info.documents, mode=mode, pinned=self.pinned.of(info.id), within=within
        )
        yield from self._way(asking, written, stop)

    def again(
        self,
        turn: TurnId,
        stop: Stop,
        mode: AnswerMode | None = None,
        passages: Sequence[PassageId] = (),
    ) -> Iterator[AnswerEvent]:
        """Answer the same question once more, with the next seed; the earlier answers stay, as versions.

        turn: one of the answers, or the question itself. mode: as of `answer`. passages: to be answered from, in
        place of those that a search finds.
        """
        began = time.monotonic()
        *history, question = up_to_question(self._conversations.until(turn))
        info = self._conversations.conversation_of(question.id)
        within = self._reach(info, info.scope)
        over = None if self._reading_notes is None else self._reading_notes.begun(turn)
        if over is not None:
            self._require_within(info, over[1])
        place = self._conversations.reply(question.id)
        if self._reading_notes is not None and over is not None:
            self._reading_notes.begin(place, *over)
        version = len(self._conversations.turn(place).versions) - 1
        written = Written(self._conversations, place, began)
        pinned = self.pinned.of(info.id)
        searched = info.documents or bool(passages)
        asked = Question(question.id, question.text, history, searched, version, mode, pinned, None, within, passages)
        yield from self._way(asked, written, stop)

    def candidates(self, turn: TurnId) -> tuple[Citation, ...]:
        """Passages that the question before an answer might be answered from, best first: more than an answer gets."""
        *history, question = up_to_question(self._conversations.until(turn))
        info = self._conversations.conversation_of(turn)
        return self._finding.candidates(question.text, history, self._reach(info, info.scope))

    def go_on(self, turn: TurnId, stop: Stop) -> Iterator[AnswerEvent]:
        """Go on with an answer that was cut off, stopped or interrupted: the same turn grows, nothing of it changes.

        Only a number behind a sentence that was broken off goes until that sentence ends. Where no word of it was
        written yet, the answer begins anew.
        """
        began = time.monotonic()
        branch = self._conversations.until(turn)
        half = branch[-1]
        require_half(half)
        *history, question = up_to_question(branch)
        info = self._conversations.conversation_of(turn)
        within = self._reach(info, info.scope)
        self._conversations.choose(turn)
        if self._reading_notes is not None and (over := self._reading_notes.begun(turn)) is not None:
            self._require_within(info, over[1])
            asked = Question(question.id, question.text, (), documents=True)
            yield from self._way(asked, Written(self._conversations, turn, began), stop)
            return
        self._conversations.update(
            turn, half.text, TurnState.WRITING, note="", thought=half.thought if half.text else ""
        )
        written = Written(self._conversations, turn, began)
        version, pinned = half.versions.index(turn), self.pinned.of(info.id)
        asked = Question(question.id, question.text, history, info.documents, version, pinned=pinned, within=within)
        if not half.text:
            yield from self._way(asked, written, stop)
            return
        written.thought, written.text = half.thought, half.text
        if half.citations:
            written.cite(half.citations, unmarked(half), self._finding.alike, self._making.mode(asked))
        yield from self._way(asked, written, stop, begun=unmarked(half))

    def saw(self, turn: TurnId) -> Sent | None:
        """What the model was given for an answer; None where no model was asked, or a document that was in it went."""
        return self._sent.of(turn) if self._sent is not None else None

    def outlook(self, conversation: ConversationId | None, draft: str, documents: bool = False) -> Outlook:
        """What sending `draft` would mean: tokens of each part of the window, and the wait for the first word.

        conversation: None for one that has not begun; `documents` says then whether it will ask them. Passages
        are not known before the search: they are taken to be as long as most here, as many as an answer gets.
        While the engine is at work nobody waits for it, and lengths not counted yet are estimated. Raises
        NotFound, and what loading the model raises.
        """
        history: tuple[Turn, ...] = ()
        if conversation is not None:
            documents = self._conversations.conversation(conversation).documents
            history = self._conversations.turns(conversation)
        busy = self._wanted > 0 or self._warming is not None
        return self._forecast.outlook(history, draft, documents, busy, self.pinned.of(conversation))

    def warm(self, conversation: ConversationId | None, stop: Stop) -> None:
        """Read what the next prompt begins with before it is asked: the instructions, and the conversation so far.

        Blocks until that is done, `stop` is set, or a question comes, which goes first; while an answer is being
        made it returns at once. Raises NotFound, and what the engine raises.
        """
        way = _GivingWay(stop)
        with self._gate:
            if self._wanted:
                return
            if self._warming is not None:
                self._warming.set()
            self._warming = way
        try:
            history = () if conversation is None else self._conversations.turns(conversation)
            adapter = None if conversation is None else self._conversations.conversation(conversation).adapter
            with self._gate:
                if self._wanted:
                    return  # an answer has begun meanwhile, perhaps with another adapter
                self._beside(adapter)
            prompt = self._fitting.prompt(
                Source(self._fitting.instructions, history, "", pinned=self.pinned.of(conversation))
            )
            if len(prompt.messages) > 1 and not way.requested:
                self._engine.warm(prompt.messages[:-1], way)
        finally:
            with self._gate:
                if self._warming is way:
                    self._warming = None

    def _way(self, asked: Question, written: Written, stop: Stop, begun: str = "") -> Iterator[AnswerEvent]:
        """The answer in `written`, from Started to Answered; begun: what it says already, unmarked."""
        with self._going_first():
            try:
                yield Started(asked.turn, written.turn, written.text)
                self._beside(self._conversations.conversation_of(written.turn).adapter)
                if begun:
                    if written.citations:
                        yield Retrieved(written.citations, 0.0)
                    yield from self._making.generate(asked, written, stop, begun)
                elif (
                    self._whole is not None
                    and self._reading_notes
                    and (over := self._reading_notes.begun(written.turn))
                ):
                    yield from self._whole.answer(written.turn, *over, written, stop, self._making.mode(asked))
                elif asked.documents:
                    yield from self._making.from_documents(asked, written, stop)
                else:
                    yield from self._making.generate(asked, written, stop)
            except ChildDied as error:
                written.reason, written.note = FinishReason.INTERRUPTED, error.what
            except PrivetError as error:
                written.note = error.what
                raise
            finally:
                written.keep()
        _log.info("answered: %s, %d tokens", written.reason, written.finished().answer_tokens)
        self._log(written.finished())
        yield written.finished()

    def _reach(self, info: ConversationInfo, scope: Scope = EVERYTHING) -> Collection[DocumentId] | None:
        """The documents that a conversation may reach within its workspace; None for all. Raises BadInput."""
        return None if self._workspaces is None else self._workspaces.reach(info.workspace, scope)

    def _require_within(self, info: ConversationInfo, documents: Collection[DocumentId]) -> None:
        """Raise BadInput where a document is of another workspace."""
        within = self._reach(info)
        if within is not None and not set(documents) <= set(within):
            raise BadInput("This document belongs to another workspace.", "Ask it in a conversation there.")

    @contextmanager
    def _going_first(self) -> Iterator[None]:
        """Have what is being read in advance give way as long as an answer is wanted."""
        with self._gate:
            self._wanted += 1
            if self._warming is not None:
                self._warming.set()
        try:
            yield
        finally:
            with self._gate:
                self._wanted -= 1
