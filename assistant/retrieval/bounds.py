"""The best passages by BM25 without weighing most of those that hold a word: bounds tell which can't be among them."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from assistant.values import DocumentId, PassageId
from assistant.vault import Connection

# How much a word counts in the text, in a heading above it, and in the document's title. Measured on Cranfield, where
# each document is one passage: nDCG@10 .384 with the title at 0.5, .394 at 2; on XQuAD it makes no difference.
_WEIGHTS: Final = "1.0, 1.5, 2.0"
_MOST: Final = 2.2
"""FTS5's k1 + 1: a term gives less than that times its inverse document frequency, however often it stands there."""
_LEAST_IDF: Final = 1e-6  # of FTS5
_FEW: Final = 3_000
"""Finds of all terms that are weighed as quickly as it is told which of them need not be."""
_RARE: Final = 1_000
"""Passages that a term alone is reason enough to weigh: more than fits one, and it may well decide."""
_ROUNDING: Final = 1e-9


def best(
    connection: Connection,
    terms: Sequence[str],
    limit: int,
    scope: Collection[DocumentId] | None = None,
    held: Mapping[str, int] | None = None,
    passages: int = 0,
) -> list[PassageId]:
    """The `limit` passages that fit `terms` best by FTS5's `bm25`, best first; of equal ones the older.

    scope: only these documents; None is all. held: in how many passages each term stands, or a number above which it
    was not counted; None to weigh every find. passages: how many there are, or more.

    To weigh a find costs many times what it costs to come upon it. So finds of a rare term and of two terms or more
    are weighed first. What holds a common term alone is weighed only where that term could by itself reach the worst
    of the best so far: no passage is missed (the bound of Turtle & Flood, IPM 31, 1995).
    """
    asked = _Asking(connection, terms, limit, scope)
    there = sorted((term for term in terms if held and held.get(term, 0)), key=lambda term: (held or {})[term])
    if held is None or len(there) < 2 or sum(held[term] for term in there) < _FEW:
        return [id_ for id_, _ in asked.among()]
    rare = [term for term in there if held[term] <= _RARE]
    found = asked.among(" OR ".join(filter(None, (_any(rare), _two_of(there)))))
    if len(found) < limit:
        return [id_ for id_, _ in asked.among()]
    worst = -found[-1][1] * (1 - _ROUNDING)
    deciding = [term for term in there if term not in rare and _bound(held[term], passages) >= worst]
    if deciding:
        both = {*found, *asked.among(_any(deciding))}
        found = sorted(both, key=lambda one: (one[1], one[0]))[:limit]
    return [id_ for id_, _ in found]


class _Asking:
    """The full-text index asked for the same terms, among different finds."""

    def __init__(
        self, connection: Connection, terms: Sequence[str], limit: int, scope: Collection[DocumentId] | None
    ) -> None:
        self._connection = connection
        self._terms, self._limit = _any(terms), limit
        self._scope = None if scope is None else json.dumps(sorted(scope))

    def among(self, those: str = "") -> list[tuple[PassageId, float]]:
        """The best with what FTS5 gives them, less being better. those: only what this query finds."""
        # The sign: without it SQLite would ask the index of words anew for each of these rows, which takes seconds.
        only = " AND +rowid IN (SELECT rowid FROM passage_words WHERE passage_words MATCH ?4)" if those else ""
        if self._scope is not None:
            only += " AND +rowid IN (SELECT id FROM passages WHERE document IN (SELECT value FROM json_each(?3)))"
        rows = self._connection.execute(
            f"SELECT rowid, bm25(passage_words, {_WEIGHTS}) AS score FROM passage_words"
            f" WHERE passage_words MATCH ?1{only} ORDER BY score, rowid LIMIT ?2",
            (self._terms, self._limit, self._scope, those)[: 4 if those else 3 if self._scope is not None else 2],
        )
        return [(PassageId(id_), float(score)) for id_, score in rows]


def _any(terms: Sequence[str]) -> str:
    """FTS5's query for any of `terms`: in quotes a word is only ever a word, no operator can come from a question."""
    return " OR ".join(f'"{term}"' for term in terms)


def _two_of(terms: Sequence[str]) -> str:
    """FTS5's query for any two of `terms`: two of either half, or one of each, and so on."""
    if len(terms) < 2:
        return ""
    middle = len(terms) // 2
    halves = terms[:middle], terms[middle:]
    parts = [*map(_two_of, halves), f"(({_any(halves[0])}) AND ({_any(halves[1])}))"]
    return " OR ".join(filter(None, parts))


def _bound(held: int, passages: int) -> float:
    """More than a term that stands in `held` passages gives any of them, as FTS5 counts."""
    rows = max(passages, held)
    return _MOST * max(_LEAST_IDF, math.log((rows - held + 0.5) / (held + 0.5)))
