"""What a supported sentence claims, asked of the model: each number and name is blanked, and the model points at what
it would put there among those of the passage.

The words of a sentence can stand in its passage in another relation. A model that has just read the passage finds the
number or name that belongs into the gap far likelier than another one; where that is not what the sentence says, the
sentence is doubted. It can only take a mark away, and only words of the passage are ever named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.answering.alignment import names
from assistant.answering.figures import figures, says
from assistant.answering.small_words import tongue
from assistant.engine import Engine
from assistant.values import Citation, Claim, Message, Role, Stop, Support

DOUBTED: Final = 3.0
"""Natural logarithm: how much likelier another word of the passage has to be. Of 62 sentences with another number or
name put in that were taken for supported, .90 are doubted so, and of 47 that were right none."""
_SLOTS: Final = 3
"""Of a sentence, at most."""
_OTHERS: Final = 7
"""Words of the passage that are tried in the place of one, at most."""
_ASK: Final = "Say this again."


@dataclass(frozen=True, slots=True)
class Slot:
    """A number or name in a sentence, and those of its passage that might stand there instead."""

    start: int
    said: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubted:
    """A sentence that says `said` where its passage seems to say `seems`. at: its place among the claims."""

    at: int
    said: str
    seems: str


def slots(sentence: str, quote: str) -> list[Slot]:
    """What of a sentence can be asked, numbers first: what its passage has word for word, among others of its kind."""
    language = tongue(quote)
    there = [one for one in figures(quote, language) if not one.loose]
    found: list[Slot] = []
    for one in figures(sentence, language):
        others = tuple(dict.fromkeys(other.text for other in there if not says([other], one)))[:_OTHERS]
        if one.start and not one.loose and one.text in quote and others:
            found.append(Slot(one.start, one.text, others))
    if language != "german":  # there every noun looks like a name
        inside = {at for one in figures(sentence, language) for at in range(one.start, one.end)}
        named = tuple(dict.fromkeys(match.group() for match in names(quote)))
        for match in names(sentence):
            others = tuple(one for one in named if one != match.group())[:_OTHERS]
            if match.start() not in inside and match.group() in quote and others:
                found.append(Slot(match.start(), match.group(), others))
    return found[:_SLOTS]


def doubts(
    engine: Engine, text: str, claims: Sequence[Claim], citations: Sequence[Citation], stop: Stop
) -> Iterator[Doubted]:
    """The sentences marked as supported that the model would have said otherwise, as they are found.

    text: that the claims stand in. Raises as `Engine.score`.
    """
    known = {citation.number: citation.text for citation in citations}
    asked: dict[tuple[str, str], Doubted | None] = {}
    for at, claim in enumerate(claims):
        if claim.support is not Support.SUPPORTED or claim.number not in known or stop.requested:
            continue
        sentence, quote = text[claim.start : claim.end], known[claim.number][claim.quote_start : claim.quote_end]
        if (sentence, quote) not in asked:
            asked[sentence, quote] = _doubted(engine, at, sentence, quote, stop)
        if (doubted := asked[sentence, quote]) is not None:
            yield Doubted(at, doubted.said, doubted.seems)


def _doubted(engine: Engine, at: int, sentence: str, quote: str, stop: Stop) -> Doubted | None:
    for slot in slots(sentence, quote):
        frame = (Message(Role.USER, f"{quote}\n\n{_ASK}"), Message(Role.ASSISTANT, sentence[: slot.start].rstrip()))
        if not frame[1].text or stop.requested:
            continue
        space = "" if frame[1].text == sentence[: slot.start] else " "
        likely = engine.score(frame, [space + word for word in (slot.said, *slot.others)], stop)
        if len(likely) <= len(slot.others):
            return None  # stopped
        best = max(likely[1:], key=lambda one: one.total)
        if best.total - likely[0].total > DOUBTED:
            return Doubted(at, slot.said, slot.others[likely[1:].index(best)])
    return None
