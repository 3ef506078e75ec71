"""One search from words and vector to hits in order: both indexes asked, moved, fused, weighed, and without echoes."""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from assistant.retrieval import indexing, words
from assistant.retrieval.contents import answering_first
from assistant.retrieval.fusion import Pointing, cosine, floats, reciprocal_rank_fusion, shared_words
from assistant.retrieval.index import Index
from assistant.retrieval.library import Library
from assistant.retrieval.naming import Names, Naming
from assistant.retrieval.ranking import Candidate, Weighed, diverse, ordered
from assistant.values import DocumentId, DocumentInfo, Hit, Passage, PassageId
from assistant.vault import Vault
from assistant.workers import Meanwhile

_CANDIDATES: Final = 50  # of each kind of search
_WIDE: Final = 100
"""Asked of the vectors where a scope is too large to be told to them at once: some of these are of its documents."""
_TOLD: Final = 20_000  # passages of a scope that can be told to the index of vectors at once
_FEEDBACK: Final = 2
"""Passages that the question is moved towards (Rocchio 1971): on Cranfield nDCG@10 .442 without, .459 with."""
_RANK_OFFSET: Final = 10
_MEANING_AND_WORDS: Final = (2.0, 1.0)
"""How much either list counts. Chosen with the offset on every other one of Cranfield's queries; on the rest nDCG@10 is
.460 so, and .437 with an offset of 60 and equal weights."""
_MOST_COUNTED: Final = 50_000
_BESIDE: Final = 1.5
"""How much a follow-up question that was made complete counts against the same question as it was asked."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for. vector: float32 little-endian, of unit length; b"" to go by words alone."""

    text: str
    vector: bytes = b""


@dataclass(frozen=True, slots=True)
class Found:
    """One query's candidates, best first, with their scores and what they were weighed by."""

    order: list[tuple[PassageId, float]]
    candidates: Mapping[PassageId, Candidate]
    weighed: Weighed


