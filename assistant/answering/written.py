"""An answer while it is being written: what was shown is kept about once a second, and whole at its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from assistant.answering.cite import Marker
from assistant.conversations import Conversations
from assistant.values import Answered, Citation, FinishReason, Generated, Thought, Token, TurnId, TurnState

_KEEP_SECONDS: Final = 1.0
"""How much of an answer may be lost if the power fails: what was written in the last second."""
_STATES: Final = {
    FinishReason.COMPLETE: TurnState.COMPLETE,
    FinishReason.LENGTH: TurnState.CUT,
    FinishReason.STOPPED: TurnState.STOPPED,
    FinishReason.INTERRUPTED: TurnState.INTERRUPTED,
}
_CUT: Final = "The answer reached its greatest length and was cut off here."
_STOPPED: Final = "You stopped this answer."
_UNSUPPORTED: Final = "Nothing in the passages supports this; read them yourself."
_PARTLY: Final = "Sentences without a number were not found in the passages."


@dataclass(slots=True)
class Written:
    """An answer in the making. marker: sets the numbers of its passages, None where it has none."""

    conversations: Conversations
    turn: TurnId
    began: float
    text: str = ""
    thought: str = ""
    citations: tuple[Citation, ...] = ()
    marker: Marker | None = None
    reason: FinishReason = FinishReason.INTERRUPTED
    note: str = ""
    retrieval_seconds: float = 0.0
    first_token_seconds: float | None = None
    generated: Generated | None = None
    kept_at: float = field(default_factory=time.monotonic)

    def cite(self, citations: tuple[Citation, ...], text: str = "") -> None:
        """Answer from these passages. text: what the answer says already, unmarked; its last sentence is open again."""
        self.citations = citations
        self.marker = Marker(citations)
        self.text = self.marker.add(text)

    def think(self, text: str) -> Iterator[Thought]:
        """Add to what the model says to itself, and show it."""
        self._first()
        self.thought += text
        yield Thought(text)
        self._keep_now_and_then()

    def write(self, text: str) -> Iterator[Token]:
        """Add what the model wrote, with its numbers, and show it."""
        yield from self._show(self.marker.add(text) if self.marker else text)

    def finish(self) -> Iterator[Token]:
        """Show what the marker held back, also of half an answer."""
        if self.marker:
            yield from self._show(self.marker.finish())
        self.text = self.text.rstrip()

    def end(self, generated: Generated) -> None:
        """The model has come to an end, by itself or not."""
        self.generated, self.reason = generated, generated.reason

    def explain(self) -> None:
        """Say in the note how it ended, and what of it no passage supports."""
        notes = [{FinishReason.LENGTH: _CUT, FinishReason.STOPPED: _STOPPED}.get(self.reason, "")]
        if self.marker and self.marker.unsupported:
            notes.append(_PARTLY if self.marker.supported else _UNSUPPORTED)
        self.note = " ".join(filter(None, notes))

    def keep(self) -> None:
        """Keep it as it is now, as an answer that has ended, with what nobody was there to be shown."""
        if self.marker:
            held = self.marker.finish()
            self.text += held if self.text else held.lstrip()
        self.conversations.update(
            self.turn, self.text, _STATES[self.reason], citations=self.citations, note=self.note, thought=self.thought
        )

    def finished(self) -> Answered:
        """The event that ends it."""
        cost = self.generated
        return Answered(
            self.turn,
            self.text,
            self.reason,
            self.citations,
            self.note,
            self.retrieval_seconds,
            self.first_token_seconds,
            time.monotonic() - self.began,
            cost.prompt_tokens if cost else 0,
            cost.answer_tokens if cost else 0,
            self.thought,
            cost.cached_tokens if cost else 0,
        )

    def _show(self, text: str) -> Iterator[Token]:
        text = text if self.text else text.lstrip()
        if not text:
            return
        self._first()
        self.text += text
        yield Token(text)
        self._keep_now_and_then()

    def _first(self) -> None:
        if self.first_token_seconds is None:
            self.first_token_seconds = time.monotonic() - self.began

    def _keep_now_and_then(self) -> None:
        now = time.monotonic()
        if now - self.kept_at >= _KEEP_SECONDS:
            self.kept_at = now
            self.conversations.update(
                self.turn, self.text, TurnState.WRITING, citations=self.citations, thought=self.thought
            )
