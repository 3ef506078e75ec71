"""What the chat shows: a question, or an answer in whatever state it is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.values import Citation


@dataclass(slots=True, eq=False)
class Question:
    """What the person asked."""

    text: str


@dataclass(slots=True, eq=False)
class Answer:
    """An answer, as much of it as there is; it grows in place.

    citations: the passages found for it. left_out: what no longer fitted, in words. progress, share: what is going on
    before the first word, share from 0 to 1 or None. note: how it ended where it did not end by itself.
    """

    text: str = ""
    citations: tuple[Citation, ...] = ()
    left_out: str = ""
    progress: str = ""
    share: float | None = None
    note: str = ""
    writing: bool = False


Shown = Question | Answer
