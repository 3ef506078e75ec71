"""What the model is given, fitted to its context window, and what had to be left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.values import Citation, Message, Role, Turn

Count = Callable[[Sequence[Message]], int]
"""Tokens of the prompt that these messages make, markup included."""

_ASK: Final = "Answer this question from the passages above, in their own words: "
"""Chosen by measurement: with SmolLM2-135M and the right passage of XQuAD-en (24 questions, greedy), the answer held
the gold text for .46; with seven sentences of rules in the system's turn instead, for .29."""
_MARK: Final = re.compile(r" \[\d{1,2}\]")


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages for the engine. turns, passages: how many were left out for want of room. tokens: its length."""

    messages: tuple[Message, ...]
    turns: int
    passages: int
    tokens: int

    @property
    def left_out(self) -> str:
        """What was left out, as a sentence; "" if nothing was."""
        said = []
        if self.turns:
            said.append("the oldest message" if self.turns == 1 else f"the {self.turns} oldest messages")
        if self.passages:
            said.append("one passage" if self.passages == 1 else f"{self.passages} passages")
        if not said:
            return ""
        text = " and ".join(said)
        verb = "does" if self.turns + self.passages == 1 else "do"
        return f"{text[0].upper()}{text[1:]} {verb} not fit into the model's memory and had to be left out here."


def compose(
    instructions: str,
    history: Sequence[Turn],
    question: str,
    citations: Sequence[Citation],
    count: Count,
    budget: int,
) -> Prompt | None:
    """The longest prompt within `budget` tokens: first the oldest turns go, then the last passages.

    history: earlier turns, oldest first. citations: passages to answer from; none for plain chat. At least
    one passage stays. Returns None if even that does not fit.
    """
    kept = [turn for turn in history if turn.text.strip()]
    passages = list(citations)
    left_turns = left_passages = 0
    while True:
        messages = _messages(instructions, kept, question, passages)
        tokens = count(messages)
        if tokens <= budget:
            return Prompt(messages, left_turns, left_passages, tokens)
        if kept:
            dropped = _drop(kept, tokens - budget)
            left_turns += dropped
        elif len(passages) > 1:
            passages.pop()
            left_passages += 1
        else:
            return None


def _messages(
    instructions: str, history: Sequence[Turn], question: str, citations: Sequence[Citation]
) -> tuple[Message, ...]:
    system = instructions.strip()
    messages = [Message(Role.SYSTEM, system)] if system else []
    messages += [Message(turn.role, _MARK.sub("", turn.text)) for turn in history]
    messages.append(Message(Role.USER, _with_passages(question, citations) if citations else question))
    return tuple(messages)


def _with_passages(question: str, citations: Sequence[Citation]) -> str:
    """The question behind its passages: what stands last is what a small model attends to most."""
    quoted = "\n\n".join(
        f"Passage {citation.number} ({', '.join(part for part in (citation.document, citation.place) if part)}):\n"
        f"{citation.text}"
        for citation in citations
    )
    return f"{quoted}\n\n{_ASK}{question}"


def _drop(turns: list[Turn], excess: int) -> int:
    """Remove the oldest turns, at least one, about `excess` tokens' worth, and never leave an answer first.

    A token is taken as three characters, fewer than it mostly has: so too little is dropped at once rather
    than too much, and the caller counts again.
    """
    dropped = freed = 0
    while turns and (dropped == 0 or freed < excess or turns[0].role is not Role.USER):
        freed += max(1, len(turns.pop(0).text) // 3)
        dropped += 1
    return dropped
