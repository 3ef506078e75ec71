"""Whether a passage says what a sentence says, and where: by words, numbers, names and, in doubt, by meaning.

A model of this size numbers its sentences at random, and up to 57 % of the citations of large ones are
unfaithful too (arXiv 2412.18004), so nothing here asks what the model claims.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from assistant.ingestion import sentence_spans
from assistant.retrieval import STOP_WORDS, content_words, language, terms
from assistant.values import Citation, Support

Alike = Callable[[str, Sequence[str]], Sequence[float]]
"""The cosines of a text with each of several others; raises nothing, gives nothing where meaning can't be told."""

# What supports a sentence was found on sentences that SmolLM2-135M wrote about XQuAD-en paragraphs, read by a person
# (tests/assistant/answering/supported.json): the share of words alone was right for 17 of 27.
_HELD: Final = 0.75
"""Share of a sentence's content words that one sentence of a passage must hold to support it."""
_BESIDE: Final = 0.8
"""Share of its neighbouring words that must stand near each other there too: all words of a sentence may be there, and
say something else."""
_HELD_BY_TWO: Final = 0.85
_BESIDE_IN_TWO: Final = 0.8
"""The same for two neighbouring sentences, which hold the words of more things that they do not say."""
_BESIDE_CARRIED_ON: Final = 0.65
"""The same where the second sentence carries on with what the first names, and both together hold all words."""
_HELD_WITH_MEANING: Final = 0.5
_MEANS_THE_SAME: Final = 0.85
"""The least cosine at which so many of the words are enough."""
_APART: Final = 3  # words
_TRIED: Final = 8
"""Windows that are tried, those that hold most words first."""
_ABOUT: Final = 0.5
"""From this share on a passage is about what a sentence says, so that other numbers in it are a difference."""
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_NAME: Final = re.compile(r"(?<![.!?:\"“\n]\s)(?<!^)\b[^\W\d_a-z][\w’'-]+", re.MULTILINE)
_NEGATIONS: Final = frozenset(
    "not no never none nobody nothing neither nor cannot without nicht kein keine nie niemals ohne ne pas jamais aucun"
    " sans nunca jamás ningún ninguna sin".split()
)
_HEDGES: Final = frozenset(
    "conjecture conjectured conjectures allegedly reportedly supposedly alleged rumoured rumored hypothesized claimed"
    " disputed possibly perhaps probably likely unlikely may might could would".split()
)
_HEDGING: Final = re.compile(r"\b(?:in some ways|to some extent|in part|at least in part|so-called)\b")
_CARRIES_ON: Final = frozenset(
    "it its he his she her they their this these that those there er sie es ihr il elle ils elles él ella".split()
)
_FIRST_WORDS: Final = 3
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
    """One or two neighbouring sentences of a passage. carries_on: the second speaks of what the first does."""

    number: int
    start: int
    end: int
    text: str
    terms: frozenset[str]
    order: tuple[str, ...]
    denies: bool
    hedges: frozenset[str]
    sentences: int
    carries_on: bool


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
        if sentence.rstrip("\"'”’) ").endswith(("?", "？")):
            return None  # a question claims nothing
        said = (*(word for word in content_words(sentence) if not word.isdecimal()), *_NUMBER.findall(sentence))
        words = [forms for word in said if (forms := _terms(word, self._language))]
        if len(words) < 2 or not self._windows:
            return None
        ranked = sorted(
            ((_share(words, window.terms), window) for window in self._windows),
            key=lambda pair: (-pair[0], pair[1].end - pair[1].start),
        )
        order = _order(sentence, self._language)
        held = next((pair for pair in ranked[:_TRIED] if _holds(*pair, order)), None) or self._by_meaning(
            sentence, ranked
        )
        share, window = held or ranked[0]
        if share < _ABOUT:
            return Aligned(Support.NOT_FOUND)
        differing = self._differing(sentence, window.number)
        if share >= _HELD and denies(sentence) != window.denies:
            differing = (*differing, "not")
        if share >= _HELD and window.hedges and not _hedges(sentence):
            differing = (*differing, *sorted(window.hedges))
        if differing:
            return Aligned(Support.DIFFERS, window.number, window.start, window.end, differing)
        if held is None:
            return Aligned(Support.NOT_FOUND)
        return Aligned(Support.SUPPORTED, window.number, window.start, window.end)

    def _by_meaning(self, sentence: str, ranked: Sequence[tuple[float, _Window]]) -> tuple[float, _Window] | None:
        """One sentence of a passage that holds fewer of the words, and means the same."""
        share, window = next((pair for pair in ranked if pair[1].sentences == 1), ranked[0])
        if self._alike is None or share < _HELD_WITH_MEANING or window.sentences > 1:
            return None
        close = self._alike(sentence, [window.text])
        return (max(share, _HELD), window) if close and close[0] >= _MEANS_THE_SAME else None

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


def _holds(share: float, window: _Window, order: Sequence[str]) -> bool:
    """Whether a window that holds this share of a sentence's words says them as the sentence does."""
    beside = _beside(order, window.order)
    if window.sentences == 1:
        return share >= _HELD and beside >= _BESIDE
    if share >= 1 and window.carries_on:
        return beside >= _BESIDE_CARRIED_ON
    return share >= _HELD_BY_TWO and beside >= _BESIDE_IN_TWO


def _beside(order: Sequence[str], there: Sequence[str]) -> float:
    """The share of neighbouring words that stand near each other there, 0 to 1."""
    places: dict[str, list[int]] = {}
    for at, term in enumerate(there):
        places.setdefault(term, []).append(at)
    pairs = list(pairwise(order))
    near = sum(
        any(abs(one - other) <= _APART for one in places.get(first, ()) for other in places.get(second, ()))
        for first, second in pairs
    )
    return near / len(pairs) if pairs else 0.0


def _windows(citation: Citation, language_: str) -> list[_Window]:
    """Each sentence of a passage, and each with the one after it."""
    spans = sentence_spans(citation.text)
    windows = [_window(citation, start, end, language_) for start, end in spans]
    for (start, _), (then, end) in pairwise(spans):
        first = re.findall(r"[^\W_]+", citation.text[then:end].casefold())[:_FIRST_WORDS]
        windows.append(_window(citation, start, end, language_, 2, any(word in _CARRIES_ON for word in first)))
    return windows


def _window(
    citation: Citation, start: int, end: int, language_: str, sentences: int = 1, carries_on: bool = False
) -> _Window:
    text = citation.text[start:end]
    found = frozenset(_terms(text, language_))
    order = _order(text, language_)
    return _Window(citation.number, start, end, text, found, order, denies(text), _hedges(text), sentences, carries_on)


def _hedges(text: str) -> frozenset[str]:
    folded = text.casefold()
    return _HEDGES.intersection(re.findall(r"[^\W_]+", folded)) | frozenset(_HEDGING.findall(folded))


def _order(text: str, language_: str) -> tuple[str, ...]:
    """The terms of the content words of a text, in their order."""
    empty = _empty(language_)
    return tuple(term for term in _terms(text, language_) if term not in empty)


@lru_cache(maxsize=16)
def _empty(language_: str) -> frozenset[str]:
    return frozenset(_terms(" ".join(STOP_WORDS), language_)) - set(_COUNTS.values())


def _terms(text: str, language_: str) -> list[str]:
    """Terms as the search compares them, counts as digits."""
    return [_COUNTS.get(term, term) for term in terms(text, language_)]
