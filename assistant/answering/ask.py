"""One question's way through the rooms, told as events, with every word kept as it comes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from assistant.answering.cite import Marker
from assistant.answering.prompt import Prompt, compose
from assistant.conversations import Conversations
from assistant.engine import ContextFull, Engine, LoadedModel
from assistant.errors import BadInput, ChildDied, PrivetError
from assistant.retrieval import Retrieval
from assistant.settings import Settings, options
from assistant.values import (
    Answered,
    AnswerEvent,
    Citation,
    ConversationId,
    FinishReason,
    Generated,
    Hit,
    LeftOut,
    NothingFound,
    Prefilling,
    Retrieved,
    Role,
    Sampling,
    Started,
    Stop,
    Token,
    TurnId,
    TurnState,
)

_log = logging.getLogger("privet.answering")

_KEEP_SECONDS: Final = 1.0
"""How much of an answer may be lost if the power fails: what was written in the last second."""
_MARGIN_TOKENS: Final = 16
_STATES: Final = {
    FinishReason.COMPLETE: TurnState.COMPLETE,
    FinishReason.LENGTH: TurnState.CUT,
    FinishReason.STOPPED: TurnState.STOPPED,
    FinishReason.INTERRUPTED: TurnState.INTERRUPTED,
}
NO_DOCUMENTS: Final = "There are no documents yet, so there is nothing to search. Add one and ask again."
NOTHING_FOUND: Final = "I found nothing about this in your documents."
_CUT: Final = "The answer reached its greatest length and was cut off here."
_STOPPED: Final = "You stopped this answer."
_UNSUPPORTED: Final = "Nothing in the passages supports this; read them yourself."
_PARTLY: Final = "Sentences without a number were not found in the passages."


@dataclass(slots=True)
class _Answer:
    """An answer in the making."""

    turn: TurnId
    began: float
    text: str = ""
    citations: tuple[Citation, ...] = ()
    reason: FinishReason = FinishReason.INTERRUPTED
    note: str = ""
    retrieval_seconds: float = 0.0
    first_token_seconds: float | None = None
    prompt_tokens: int = 0
    answer_tokens: int = 0
    kept_at: float = field(default_factory=time.monotonic)

    def finished(self) -> Answered:
        """The event that ends it."""
        return Answered(
            self.turn,
            self.text,
            self.reason,
            self.citations,
            self.note,
            self.retrieval_seconds,
            self.first_token_seconds,
            time.monotonic() - self.began,
            self.prompt_tokens,
            self.answer_tokens,
        )


class Answering:
    """Answers questions of a conversation, from the model alone or from the person's documents."""

    def __init__(
        self,
        conversations: Conversations,
        engine: Engine,
        load: Callable[[], LoadedModel],
        embed: Callable[[str], bytes],
        retrieval: Retrieval,
        settings: Settings,
    ) -> None:
        """load: has the chosen model in memory. embed: a question's vector, float32 little-endian, of unit length."""
        self._conversations = conversations
        self._engine = engine
        self._load = load
        self._embed = embed
        self._retrieval = retrieval
        self._settings = settings

    def answer(self, conversation: ConversationId, question: str, stop: Stop) -> Iterator[AnswerEvent]:
        """Answer, as events: Started first, Answered last.

        The question is kept before anything else, the answer about once a second. If the model's process
        dies, Answered says so and carries the half answer. Raises PrivetError where no answer can be
        given at all; what was asked is kept then too.
        """
        began = time.monotonic()
        question = question.strip()
        if not question:
            raise BadInput("There is no question.", "Write one and send it again.")
        info = self._conversations.conversation(conversation)
        asked = self._conversations.append(conversation, Role.USER, question)
        answer = _Answer(self._conversations.append(conversation, Role.ASSISTANT, "", state=TurnState.WRITING), began)
        try:
            yield Started(asked, answer.turn)
            if info.documents:
                yield from self._from_documents(conversation, question, answer, stop)
            else:
                yield from self._generate(conversation, question, answer, stop)
        except ChildDied as error:
            answer.reason, answer.note = FinishReason.INTERRUPTED, error.what
        except PrivetError as error:
            answer.note = error.what
            raise
        finally:
            self._keep(answer)
        _log.info("answered: %s, %d tokens", answer.reason, answer.answer_tokens)
        yield answer.finished()

    def _from_documents(
        self, conversation: ConversationId, question: str, answer: _Answer, stop: Stop
    ) -> Iterator[AnswerEvent]:
        """Search, show what was found, and only then let the model speak; if nothing was found, it stays silent."""
        found = self._search(question)
        answer.retrieval_seconds = time.monotonic() - answer.began
        if not found:
            answer.text = NOTHING_FOUND if self._retrieval.documents() else NO_DOCUMENTS
            answer.reason = FinishReason.COMPLETE
            yield NothingFound(answer.text, answer.retrieval_seconds)
            return
        answer.citations = tuple(_citation(number, hit) for number, hit in enumerate(found, 1))
        yield Retrieved(answer.citations, answer.retrieval_seconds)
        marker = Marker(answer.citations)
        yield from self._generate(conversation, question, answer, stop, marker)
        if marker.unsupported:
            answer.note = f"{answer.note} {_PARTLY if marker.supported else _UNSUPPORTED}".strip()

    def _search(self, question: str) -> Sequence[Hit]:
        count = self._settings.get(options.PASSAGES_PER_ANSWER)
        try:
            vector = self._embed(question)
        except ChildDied:
            # Words alone still find most of it, and that beats no answer; the embedder starts again next time.
            vector = b""
        hits = self._retrieval.search(question, vector, count)
        return self._retrieval.relevant(hits, self._settings.get(options.RELEVANCE_THRESHOLD))

    def _generate(
        self, conversation: ConversationId, question: str, answer: _Answer, stop: Stop, marker: Marker | None = None
    ) -> Iterator[AnswerEvent]:
        prompt = self._compose(conversation, question, answer)
        if prompt.left_out:
            yield LeftOut(prompt.turns, prompt.passages, prompt.left_out)
        sampling = Sampling(
            temperature=self._settings.get(options.TEMPERATURE),
            max_tokens=self._settings.get(options.MAX_ANSWER_TOKENS),
        )
        try:
            for event in self._engine.stream(prompt.messages, sampling, stop):
                match event:
                    case Token(text):
                        yield from self._write(answer, marker.add(text) if marker else text)
                    case Prefilling():
                        yield event
                    case Generated(reason=reason):
                        answer.reason = reason
                        answer.prompt_tokens, answer.answer_tokens = event.prompt_tokens, event.answer_tokens
        except ChildDied:
            yield from self._end_text(answer, marker)
            raise
        yield from self._end_text(answer, marker)
        answer.note = {FinishReason.LENGTH: _CUT, FinishReason.STOPPED: _STOPPED}.get(answer.reason, "")

    def _compose(self, conversation: ConversationId, question: str, answer: _Answer) -> Prompt:
        """Raises ContextFull if the question alone is too long."""
        loaded = self._load()
        reserve = min(self._settings.get(options.MAX_ANSWER_TOKENS), loaded.context // 2)
        history = self._conversations.turns(conversation)[:-2]  # without this question and its empty answer
        prompt = compose(
            self._settings.get(options.INSTRUCTIONS),
            history,
            question,
            answer.citations,
            self._engine.count,
            loaded.context - reserve - _MARGIN_TOKENS,
        )
        if prompt is None:
            raise ContextFull(
                f"This is longer than the model can read at once ({loaded.context:,} tokens, about "
                f"{loaded.context * 3 // 4:,} words).",
                "Shorten it, or add it as a document and ask about that.",
            )
        return prompt

    def _write(self, answer: _Answer, text: str) -> Iterator[Token]:
        """Add `text` and show it; keep what is there if the last time was a while ago."""
        text = text if answer.text else text.lstrip()
        if not text:
            return
        now = time.monotonic()
        if answer.first_token_seconds is None:
            answer.first_token_seconds = now - answer.began
        answer.text += text
        yield Token(text)
        if now - answer.kept_at >= _KEEP_SECONDS:
            answer.kept_at = now
            self._conversations.update(answer.turn, answer.text, TurnState.WRITING, citations=answer.citations)

    def _end_text(self, answer: _Answer, marker: Marker | None) -> Iterator[Token]:
        """Show what the marker held back, also of half an answer."""
        if marker:
            yield from self._write(answer, marker.finish())
        answer.text = answer.text.rstrip()

    def _keep(self, answer: _Answer) -> None:
        self._conversations.update(
            answer.turn, answer.text, _STATES[answer.reason], citations=answer.citations, note=answer.note
        )


def _citation(number: int, hit: Hit) -> Citation:
    return Citation(
        number=number,
        document=hit.document,
        place=hit.passage.place,
        page=hit.passage.page,
        text=hit.passage.text,
        score=hit.score,
        document_id=hit.document_id,
        passage_id=hit.id,
    )
