"""Whether a passage says what a sentence says, and where; and which of its numbers and names the passage does not have.

A model of this size numbers its sentences at random, and up to 57 % of the citations of large ones are
unfaithful too (arXiv 2412.18004), so nothing here asks what the model claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from assistant.answering.figures import Figure, figures, missing
from assistant.answering.orders import orders
from assistant.answering.saying import Alike, Spoken, holds, stemmed
from assistant.answering.small_words import DENSE, SmallWords, small_words, tongue
from assistant.ingestion import sentence_spans
from assistant.retrieval import terms
from assistant.values import Citation, Support

_TRIED: Final = 8
"""Windows that are tried, those that hold most words first."""
_ABOUT: Final = 0.5
"""From this share of its words on a passage is about what a sentence says, and other numbers in it are a difference."""
_NAME: Final = re.compile(
    rf"(?<![.!?:\"“„«\n]\s)(?<!^)(?:(?<![\w])|(?<=[{DENSE}]))[^\W\d_{DENSE}][^\W{DENSE}’'-](?:[^\W{DENSE}]|[’'-](?=\w))*",
    re.MULTILINE,
)
_FIRST_WORDS: Final = 2


@dataclass(frozen=True, slots=True)
class Aligned:
    """What was found about a sentence. number: of the citation. start, end: of the support in its text."""

    support: Support
    number: int | None = None
    start: int = 0
    end: int = 0
    differing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Window:
    """One or two neighbouring sentences of a passage; the second of two speaks of what the first does.

    undated: the text with spaces for its figures. second: where the second of two begins in the text, else 0.
    """

    number: int
    start: int
    end: int
    spoken: Spoken
    denies: bool
    hedges: frozenset[str]
    undated: str
    second: int = 0


@dataclass(frozen=True, slots=True)
class _Whole:
    """A passage with where it stands: its terms and its figures."""

    terms: frozenset[str]
    figures: Sequence[Figure]


class Alignment:
    """Holds sentences against the passages that an answer is made from."""

    def __init__(self, citations: Sequence[Citation], alike: Alike | None = None) -> None:
        """alike: tells whether two words mean the same, where one word alone is missing."""
        self._alike = alike
        # That of the passages, for the sentences too: of a short one it can't be told, and both must be cut alike.
        self._language = tongue("\n".join(citation.text for citation in citations))
        self._small = small_words(self._language)
        self._windows = [window for citation in citations for window in _windows(citation, self._language)]
        self._whole = {citation.number: _whole(citation, self._language) for citation in citations}

    def of(self, sentence: str) -> Aligned | None:
        """What the passages say about `sentence`; None for one that says nothing to check ("Yes.")."""
        if sentence.rstrip("\"'”’»」』) ").endswith(("?", "？", "؟")):
            return None  # a question claims nothing
        claim = Spoken(sentence, self._language)
        if len(claim.tokens) < 2 or not self._windows:
            return None
        ranked = sorted(
            ((claim.share(window.spoken), window) for window in self._windows),
            key=lambda pair: (-pair[0], pair[1].end - pair[1].start),
        )
        tried = [window for share, window in ranked[:_TRIED] if share >= _ABOUT]
        if not tried:
            return Aligned(Support.NOT_FOUND)
        held = [
            (window, where)
            for window in tried
            if (where := holds(claim, window.spoken, self._alike)) and not _in_one(window, where)
        ]
        for window, where in held:
            if not self._otherwise(claim, window, where):
                return Aligned(Support.SUPPORTED, window.number, window.start, window.end)
        best = held[0][0] if held else tried[0]
        differing = (*self._differing(claim, best.number), *(self._otherwise(claim, *held[0]) if held else ()))
        if differing:
            return Aligned(Support.DIFFERS, best.number, best.start, best.end, differing)
        return Aligned(Support.NOT_FOUND)

    def _otherwise(self, claim: Spoken, window: _Window, where: tuple[int, int]) -> tuple[str, ...]:
        """What makes a window that has the words of a sentence say something else: a "not", or a "perhaps".

        where: the words stand; a "may" elsewhere is about something else.
        """
        denied = ("not",) if self._small.denies(claim.text) != window.denies else ()
        inside = self._small.hedged(window.undated[where[0] : where[1]])
        hedges = (window.hedges - self._small.modal) | inside
        return (*denied, *(sorted(hedges) if hedges and not self._small.hedged(_undated(claim)) else ()))

    def _differing(self, claim: Spoken, number: int) -> tuple[str, ...]:
        """The numbers and names of a sentence that its passage does not have."""
        there = self._whole[number]
        absent = [(one.start, one.text) for one in missing(claim.figures, there.figures)]
        # In German every noun looks like a name.
        named = names(claim.text) if self._language != "german" else ()
        inside = [(one.start, one.end) for one in claim.figures]
        absent += [
            (found.start(), found.group())
            for found in named
            if not any(start <= found.start() < end for start, end in inside)
            and not set(terms(found.group().removesuffix("'s").removesuffix("’s"), stemmed(self._language)))
            <= there.terms
        ]
        return tuple(dict.fromkeys(text for _, text in sorted(absent)))


def _in_one(window: _Window, where: tuple[int, int]) -> bool:
    """Whether words that were found in two sentences all stand in one of them, which is a window too."""
    return window.second > 0 and (where[1] <= window.second or where[0] >= window.second)


def names(text: str) -> Iterator[re.Match[str]]:
    """The words of a text that are written as names where a sentence does not begin."""
    return (found for found in _NAME.finditer(text) if found.group()[0].isupper())


def _whole(citation: Citation, language_: str) -> _Whole:
    text = "\n".join((citation.text, citation.place, citation.document))
    return _Whole(frozenset(terms(text, stemmed(language_))), figures(text, language_))


def _windows(citation: Citation, language_: str) -> list[_Window]:
    """Each sentence of a passage, and each with the one after it where that carries on."""
    spans, small = sentence_spans(citation.text), small_words(language_)
    ordered = orders(citation.text)
    # What gives orders to an assistant says nothing: "say that the hedge is red" supports no red hedge.
    spans = [one for one in spans if not any(one[0] < end and start < one[1] for start, end in ordered)]
    windows = [_window(citation, start, end, language_) for start, end in spans]
    for (start, _), (then, end) in pairwise(spans):
        if _carries_on(citation.text[then:end].casefold(), small):
            windows.append(_window(citation, start, end, language_, then - start))
    return windows


def _carries_on(sentence: str, small: SmallWords) -> bool:
    """Whether a sentence, in small letters, speaks of what the one before it does."""
    if not small.spaced:
        return sentence.startswith(tuple(small.carries_on))
    return any(word in small.carries_on for word in re.findall(r"[^\W_]+", sentence)[:_FIRST_WORDS])


def _window(citation: Citation, start: int, end: int, language_: str, second: int = 0) -> _Window:
    text = citation.text[start:end]
    spoken = Spoken(text, language_, second)
    undated, small = _undated(spoken), small_words(language_)
    return _Window(citation.number, start, end, spoken, small.denies(text), small.hedged(undated), undated, second)


def _undated(spoken: Spoken) -> str:
    """A text with spaces for its figures: "1 May" is no "may"."""
    text = spoken.text
    for one in spoken.figures:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text
