"""What an answer consists of: words, marks with what they point to, and sentences that no passage supports; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.values import Citation, Claim, Support, Turn

CODE: Final = re.compile(r"^(?P<fence>```+|~~~+)[^\n]*\n.*?^(?P=fence)[^\n]*$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_MARK: Final = re.compile(r"\s?\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Words:
    """Letters of an answer, as they were written. doubtful: a sentence that no passage supports."""

    text: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A mark behind a sentence: what it points to, and the words of that which the sentence rests on."""

    citation: Citation
    quote: str

    @property
    def reference(self) -> str:
        """Title and place."""
        return ", ".join(part for part in (self.citation.document, self.citation.place) if part)


Piece = Words | Note


def pieces(turn: Turn) -> Iterator[Piece]:
    """A turn in its order: its words, its marks as notes, and behind a sentence that is not supported a word on why."""
    known = {citation.number: citation for citation in turn.citations}
    # Each mark stands behind its own sentence, and has that sentence's quote.
    waiting = {number: [c for c in turn.claims if c.number == number and _marked(c)] for number in known}
    doubts = sorted((claim for claim in turn.claims if not _marked(claim)), key=lambda claim: claim.start)
    at = 0
    for start, end, what in sorted(_places(turn.text, known, doubts), key=lambda place: place[:2]):
        if start < at:
            continue
        if start > at:
            yield Words(turn.text[at:start])
        if isinstance(what, Claim):
            yield Words(turn.text[start:end], doubtful=True)
            yield Words(f" ({_why(what, known)})", doubtful=True)
        else:
            claims = waiting[what.number]
            yield Note(what, _quote(what, claims.pop(0) if claims else None))
        at = end
    if at < len(turn.text):
        yield Words(turn.text[at:])


def _places(
    text: str, known: dict[int, Citation], doubts: Sequence[Claim]
) -> Iterator[tuple[int, int, Citation | Claim]]:
    codes = [found.span() for found in CODE.finditer(text)]  # in which nothing is a mark
    for found in _MARK.finditer(text):
        if int(found[1]) in known and not any(start <= found.start() < end for start, end in codes):
            yield *found.span(), known[int(found[1])]
    for claim in doubts:
        if 0 <= claim.start < claim.end <= len(text):
            yield claim.start, claim.end, claim


def _marked(claim: Claim) -> bool:
    return claim.support is Support.SUPPORTED


def _why(claim: Claim, known: dict[int, Citation]) -> str:
    if claim.support is Support.NOT_FOUND or claim.number not in known:
        return "not found in your documents"
    citation = known[claim.number]
    return f"differs from {citation.place or citation.document}"


def _quote(citation: Citation, claim: Claim | None) -> str:
    start, end = (claim.quote_start, claim.quote_end) if claim and claim.quote_end else (citation.start, citation.end)
    return " ".join((citation.text[start:end] or citation.text).split())
