"""What the chat shows: a question, or an answer in whatever state it is in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.values import Citation, TurnId
    from ui.text import Doubt


@dataclass(slots=True, eq=False)
class Question:
    """What the person asked. turn, versions: which turn this is and which stand in its place, once they are known."""

    text: str
    turn: TurnId | None = None
    versions: tuple[TurnId, ...] = ()


@dataclass(slots=True, eq=False)
class Answer:
    """An answer, as much of it as there is; it grows in place.

    citations: the passages found for it. left_out: what no longer fitted, in words. progress, share: what is going on
    before the first word, share from 0 to 1 or None. note: how it ended where it did not end by itself. thought: what
    a thinking model said to itself. doubts: sentences that the documents do not say. resumable: it was cut off and can
    be gone on with. turn, versions: as a question's.
    """

    text: str = ""
    citations: tuple[Citation, ...] = ()
    left_out: str = ""
    progress: str = ""
    share: float | None = None
    note: str = ""
    writing: bool = False
    thought: str = ""
    resumable: bool = False
    turn: TurnId | None = None
    versions: tuple[TurnId, ...] = ()
    doubts: tuple[Doubt, ...] = ()


Shown = Question | Answer
