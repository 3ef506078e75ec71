"""Puts the candidates of a search in order: how much of the question they hold, how close together, how near: pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from assistant.retrieval.words import Asked
from assistant.values import PassageId

_WINDOW: Final = 24
"""Terms that stand close together: about a sentence."""
_K1: Final = 1.2  # of BM25, as in FTS5
_B: Final = 0.75
_RANK_OFFSET: Final = 60
_OTHER_PASSAGES: Final = 20
"""Passages that are imagined beside a person's own when words are weighed: in a single one each of its words would be
common, and those that it lacks would tell nearly all."""
_UNRANKED: Final = 100
_MOST_WORDS_OF_A_FACT: Final = 7
"""A question of more content words asks about a matter rather than for a fact, and no passage holds most of them; but
not where it names a year or another number. On 600 questions about annual reports the page that answers is among four
for .92, and for .88 where all longer ones stay in the order of rank fusion; three of Cranfield's have a number."""
_LEAST_IN_A_WINDOW: Final = 0.4
_SAME: Final = 0.9
"""Share of terms from which on two passages say the same; near-duplicates of an overlap of a sentence stay."""

WEIGHTS: Final[Mapping[str, float]] = {
    "similarity": 2.0,
    "moved": 3.5,
    "bm25": 0.25,
    "covered": 3.0,
    "close": 3.7,
    "pairs": 2.2,
    "near_rank": 75.5,
    "word_rank": 60.2,
}
"""Learned as a softmax over the candidates of each question (tests/bench/learning.py order, which prints what they are
worth on questions that they were not learned on)."""


@dataclass(frozen=True)
class Candidate:
    """A passage that a search found.

    terms: of its text, in order. above: of its headings and its document's title. similarity, moved: its cosine with
    the question, and with the question moved towards the first finds; 0 where meaning was not searched. near_rank,
    word_rank: its place in either list, from 1; 0 where it is not in it. named: how much of what the question names
    documents with its own document is, 0 to 1.
    """

    id: PassageId
    terms: Sequence[str]
    above: frozenset[str] = frozenset()
    similarity: float = 0.0
    moved: float = 0.0
    near_rank: int = 0
    word_rank: int = 0
    named: float = 0.0

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each term stands in the text."""
        return Counter(self.terms)


class Weighed:
    """A question's words with what each of them tells: a rare one much, a common one little."""

    def __init__(
        self, asked: Asked, frequencies: Mapping[str, int], passages: int, whole: Weighed | None = None
    ) -> None:
        """frequencies: in how many of `passages` each term stands. whole: the question that this is a part of."""
        self._asked, self._frequencies, self._passages = asked, frequencies, passages
        self._words = asked.words
        self.length: int = whole.length if whole else len(asked.words)
        self._weights = [_idf(max(frequencies.get(form, 0) for form in forms), passages) for forms in asked.words]
        self._word_of = {form: at for at, forms in enumerate(asked.words) for form in forms}
        in_order = asked.in_order
        self._pairs = {pair for pair in pairwise(in_order) if any(term in self._word_of for term in pair)}
        self._total = sum(self._weights) or 1.0
        numbered = any(form[0].isdigit() for forms in asked.words for form in forms)
        self.is_numbered: bool = whole.is_numbered if whole else numbered

    def apart_from(self, words: Collection[tuple[str, ...]]) -> Weighed:
        """The same question without some of its words, by their forms; itself where nothing else would be left."""
        kept = tuple(forms for forms in self._words if forms not in words)
        if not kept or len(kept) == len(self._words):
            return self
        gone = {form for forms in words for form in forms}
        in_order = tuple(term for term in self._asked.in_order if term not in gone)
        return Weighed(Asked(kept, in_order), self._frequencies, self._passages, self)

    @property
    def frequencies(self) -> Mapping[str, int]:
        """In how many passages each term stands."""
        return self._frequencies

    @property
    def telling(self) -> tuple[tuple[tuple[str, ...], float], ...]:
        """The forms of each word, and how much it tells."""
        return tuple(zip(self._words, self._weights, strict=True))

    @property
    def asks_for_a_fact(self) -> bool:
        """True for a question that one passage can be expected to hold most of: a short one, or one with a number."""
        return self.length <= _MOST_WORDS_OF_A_FACT or self.is_numbered

    def covered(self, candidate: Candidate) -> float:
        """The share of the question that stands in the passage or above it, 0 to 1."""
        there = candidate.counts
        return self._share(
            at
            for at, forms in enumerate(self._words)
            if any(form in there or form in candidate.above for form in forms)
        )

    def close(self, candidate: Candidate) -> float:
        """The largest share of the question that stands within a sentence's length, 0 to 1."""
        places = [(at, self._word_of[term]) for at, term in enumerate(candidate.terms) if term in self._word_of]
        inside: Counter[int] = Counter()
        mass = best = 0.0
        first = 0
        for at, word in places:
            inside[word] += 1
            mass += self._weights[word] if inside[word] == 1 else 0.0
            while at - places[first][0] >= _WINDOW:
                left = places[first][1]
                inside[left] -= 1
                mass -= self._weights[left] if inside[left] == 0 else 0.0
                first += 1
            best = max(best, mass)
        return best / self._total

    def bm25(self, candidate: Candidate, mean_length: float) -> float:
        """BM25 (Robertson & Zaragoza 2009) over the most that it could be without repetition."""
        norm = _K1 * (1 - _B + _B * len(candidate.terms) / max(1.0, mean_length))
        score, counts = 0.0, candidate.counts
        for forms, weight in zip(self._words, self._weights, strict=True):
            count = sum(counts.get(form, 0) for form in forms)
            score += weight * count * (_K1 + 1) / (count + norm)
        return score / self._total

    def pairs(self, candidate: Candidate) -> float:
        """The share of the question's neighbouring words that are neighbours in the passage too."""
        if not self._pairs:
            return 0.0
        return len(self._pairs.intersection(pairwise(candidate.terms))) / len(self._pairs)

    def _share(self, words: Iterable[int]) -> float:
        return sum(self._weights[at] for at in words) / self._total


