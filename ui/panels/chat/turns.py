"""What the chat shows: a question, or an answer in whatever state it is in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from assistant.values import Citation, Claim, TurnId
    from ui.text import Doubt


BESIDES: Final = ("references", "export", "saw", "sources", "wrong")
"""What can be done with an answer besides reading, copying and asking again."""


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
    be gone on with. turn, versions: as a question's. claims: what each of its sentences rests on. nothing: no passage
    seemed to answer; the nearest can be looked at.
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
    claims: tuple[Claim, ...] = ()
    nothing: bool = False


def quoted(answer: Answer, number: int, nth: int) -> tuple[Citation, ...]:
    """The citations of an answer, the one of this number with what the sentence before its nth mark rests on."""
    claims = [claim for claim in answer.claims if claim.number == number]
    if nth >= len(claims) or not claims[nth].quote_end:
        return answer.citations
    start, end = claims[nth].quote_start, claims[nth].quote_end
    return tuple(
        # The words that answer the question are another matter than those that this sentence rests on.
        replace(citation, start=start, end=end, span_start=0, span_end=0) if citation.number == number else citation
        for citation in answer.citations
    )


Shown = Question | Answer
