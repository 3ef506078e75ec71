"""Puts what the vault keeps of a conversation, and what the engine tells, into what the chat shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.values import NOTHING_FOUND, Citation, Claim, Role, Support, Turn, TurnId, TurnState
from ui.i18n import number, seconds, tr
from ui.panels.chat import Answer, Question, Shown
from ui.text import Doubt

_LONGEST_QUOTE: Final = 300  # characters of a source that are shown where one points at a sentence
_CUT: Final = frozenset({TurnState.CUT, TurnState.STOPPED, TurnState.INTERRUPTED})


def shown(turns: Sequence[Turn]) -> list[Shown]:
    """Kept turns as they are shown."""
    return [
        Question(turn.text, turn.id, turn.versions)
        if turn.role is Role.USER
        else Answer(
            turn.text,
            turn.citations,
            note=turn.note or _note(turn.state),
            thought=turn.thought,
            resumable=turn.state in _CUT,
            turn=turn.id,
            versions=turn.versions,
            doubts=doubts(turn.claims, turn.citations),
            claims=turn.claims,
            nothing=turn.text == NOTHING_FOUND,
        )
        for turn in turns
        if turn.role is not Role.SYSTEM
    ]


def doubts(claims: Sequence[Claim], citations: Sequence[Citation]) -> tuple[Doubt, ...]:
    """The sentences of an answer that no passage supports, each with why in a few words."""
    known = {citation.number: citation for citation in citations}
    found = []
    for claim in claims:
        match claim.support:
            case Support.NOT_FOUND:
                why = tr("not found in your documents")
                found.append(Doubt(claim.start, claim.end, why, 0, _sentence(why)))
            case Support.DIFFERS:
                source = known.get(claim.number or 0)
                where = (source.place or source.document) if source else ""
                why = tr("differs from {place}", place=where) if where else tr("differs from its source")
                more = _difference(why, claim, source) if source else _sentence(why)
                found.append(Doubt(claim.start, claim.end, why, claim.number or 0, more))
            case Support.SUPPORTED:
                pass
    return tuple(found)


def _difference(why: str, claim: Claim, source: Citation) -> str:
    """What is said where a person points at a sentence that differs: what stands in its source, and what does not."""
    quote = " ".join(source.text[claim.quote_start : claim.quote_end].split())
    if quote:
        quote = quote if len(quote) <= _LONGEST_QUOTE else quote[: _LONGEST_QUOTE - 1].rsplit(" ", 1)[0] + "…"
        why = tr("{why}: there it says “{quote}”", why=why, quote=quote)
    said = _sentence(why)
    if claim.seems:
        words = ", ".join(claim.differing)
        said = tr("{said} It seems to say {seems}, not {words}.", said=said, seems=claim.seems, words=words)
    elif claim.differing:
        said = tr("{said} Not there: {words}.", said=said, words=", ".join(claim.differing))
    return said


def _sentence(words: str) -> str:
    words = f"{words[:1].upper()}{words[1:]}"
    return words if words.rstrip("”").endswith((".", "…", "!", "?")) else f"{words}."


def with_running(turns: list[Shown], question: str, answer: Answer) -> list[Shown]:
    """The kept turns, the last answer of which is the one that still grows; neither need be kept yet."""
    if turns and isinstance(turns[-1], Answer):
        turns = turns[:-1]
    last = turns[-1] if turns else None
    if not isinstance(last, Question) or last.text != question:
        turns = [*turns, Question(question)]
    return [*turns, answer]


def upto(turns: Sequence[Shown], turn: TurnId) -> list[Shown] | None:
    """The turns that stand before `turn`; None where it is not among them."""
    place = next((place for place, one in enumerate(turns) if one.turn == turn), None)
    return None if place is None else list(turns[:place])


def going_words(done: int, total: int, left: float | None) -> str:
    """How far whole documents are gone through."""
    words = tr("Read {done} of {total} passages", done=number(done), total=number(total))
    return tr("{words}, about {time} left", words=words, time=seconds(left)) if left else words


def reading_words(done: int, total: int, left: float | None) -> str:
    """How far the prompt is read: "Reading 320 of 1,300 tokens, about 4 s left"."""
    words = tr("Reading {done} of {total} tokens", done=number(done), total=number(total))
    return words if left is None else tr("{words}, about {time} left", words=words, time=seconds(left))


def _note(state: TurnState) -> str:
    match state:
        case TurnState.CUT:
            return tr("This answer reached the longest length allowed.")
        case TurnState.STOPPED:
            return tr("You stopped this answer here.")
        case TurnState.INTERRUPTED | TurnState.WRITING:
            return tr("This answer was interrupted.")
        case TurnState.COMPLETE:
            return ""
