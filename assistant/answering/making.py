"""A question answered: from a table, from the passages that are found, or by the model alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from assistant.answering.asking import gives_orders, with_pinned
from assistant.answering.circles import Circles
from assistant.answering.claiming import doubts
from assistant.answering.finding import Finding
from assistant.answering.fitting import Fitting
from assistant.answering.orders import without_orders
from assistant.answering.pointing import Until, by_model
from assistant.answering.prompt import Source
from assistant.answering.sending import sent
from assistant.answering.tabling import FromTable, Tabling
from assistant.answering.waits import Waits
from assistant.answering.written import Written
from assistant.conversations import SentPrompts
from assistant.engine import Engine
from assistant.errors import BadInput, ChildDied, PrivetError
from assistant.settings import Settings, options
from assistant.values import (
    AnswerEvent,
    AnswerMode,
    Citation,
    DocumentId,
    EitherStop,
    FinishReason,
    Generated,
    LeftOut,
    Noted,
    NothingFound,
    PassageId,
    Pointed,
    Prefilling,
    Retrieved,
    Sampling,
    Stop,
    TableChoice,
    Thought,
    Token,
    Turn,
    TurnId,
)

_CHECK_SECONDS: Final = 2.0
_NOT_IN_TABLE: Final = "This table does not say; your documents are searched instead."


@dataclass(frozen=True, slots=True)
class Question:
    """A question to be answered. history: what was said before it. version: which answer to it this is, from 0.

    mode: how it is answered from documents; None as the settings say. pinned: passages that are kept in mind.
    table: the table that it is for; None to find out. within: the documents that it may be put to; None for all.
    passages: to be answered from, chosen by the person; () for those that a search finds.
    """

    turn: TurnId
    text: str
    history: Sequence[Turn]
    documents: bool
    version: int = 0
    mode: AnswerMode | None = None
    pinned: Sequence[Citation] = ()
    table: TableChoice | None = None
    within: Collection[DocumentId] | None = None
    passages: Sequence[PassageId] = ()


class Making:
    """Makes the answer to a question that was kept, told as events."""

    def __init__(
        self,
        engine: Engine,
        finding: Finding,
        fitting: Fitting,
        tabling: Tabling,
        waits: Waits,
        settings: Settings,
        notes: Callable[[], Sequence[str]],
        sent: SentPrompts | None,
    ) -> None:
        """notes, sent: as of `Answering`."""
        self._engine = engine
        self._finding = finding
        self._fitting = fitting
        self._tabling = tabling
        self._waits = waits
        self._settings = settings
        self._notes = notes
        self._sent = sent

    def from_documents(self, asked: Question, written: Written, stop: Stop) -> Iterator[AnswerEvent]:
        """Search, show what was found, and only then let the model speak; if nothing was found, it stays silent."""
        counted = None if asked.passages else self._from_table(asked, stop)
        if counted is not None:
            written.retrieval_seconds = time.monotonic() - written.began
            yield Retrieved(counted.citations, written.retrieval_seconds)
            yield counted.queried
            yield from written.tell(counted)
            return
        if asked.table is not None:
            yield Noted(_NOT_IN_TABLE)
        chosen, reach = asked.passages, asked.within
        found = self._finding.these(chosen, reach) if chosen else self._finding.search(asked.text, asked.history, reach)
        written.retrieval_seconds = time.monotonic() - written.began
        if not found:
            written.text, written.reason = self._finding.nothing(asked.within), FinishReason.COMPLETE
            nearest = self._finding.nearest(asked.text, asked.history, reach)
            yield NothingFound(written.text, written.retrieval_seconds, nearest)
            return
        mode = self.mode(asked)
        if mode is not AnswerMode.QUOTES and not chosen:
            found = self._finding.with_neighbours(found)
        found = with_pinned(found, asked.pinned)
        yield Retrieved(found, written.retrieval_seconds)
        if mode is AnswerMode.QUOTES:
            yield from written.quote(found)
            yield from self._point(asked, written, stop)
            return
        written.cite(found, alike=self._finding.alike, mode=mode)
        yield from self.generate(asked, written, stop)

    def _from_table(self, asked: Question, stop: Stop) -> FromTable | None:
        """What a table says, where the question is one for a table. Raises BadInput for a query that is not run."""
        model = self.mode(asked) is not AnswerMode.QUOTES
        if asked.table is not None:
            if asked.within is not None and asked.table.document not in asked.within:
                raise BadInput(
                    "This table is not among the documents that this conversation asks.", "Choose another table."
                )
            return self._tabling.ask(asked.text, asked.table, stop, model=model)
        return self._tabling.answer(asked.text, stop, asked.within, model=model)

    def mode(self, asked: Question) -> AnswerMode:
        """How it is answered from documents."""
        return asked.mode or AnswerMode(self._settings.get(options.ANSWER_MODE))

    def generate(self, asked: Question, written: Written, stop: Stop, begun: str = "") -> Iterator[AnswerEvent]:
        """Have the model write it from what `written` cites; begun: what it says already, unmarked."""
        pinned = {citation.passage_id for citation in asked.pinned}
        found = [citation for citation in written.citations if citation.passage_id not in pinned]
        source = Source(self._fitting.instructions, asked.history, asked.text, found, begun, pinned=asked.pinned)
        prompt = self._fitting.prompt(source)
        if self._sent is not None:
            self._sent.keep(written.turn, sent(self._engine, prompt, source, self._fitting.window()[1]))
        for sentence in self._notes():
            yield Noted(sentence)
        if ordering := [citation for citation in (*found, *asked.pinned) if without_orders(citation.text)[1]]:
            yield Noted(gives_orders(ordering))
        if prompt.left_out:
            yield LeftOut(prompt.turns, prompt.passages, prompt.left_out)
        circles, round_and_round = Circles(), Stop()
        try:
            for event in self._engine.stream(prompt.messages, self._sampling(asked), EitherStop(stop, round_and_round)):
                match event:
                    case Token(text):
                        yield from written.write(text)
                        if circles.add(text):
                            round_and_round.set()
                    case Thought(text):
                        yield from written.think(text)
                    case Prefilling() | Noted():
                        yield event
                    case Generated(reason=FinishReason.STOPPED) if round_and_round.requested:
                        written.end(replace(event, reason=FinishReason.REPEATED))
                    case Generated():
                        written.end(event)
        except ChildDied:
            yield from written.finish()
            raise
        yield from written.finish()
        if written.citations:
            self._ask_again(written, stop)
            if self.mode(asked) is AnswerMode.CAREFUL:
                yield from self._point(asked, written, stop)
        written.explain()
        expected = self._finding.expected() if written.citations else 0.0
        self._waits.answered(written, prompt.documents, expected, self._engine.speed)

    def _ask_again(self, written: Written, stop: Stop) -> None:
        """Have the model say what stands in the passages where a supported sentence has its numbers and names.

        Only if it is in memory and nobody else wants it, for a while at most; what was not asked then keeps its mark.
        """
        if not self._engine.in_memory or not self._engine.pause or stop.requested:
            return
        until = Until(stop, _CHECK_SECONDS)
        with suppress(PrivetError, ChildDied):
            found = list(doubts(self._engine, written.text, written.claims, written.citations, until))
            for one in reversed(found):
                written.doubt(one.at, one.said, one.seems)

    def _point(self, asked: Question, written: Written, stop: Stop) -> Iterator[Pointed]:
        """Have the model choose the words that answer, if it is in memory and nobody else wants it."""
        if not self._engine.in_memory or not self._engine.pause or stop.requested:
            return
        telling = self._finding.telling(asked.text, asked.history)
        for citations in by_model(self._engine, asked.text, telling, written.citations, stop, read=self._finding.read):
            written.citations = citations
            yield Pointed(citations)

    def _sampling(self, asked: Question) -> Sampling:
        version = asked.version
        temperature = self._settings.get(options.TEMPERATURE)
        return Sampling(
            # At 0 every seed gives the same answer, and a person who asks for another one wants another one.
            temperature=temperature if temperature or not version else options.TEMPERATURE.default,
            repeat_penalty=self._settings.get(options.REPEAT_PENALTY),
            seed=self._settings.get(options.SEED) + version,
            max_tokens=self._settings.get(options.MAX_ANSWER_TOKENS),
            # Drafts pay where an answer repeats its passages. In a chat they would gain little, and a batch is
            # rounded otherwise than single steps: without them the same seed gives the same answer.
            lookup=asked.documents,
        )
