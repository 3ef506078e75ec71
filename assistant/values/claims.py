"""What became of each sentence of an answer when it was held against the passages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AnswerMode(StrEnum):
    """How a question to the documents is answered."""

    QUOTES = "quotes"  # no model: the passages, with the sentence that answers
    CAREFUL = "careful"  # by the model; what no passage supports is marked and greyed
    FREE = "free"  # by the model; only what a passage supports is marked


class Support(StrEnum):
    """Whether a passage says what a sentence says."""

    SUPPORTED = "supported"
    DIFFERS = "differs"  # a passage is about the same and has other numbers, names or none of its "not"
    NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer and what supports it.

    start, end: of the sentence in the answer's text, without the number behind it. number: of the citation, None
    where none is about it. quote_start, quote_end: what supports it, in that citation's text; 0, 0 for nothing.
    differing: the numbers and names of the sentence that its passage does not have. seems: what the passage seems to
    say in their place, in its own words, where the model was asked; "" elsewhere.
    """

    start: int
    end: int
    support: Support
    number: int | None = None
    quote_start: int = 0
    quote_end: int = 0
    differing: tuple[str, ...] = ()
    seems: str = ""
