"""The best by words without weighing every find: the very same passages in the very same order."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import cast

import pytest
from sqlcipher3 import dbapi2

from assistant.retrieval.bounds import best
from assistant.values import DocumentId
from assistant.vault import Connection

PASSAGES = 4_000
WORDS = [f"w{number}" for number in range(60)]
COUNTED = 1_500


@pytest.fixture(scope="module")
def index() -> Iterator[Connection]:
    """An index of words in which few words are common and many are rare, some of them often in one passage."""
    connection = dbapi2.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE passages (id INTEGER PRIMARY KEY, document INTEGER)")
    connection.execute("CREATE VIRTUAL TABLE passage_words USING fts5 (text, heading, title)")
    chance = random.Random(5)
    weights = [1 / (1 + at) for at in range(len(WORDS))]
    connection.execute("BEGIN")
    for id_ in range(1, PASSAGES + 1):
        text = chance.choices(WORDS, weights, k=chance.randint(1, 12))
        text += [chance.choice(WORDS[:8])] * (chance.random() < 0.02) * 20
        rows = (" ".join(text), *(" ".join(chance.choices(WORDS, k=chance.randint(0, 1))) for _ in range(2)))
        connection.execute("INSERT INTO passage_words (rowid, text, heading, title) VALUES (?, ?, ?, ?)", (id_, *rows))
        connection.execute("INSERT INTO passages VALUES (?, ?)", (id_, id_ % 7))
    connection.execute("COMMIT")
    yield cast(Connection, connection)
    connection.close()


def held(index: Connection, terms: Sequence[str]) -> dict[str, int]:
    statement = "SELECT count(*) FROM passage_words WHERE passage_words MATCH ?"
    return {term: min(COUNTED, index.execute(statement, (f'"{term}"',)).fetchall()[0][0]) for term in terms}


def asked() -> list[tuple[list[str], int]]:
    """Questions of common words, of rare ones, of both, and of one that is nowhere; and how many passages they want."""
    chance = random.Random(6)
    made = [(chance.sample(WORDS, chance.randint(1, 9)), chance.choice((1, 5, 50))) for _ in range(60)]
    made += [(chance.sample(WORDS[:9], chance.randint(2, 5)), chance.choice((1, 5, 50))) for _ in range(60)]
    return [*made, (["nowhere", *WORDS[:3]], 50), (["nowhere"], 50), (WORDS[:40], 50)]


@pytest.mark.parametrize("scope", [None, [DocumentId(3)], []], ids=["all", "one", "none"])
def test_no_passage_is_missed(index: Connection, scope: list[DocumentId] | None) -> None:
    for terms, limit in asked():
        by_bounds = best(index, terms, limit, scope, held(index, terms), PASSAGES + 500)
        assert by_bounds == best(index, terms, limit, scope), (terms, limit)


class Weighing:
    """An index of words whose queries are counted by what they were asked among."""

    def __init__(self, index: Connection) -> None:
        self._index = index
        self.among: list[str] = []

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> object:
        self.among.append(str(parameters[3]) if len(parameters) > 3 else "all")
        return self._index.execute(sql, parameters)


def test_finds_of_a_common_word_alone_are_left_out_where_they_cannot_be_among_the_best(index: Connection) -> None:
    terms = [WORDS[0], WORDS[1], WORDS[40]]
    watched = Weighing(index)
    best(cast(Connection, watched), terms, 5, None, held(index, terms), PASSAGES)
    assert "all" not in watched.among


class Planning:
    """An index of words that says how SQLite goes about each query."""

    def __init__(self, index: Connection) -> None:
        self._index = index
        self.plans: list[str] = []

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> object:
        steps = self._index.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()
        self.plans += [str(step[3]) for step in steps if "passage_words" in str(step[3])]
        return self._index.execute(sql, parameters)


def test_the_index_of_words_is_not_asked_anew_for_each_passage_of_a_scope(index: Connection) -> None:
    planned = Planning(index)
    terms = WORDS[:6]
    best(cast(Connection, planned), terms, 5, [DocumentId(3)], held(index, terms), PASSAGES)
    assert planned.plans
    assert not [plan for plan in planned.plans if "=" in plan.rpartition(":")[2]], planned.plans
