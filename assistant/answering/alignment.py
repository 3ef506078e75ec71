"""Whether a passage says what a sentence says, and where: by words, numbers, names and, in doubt, by meaning.

A model of this size numbers its sentences at random, and up to 57 % of the citations of large ones are
unfaithful too (arXiv 2412.18004), so nothing here asks what the model claims.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from assistant.ingestion import sentence_spans
from assistant.retrieval import content_words, language, terms
from assistant.values import Citation, Support

Alike = Callable[[str, Sequence[str]], Sequence[float]]
"""The cosines of a text with each of several others; raises nothing, gives nothing where meaning can't be told."""

_HELD: Final = 0.75
"""Share of a sentence's content words that two neighbouring sentences of a passage must hold to support it."""
_HELD_WITH_MEANING: Final = 0.5
_MEANS_THE_SAME: Final = 0.75
"""The least cosine at which half of the words are enough."""
_ABOUT: Final = 0.5
"""From this share on a passage is about what a sentence says, so that other numbers in it are a difference."""
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_NAME: Final = re.compile(r"(?<![.!?:\"“\n]\s)(?<!^)\b[^\W\d_a-z][\w’'-]+", re.MULTILINE)
_NEGATIONS: Final = frozenset(
    "not no never none nobody nothing neither nor cannot without nicht kein keine nie niemals ohne ne pas jamais aucun"
    " sans nunca jamás ningún ninguna sin".split()
)
_DENIED: Final = re.compile(r"\b\w+n['’]t\b")
_COUNTS: Final = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
        " seventeen eighteen nineteen twenty".split()
    )
}


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
    """One or two neighbouring sentences of a passage."""

    number: int
    start: int
    end: int
    text: str
    terms: frozenset[str]
    denies: bool


class Alignment:
    """Holds sentences against the passages that an answer is made from."""

    def __init__(self, citations: Sequence[Citation], alike: Alike | None = None) -> None:
        self._alike = alike
        # That of the passages, for the sentences too: of a short one it can't be told, and both must be cut alike.
        self._language = language("\n".join(citation.text for citation in citations))
        self._windows = [window for citation in citations for window in _windows(citation, self._language)]
        self._whole = {
            citation.number: frozenset(
                _terms(" ".join((citation.text, citation.place, citation.document)), self._language)
            )
            for citation in citations
        }

    def of(self, sentence: str) -> Aligned | None:
        """What the passages say about `sentence`; None for one that says nothing to check ("Yes.")."""
        said = (*(word for word in content_words(sentence) if not word.isdecimal()), *_NUMBER.findall(sentence))
        words = [forms for word in said if (forms := _terms(word, self._language))]
        if len(words) < 2 or not self._windows:
            return None
        shares = [(_share(words, window.terms), -(window.end - window.start)) for window in self._windows]
        at = max(range(len(shares)), key=shares.__getitem__)
        share, window = shares[at][0], self._windows[at]
        if share < _HELD and share >= _HELD_WITH_MEANING and self._alike is not None:
            close = self._alike(sentence, [window.text])
            share = _HELD if close and close[0] >= _MEANS_THE_SAME else share
        if share < _ABOUT:
            return Aligned(Support.NOT_FOUND)
        differing = self._differing(sentence, window.number)
        if denies(sentence) != window.denies and share >= _HELD:
            differing = (*differing, "not")
        if differing:
            return Aligned(Support.DIFFERS, window.number, window.start, window.end, differing)
        if share < _HELD:
            return Aligned(Support.NOT_FOUND)
        return Aligned(Support.SUPPORTED, window.number, window.start, window.end)

    def _differing(self, sentence: str, number: int) -> tuple[str, ...]:
        """The numbers and names of a sentence that its passage does not have."""
        there = self._whole[number]
        # In German every noun looks like a name.
        names = _NAME.findall(sentence) if self._language != "german" else ()
        said = dict.fromkeys((*_NUMBER.findall(sentence), *names))
        return tuple(word for word in said if not set(_terms(word, self._language)) <= there)


def denies(sentence: str) -> bool:
    """True for a sentence with a "not" in it."""
    words = re.findall(r"[^\W_]+", sentence.casefold())
    return any(word in _NEGATIONS for word in words) or bool(_DENIED.search(sentence.casefold()))


def _share(words: Sequence[Sequence[str]], there: frozenset[str]) -> float:
    return sum(any(form in there for form in forms) for forms in words) / len(words)


def _windows(citation: Citation, language_: str) -> list[_Window]:
    """Each sentence of a passage, and each with the one after it."""
    spans = sentence_spans(citation.text)
    pairs = [(first[0], second[1]) for first, second in pairwise(spans)]
    return [
        _Window(
            citation.number,
            start,
            end,
            citation.text[start:end],
            frozenset(_terms(citation.text[start:end], language_)),
            denies(citation.text[start:end]),
        )
        for start, end in (*spans, *pairs)
    ]


def _terms(text: str, language_: str) -> list[str]:
    """Terms as the search compares them, counts as digits."""
    return [_COUNTS.get(term, term) for term in terms(text, language_)]
