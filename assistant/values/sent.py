"""What a model was given for an answer, letter for letter, and what was left out of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.values.chat import ContextUse
from assistant.values.common import DocumentId


@dataclass(frozen=True, slots=True)
class Sent:
    """The prompt of one answer.

    pieces: its text in order, each with whether it is markup, whose marks the model takes for more than letters.
    model: its name. use: tokens of its parts. cut: what was left out, one entry each; why: a sentence about that, "".
    documents: whose words stand in it.
    """

    pieces: tuple[tuple[str, bool], ...]
    model: str
    use: ContextUse
    cut: tuple[str, ...] = ()
    why: str = ""
    documents: frozenset[DocumentId] = field(default_factory=frozenset)

    @property
    def text(self) -> str:
        """All of it, as it was read by the model."""
        return "".join(text for text, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class Report:
    """An answer that a person said is wrong, as a question to try out again. created: seconds since 1970."""

    turn: int
    created: float
    wrong: str
    question: str
    answer: str
    passages: tuple[str, ...]