NAMED: Final = 4.0
"""What it counts that a passage is of the document that the question names."""


def ordered(candidates: Sequence[Candidate], question: Weighed, fused: Sequence[PassageId]) -> list[PassageId]:
    """The candidates, best first. fused: their order by rank alone, which stays for questions about a matter.

    A question for a fact is answered by one passage, and that holds most of its words close together. Cranfield's
    queries ask what is known about something: for those of them that are longer, rank fusion is better.
    """
    if not candidates or not question.asks_for_a_fact:
        return list(fused)
    mean = sum(len(candidate.terms) for candidate in candidates) / len(candidates)
    measured = {candidate.id: measures(candidate, question, mean) for candidate in candidates}
    if max(row["close"] for row in measured.values()) < _LEAST_IN_A_WINDOW:
        return list(fused)
    named = {candidate.id: NAMED * candidate.named for candidate in candidates}
    scores = {
        id_: named[id_] + sum(WEIGHTS[name] * value for name, value in row.items()) for id_, row in measured.items()
    }
    known = [id_ for id_ in fused if id_ in scores]
    return sorted(known, key=lambda id_: -scores[id_])


def measures(candidate: Candidate, question: Weighed, mean_length: float) -> dict[str, float]:
    """What is weighed of a candidate. mean_length: of all candidates, in terms."""
    return {
        "similarity": candidate.similarity,
        "moved": candidate.moved,
        "bm25": question.bm25(candidate, mean_length),
        "covered": question.covered(candidate),
        "close": question.close(candidate),
        "pairs": question.pairs(candidate),
        "near_rank": _reciprocal(candidate.near_rank),
        "word_rank": _reciprocal(candidate.word_rank),
    }


def diverse(order: Sequence[PassageId], terms: Mapping[PassageId, Sequence[str]], k: int) -> list[PassageId]:
    """The first `k` of `order` that do not say again what a better one said; those come last where `k` wants them."""
    chosen: list[PassageId] = []
    again: list[PassageId] = []
    bags: list[frozenset[str]] = []
    for id_ in order:
        bag = frozenset(terms.get(id_, ()))
        if bag and any(_says_the_same(bag, other) for other in bags):
            again.append(id_)
        else:
            chosen.append(id_)
            bags.append(bag)
        if len(chosen) == k:
            break
    return (chosen + again)[:k]


def _says_the_same(one: frozenset[str], other: frozenset[str]) -> bool:
    """True for terms that are nearly alike, all numbers among them: with another amount or year it is another thing."""
    if len(one & other) < _SAME * len(one | other):
        return False
    return not any(term[0].isdigit() for term in one ^ other)


def _idf(frequency: int, passages: int) -> float:
    passages = max(passages, frequency) + _OTHER_PASSAGES
    return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))


def _reciprocal(rank: int) -> float:
    return 1 / (_RANK_OFFSET + (rank or _UNRANKED))
