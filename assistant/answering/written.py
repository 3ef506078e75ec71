"""An answer while it is being written: what was shown is kept about once a second, and whole at its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from assistant.answering.cite import Marker
from assistant.answering.quoting import quoted
from assistant.answering.saying import Alike
from assistant.answering.tabling import FromTable
from assistant.conversations import Conversations
from assistant.values import (
    Answered,
    AnswerMode,
    Checked,
    Citation,
    Claim,
    FinishReason,
    Generated,
    Support,
    Thought,
    Token,
    TurnId,
    TurnState,
)

_KEEP_SECONDS: Final = 1.0
"""How much of an answer may be lost if the power fails: what was written in the last second."""
_STATES: Final = {
    FinishReason.COMPLETE: TurnState.COMPLETE,
    FinishReason.LENGTH: TurnState.CUT,
    FinishReason.REPEATED: TurnState.CUT,
    FinishReason.STOPPED: TurnState.STOPPED,
    FinishReason.INTERRUPTED: TurnState.INTERRUPTED,
}
_CUT: Final = "The answer reached its greatest length and was cut off here."
_STOPPED: Final = "You stopped this answer."
_REPEATED: Final = (
    "The model wrote the same three times over and was stopped here. Ask in other words, or have it go on."
)
_NOTES: Final = {FinishReason.LENGTH: _CUT, FinishReason.STOPPED: _STOPPED, FinishReason.REPEATED: _REPEATED}
_UNSUPPORTED: Final = "Nothing in the passages supports this; read them yourself."
_PARTLY: Final = "Sentences without a number were not found in the passages, or differ from them."


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
    quoted: tuple[Claim, ...] = ()
    told: int = 0  # claims that were told of
    skipped: int = 0  # white space before the first word, which is not shown
    kept_at: float = field(default_factory=time.monotonic)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What became of the sentences so far, by their places in `text`."""
        if self.marker is None:
            return self.quoted
        skipped = self.skipped
        checked = [replace(claim, start=claim.start - skipped, end=claim.end - skipped) for claim in self.marker.claims]
        return (*checked, *self.quoted)

    def cite(
        self,
        citations: tuple[Citation, ...],
        text: str = "",
        alike: Alike | None = None,
        mode: AnswerMode = AnswerMode.CAREFUL,
    ) -> None:
        """Answer from these passages. text: what the answer says already, unmarked; its last sentence is open again."""
        self.citations = citations
        self.marker = Marker(citations, alike, mode)
        self.text = self.marker.add(text)
        self.told = len(self.marker.claims)

    def quote(self, citations: tuple[Citation, ...]) -> Iterator[Token | Checked]:
        """Answer with what stands in these passages, and nothing else."""
        self.citations = citations
        self.text, self.quoted = quoted(citations)
        self._first()
        yield Token(self.text)
        yield Checked(self.quoted)
        self.reason = FinishReason.COMPLETE

    def tell(self, found: FromTable) -> Iterator[Token | Checked]:
        """Answer with what a table says, and nothing else."""
        self.citations, self.text, self.quoted = found.citations, found.text, found.claims
        self._first()
        yield Token(self.text)
        yield Checked(self.quoted)
        self.reason = FinishReason.COMPLETE

    def add_plain(self, text: str) -> Iterator[Token]:
        """Add words of ours, which claim nothing about a document."""
        if text:
            self._first()
            self.text += text
            yield Token(text)
            self._keep_now_and_then()

    def add_quote(self, before: str, words: str, number: int, start: int, end: int) -> Iterator[Token | Checked]:
        """Add a quotation on a line of its own. number, start, end: the citation, and where in it the words stand."""
        at = len(self.text) + len(before)
        claim = Claim(at, at + len(words) + 2, Support.SUPPORTED, number, start, end)
        yield from self.add_plain(f"{before}\u201c{words}\u201d [{number}]\n")
        self.quoted = (*self.quoted, claim)
        yield Checked((claim,))

    def think(self, text: str) -> Iterator[Thought]:
        """Add to what the model says to itself, and show it."""
        self._first()
        self.thought += text
        yield Thought(text)
        self._keep_now_and_then()

    def write(self, text: str) -> Iterator[Token | Checked]:
        """Add what the model wrote, with its numbers, show it, and say what became of sentences that ended."""
        yield from self._show(self.marker.add(text) if self.marker else text)
        yield from self._tell()

    def finish(self) -> Iterator[Token | Checked]:
        """Show what the marker held back, also of half an answer."""
        if self.marker:
            yield from self._show(self.marker.finish())
            yield from self._tell()
        self.text = self.text.rstrip()

    def doubt(self, at: int, said: str, seems: str) -> None:
        """Take a supported sentence's number back, as of `Marker.doubt`."""
        if self.marker is not None:
            start, end = self.marker.doubt(at, said, seems)
            self.text = self.text[: start - self.skipped] + self.text[end - self.skipped :]

    def end(self, generated: Generated) -> None:
        """The model has come to an end, by itself or not."""
        self.generated, self.reason = generated, generated.reason

    def explain(self) -> None:
        """Say in the note how it ended, and what of it no passage supports."""
        notes = [_NOTES.get(self.reason, "")]
        if self.marker and self.marker.unsupported:
            notes.append(_PARTLY if self.marker.supported else _UNSUPPORTED)
        self.note = " ".join(filter(None, notes))

    def keep(self) -> None:
        """Keep it as it is now, as an answer that has ended, with what nobody was there to be shown."""
        if self.marker:
            held = self.marker.finish()
            if not self.text:
                self.skipped += len(held) - len(held.lstrip())
                held = held.lstrip()
            self.text += held
        self.conversations.update(
            self.turn,
            self.text,
            _STATES[self.reason],
            citations=self.citations,
            note=self.note,
            thought=self.thought,
            claims=self.claims,
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
            self.claims,
        )

    def _show(self, text: str) -> Iterator[Token]:
        if not self.text:
            self.skipped += len(text) - len(text.lstrip())
            text = text.lstrip()
        if not text:
            return
        self._first()
        self.text += text
        yield Token(text)
        self._keep_now_and_then()

    def _tell(self) -> Iterator[Checked]:
        """What became of the sentences that nobody was told of yet."""
        if self.marker and len(self.marker.claims) > self.told:
            new, self.told = self.claims[self.told :], len(self.marker.claims)
            yield Checked(new)

    def _first(self) -> None:
        if self.first_token_seconds is None:
            self.first_token_seconds = time.monotonic() - self.began

    def _keep_now_and_then(self) -> None:
        now = time.monotonic()
        if now - self.kept_at >= _KEEP_SECONDS:
            self.kept_at = now
            self.conversations.update(
                self.turn,
                self.text,
                TurnState.WRITING,
                citations=self.citations,
                thought=self.thought,
                claims=self.claims,
            )
