"""Whether a passage says what a sentence says, and where; and which of its numbers and names the passage does not have.

A model of this size numbers its sentences at random, and up to 57 % of the citations of large ones are
unfaithful too (arXiv 2412.18004), so nothing here asks what the model claims.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from assistant.answering.figures import Figure, figures, missing
from assistant.answering.saying import Alike, Spoken, holds
from assistant.ingestion import sentence_spans
from assistant.retrieval import language, terms
from assistant.values import Citation, Support

_TRIED: Final = 8
"""Windows that are tried, those that hold most words first."""
_ABOUT: Final = 0.5
"""From this share of its words on a passage is about what a sentence says, and other numbers in it are a difference."""
_NAME: Final = re.compile(r"(?<![.!?:\"“\n]\s)(?<!^)\b[^\W\d_a-z][\w’'-]+", re.MULTILINE)
_NEGATIONS: Final = frozenset(
    "not no never none nobody nothing neither nor cannot without nicht kein keine nie niemals ohne ne pas jamais aucun"
    " sans nunca jamás ningún ninguna sin".split()
)
_HEDGES: Final = frozenset(
    "conjecture conjectured conjectures allegedly reportedly supposedly alleged rumoured rumored hypothesized claimed"
    " disputed possibly perhaps probably likely unlikely may might could would".split()
)
_MODAL: Final = frozenset(("may", "might", "could", "would"))
_HEDGING: Final = re.compile(r"\b(?:in some ways|to some extent|in part|at least in part|so-called)\b")
_CARRIES_ON: Final = frozenset(
    "it its he his she her they their this these that those there er sie es ihr il elle ils elles él ella".split()
)
_FIRST_WORDS: Final = 2
_DENIED: Final = re.compile(r"\b\w+n['’]t\b")


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

    undated: the text with spaces for its figures.
    """

    number: int
    start: int
    end: int
    spoken: Spoken
    denies: bool
    hedges: frozenset[str]
    undated: str


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
        self._language = language("\n".join(citation.text for citation in citations))
        self._windows = [window for citation in citations for window in _windows(citation, self._language)]
        self._whole = {citation.number: _whole(citation, self._language) for citation in citations}

    def of(self, sentence: str) -> Aligned | None:
        """What the passages say about `sentence`; None for one that says nothing to check ("Yes.")."""
        if sentence.rstrip("\"'”’) ").endswith(("?", "？")):
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
        held = [(window, where) for window in tried if (where := holds(claim, window.spoken, self._alike))]
        for window, where in held:
            if not self._otherwise(claim, window, where):
                return Aligned(Support.SUPPORTED, window.number, window.start, window.end)
        best = held[0][0] if held else tried[0]
        differing = (*self._differing(claim, best.number), *(self._otherwise(claim, *held[0]) if held else ()))
        if differing:
            return Aligned(Support.DIFFERS, best.number, best.start, best.end, differing)
        return Aligned(Support.NOT_FOUND)

    @staticmethod
    def _otherwise(claim: Spoken, window: _Window, where: tuple[int, int]) -> tuple[str, ...]:
        """What makes a window that has the words of a sentence say something else: a "not", or a "perhaps".

        where: the words stand; a "may" elsewhere is about something else.
        """
        denied = ("not",) if denies(claim.text) != window.denies else ()
        inside = _hedges(window.undated[where[0] : where[1]])
        hedges = (window.hedges - _MODAL) | inside
        return (*denied, *(sorted(hedges) if hedges and not _hedges(_undated(claim)) else ()))

    def _differing(self, claim: Spoken, number: int) -> tuple[str, ...]:
        """The numbers and names of a sentence that its passage does not have."""
        there = self._whole[number]
        absent = [(one.start, one.text) for one in missing(claim.figures, there.figures)]
        # In German every noun looks like a name.
        named = _NAME.finditer(claim.text) if self._language != "german" else ()
        inside = [(one.start, one.end) for one in claim.figures]
        absent += [
            (found.start(), found.group())
            for found in named
            if not any(start <= found.start() < end for start, end in inside)
            and not set(terms(found.group().removesuffix("'s").removesuffix("’s"), self._language)) <= there.terms
        ]
        return tuple(dict.fromkeys(text for _, text in sorted(absent)))


def denies(sentence: str) -> bool:
    """True for a sentence with a "not" in it."""
    words = re.findall(r"[^\W_]+", sentence.casefold())
    return any(word in _NEGATIONS for word in words) or bool(_DENIED.search(sentence.casefold()))


def _whole(citation: Citation, language_: str) -> _Whole:
    text = "\n".join((citation.text, citation.place, citation.document))
    return _Whole(frozenset(terms(text, language_)), figures(text))


def _windows(citation: Citation, language_: str) -> list[_Window]:
    """Each sentence of a passage, and each with the one after it where that carries on."""
    spans = sentence_spans(citation.text)
    windows = [_window(citation, start, end, language_) for start, end in spans]
    for (start, _), (then, end) in pairwise(spans):
        first = re.findall(r"[^\W_]+", citation.text[then:end].casefold())[:_FIRST_WORDS]
        if any(word in _CARRIES_ON for word in first):
            windows.append(_window(citation, start, end, language_, then - start))
    return windows


def _window(citation: Citation, start: int, end: int, language_: str, second: int = 0) -> _Window:
    text = citation.text[start:end]
    spoken = Spoken(text, language_, second)
    undated = _undated(spoken)
    return _Window(citation.number, start, end, spoken, denies(text), _hedges(undated), undated)


def _undated(spoken: Spoken) -> str:
    """A text with spaces for its figures: "1 May" is no "may"."""
    text = spoken.text
    for one in spoken.figures:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _hedges(text: str) -> frozenset[str]:
    folded = text.casefold()
    return _HEDGES.intersection(re.findall(r"[^\W_]+", folded)) | frozenset(_HEDGING.findall(folded))