class Searching:
    """Searches the kept passages. Raises what the vault raises; without the index of vectors it goes by words."""

    def __init__(self, vault: Vault, library: Library, index: Index) -> None:
        self._vault = vault
        self._library = library
        self._index = index
        self._names = Names(vault)
        self._frequencies = words.Frequencies(_MOST_COUNTED)
        self._current = False

    def prepare(self) -> None:
        """Read what the first search would otherwise wait for: the names of ten thousand documents take a second."""
        with self._vault.read() as connection:
            current = indexing.is_current(connection)
        if current:  # otherwise the names are read when the index of words has been made again
            self._names.naming(words.Asked((), ()))

    def search(self, queries: Sequence[Query], k: int, scope: Collection[DocumentId] | None) -> list[Hit]:
        """The `k` passages that answer best, best first; echoes of a better one give way to others.

        queries: the question as asked, and beside it, where it leans on an earlier one, a complete form of it.
        """
        if not self._current:
            indexing.catch_up(self._vault)
            self._current = True
        found = [self.found(query, k, scope) for query in queries]
        order = _merged(found)
        terms = {id_: candidate.terms for one in found for id_, candidate in one.candidates.items()}
        chosen = diverse([id_ for id_, _ in order], terms, k)
        passages = answering_first(queries[-1].text, self._library.passages(chosen))
        return self._hits(queries, found, passages, dict(order))

    def rankings(self, query: Query, k: int) -> tuple[list[PassageId], list[PassageId]]:
        """The nearest passages to a question as it is, and those that hold its words, neither weighed nor fused."""
        asked, weighed = self.weighed(query.text)
        by_words = words.search(self._vault, asked, k, None, weighed.frequencies)
        return self._asked(query.vector, k, None), by_words

    def weighed(self, question: str) -> tuple[words.Asked, Weighed]:
        """The words of a question, and how much each of them tells among what is kept."""
        with self._vault.read() as connection:
            asked = words.asked(connection, question)
            count = indexing.passages(connection)
            counted = self._frequencies.of(connection, asked.terms)
        return asked, Weighed(asked, counted, count)

    def found(self, query: Query, k: int, scope: Collection[DocumentId] | None = None) -> Found:
        """The candidates of one query, 50 of each kind of search or `k`."""
        wanted = max(k, _CANDIDATES)
        among = self._library.ids_of(scope) if scope is not None and query.vector else None
        nearest: Meanwhile[list[PassageId]] = Meanwhile()
        nearest.begin(lambda: self._asked(query.vector, wanted, among))
        asked, weighed = self.weighed(query.text)
        by_words = words.search(self._vault, asked, wanted, scope, weighed.frequencies)
        near, moved = self._near(query.vector, nearest.result() or [], by_words, wanted, among)
        fused = reciprocal_rank_fusion([near, by_words], _RANK_OFFSET, _MEANING_AND_WORDS)
        candidates = self._candidates([id_ for id_, _ in fused], query.vector, moved, near, by_words)
        naming, candidates = self._named(self._names.naming(asked, scope), candidates)
        scores = dict(fused)
        known = [id_ for id_, _ in fused if id_ in candidates]
        # What names a document stands in its name; a passage is asked for the rest.
        order = ordered(list(candidates.values()), weighed.apart_from(naming.words), known)
        return Found([(id_, scores[id_]) for id_ in order], candidates, weighed)

    def _near(
        self,
        vector: bytes,
        first: Sequence[PassageId],
        by_words: Sequence[PassageId],
        wanted: int,
        among: Sequence[PassageId] | None,
    ) -> tuple[list[PassageId], bytes]:
        """The nearest passages to the question moved towards the first finds, and that moved vector.

        first: those that are nearest to the question as it is.
        """
        if not first:
            return [], b""
        best = [id_ for id_, _ in reciprocal_rank_fusion([first, by_words])[:_FEEDBACK]]
        moved = _moved(vector, list(self._library.vector(best).values()))
        return self._asked(moved, wanted, among) or list(first), moved

    def _asked(self, vector: bytes, wanted: int, among: Sequence[PassageId] | None) -> list[PassageId]:
        if not vector or (among is not None and not among):
            return []
        if among is None or len(among) <= _TOLD:
            return [id_ for id_, _ in self._index.query(vector, wanted, among) or []]
        inside = set(among)
        near = [id_ for id_, _ in self._index.query(vector, max(wanted, _WIDE)) or [] if id_ in inside]
        if len(near) >= wanted:
            return near
        # Most of what is near lies outside: the scope is asked for piece by piece, so that none of it is missed.
        pieces = (among[start : start + _TOLD] for start in range(0, len(among), _TOLD))
        found = [hit for piece in pieces for hit in self._index.query(vector, wanted, piece) or []]
        return [id_ for id_, _ in sorted(found, key=lambda hit: -hit[1])[:wanted]]

    def _candidates(
        self,
        ids: Sequence[PassageId],
        vector: bytes,
        moved: bytes,
        near: Sequence[PassageId],
        by_words: Sequence[PassageId],
    ) -> dict[PassageId, Candidate]:
        vectors = self._library.vector(ids) if vector else {}
        own, nearer = Pointing(vector), Pointing(moved)
        near_rank = {id_: rank for rank, id_ in enumerate(near, 1)}
        word_rank = {id_: rank for rank, id_ in enumerate(by_words, 1)}
        return {
            id_: Candidate(
                id_,
                text,
                above,
                own.cosine(numbers) or 0.0,
                nearer.cosine(numbers) or 0.0,
                near_rank.get(id_, 0),
                word_rank.get(id_, 0),
            )
            for id_, (text, above) in self._library.terms(ids).items()
            for numbers in (floats(vectors.get(id_, b"")),)
        }

    def _named(
        self, naming: Naming, candidates: dict[PassageId, Candidate]
    ) -> tuple[Naming, dict[PassageId, Candidate]]:
        """The candidates with how far the question names their documents, where it does.

        Words that all stand in a passage of another document are what the question is about, and name none.
        """
        owners = self._library.owners(list(candidates)) if naming.words else {}
        if not owners or any(
            owners.get(id_) not in naming.documents and naming.all_in(one.counts) for id_, one in candidates.items()
        ):
            return Naming(), candidates
        return naming, {
            id_: replace(one, named=naming.share(owners[id_], {*one.counts, *one.above}))
            for id_, one in candidates.items()
            if id_ in owners
        }

    def _hits(
        self,
        queries: Sequence[Query],
        found: Sequence[Found],
        passages: Mapping[PassageId, tuple[DocumentInfo, Passage]],
        scores: Mapping[PassageId, float],
    ) -> list[Hit]:
        query, last = queries[-1], found[-1]
        asked = words.content_words(query.text)
        vectors = self._library.vector(list(passages)) if query.vector else {}
        hits: list[Hit] = []
        for id_, (document, passage) in passages.items():
            candidate = next(one.candidates[id_] for one in (*reversed(found),) if id_ in one.candidates)
            text = " ".join((*passage.heading, passage.text))
            score = min(scores[id_], hits[-1].score) if hits else scores[id_]
            hits.append(
                Hit(
                    id_,
                    document.id,
                    document.title,
                    passage,
                    score,
                    cosine(query.vector, vectors.get(id_, b"")),
                    shared_words(asked, text),
                    last.weighed.covered(candidate),
                    last.weighed.close(candidate),
                )
            )
        return hits


def _merged(found: Sequence[Found]) -> list[tuple[PassageId, float]]:
    """One order of all queries' candidates; where there is more than one, the complete question counts more."""
    if len(found) == 1:
        return found[0].order
    scores: dict[PassageId, float] = {}
    for weight, one in zip((1.0, *(_BESIDE for _ in found[1:])), found, strict=True):
        for id_, score in reciprocal_rank_fusion([[id_ for id_, _ in one.order]]):
            scores[id_] = scores.get(id_, 0.0) + weight * score
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def _moved(vector: bytes, towards: Sequence[bytes]) -> bytes:
    """The question's vector plus the mean of these, of unit length."""
    rows = [floats(row) for row in towards if len(row) == len(vector)]
    if not rows:
        return vector
    total = [own + sum(others) / len(rows) for own, others in zip(floats(vector), zip(*rows, strict=True), strict=True)]
    length = math.sqrt(sum(map(operator.mul, total, total))) or 1.0
    return struct.pack(f"<{len(total)}f", *(number / length for number in total))
