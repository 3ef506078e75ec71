"""Search by words: the vault's full-text index, asked with the words of a question and nothing of its punctuation."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from assistant.retrieval import indexing
from assistant.retrieval.languages import STOP_WORDS
from assistant.retrieval.terms import forms, terms, tokens
from assistant.values import DocumentId, PassageId
from assistant.vault import Connection, Vault

_WORD: Final = re.compile(r"[^\W_]+")
_MOST_WORDS: Final = 64
"""More words than any question has; a pasted page would only slow the search down."""
_LONGEST_QUESTION: Final = 20_000

_HOW_MANY: Final = re.compile(r"\bhow (?:many|much)\b", re.IGNORECASE)
_QUANTITY: Final = frozenset(("many", "much"))
"""What "how many" asks for; a passage that answers need not have the word."""
_MOST_LANGUAGES: Final = 6
# How much a word counts in the text, in a heading above it, and in the document's title. Measured on Cranfield, where
# each document is one passage: nDCG@10 .384 with the title at 0.5, .394 at 2; on XQuAD it makes no difference.
_WEIGHTS: Final = "1.0, 1.5, 2.0"


def content_words(text: str) -> tuple[str, ...]:
    """The words of `text` that carry its meaning: case-folded, each once, in the order they first come in.

    Function words of English, German, French and Spanish are left out, unless there is nothing else.
    """
    return tuple(_content(text))


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question as the index holds them: of each content word, its forms in the languages kept there.

    in_order: all of its terms, function words too, in the language that most is kept in.
    """

    words: tuple[tuple[str, ...], ...]
    in_order: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """All forms of all words, each once."""
        return tuple(dict.fromkeys(form for forms in self.words for form in forms))


def asked(connection: Connection, question: str) -> Asked:
    """The words of `question`, as many as a search takes."""
    known = indexing.languages(connection)[:_MOST_LANGUAGES] or ("english",)
    written = dict.fromkeys(tokens(question[:_LONGEST_QUESTION]))
    empty = STOP_WORDS | _QUANTITY if _HOW_MANY.search(question) else STOP_WORDS
    words = ([word for word in written if word.casefold() not in empty] or list(written))[:_MOST_WORDS]
    looked_for = (tuple(dict.fromkeys(form for name in known for form in forms(word, name))) for word in words)
    in_order = terms(question[:_LONGEST_QUESTION], known[0])
    return Asked(tuple(filter(None, looked_for)), tuple(in_order[: 4 * _MOST_WORDS]))


def search(
    vault: Vault, question: str | Asked, limit: int, scope: Collection[DocumentId] | None = None
) -> list[PassageId]:
    """At most `limit` passages that hold words of `question`, best first (BM25, FTS5's `bm25`).

    Words are found in any of their forms, numbers however they are written. scope: only these documents; None is all.
    """
    with vault.read() as connection:
        wanted = asked(connection, question) if isinstance(question, str) else question
        if not wanted.words or limit < 1:
            return []
        # In quotes a word is only ever a word: none of FTS5's operators can come from a question.
        query = " OR ".join(f'"{term}"' for term in wanted.terms)
        within = (
            ""
            if scope is None
            else (" AND rowid IN (SELECT id FROM passages WHERE document IN (SELECT value FROM json_each(?3)))")
        )
        statement = (
            f"SELECT rowid FROM passage_words WHERE passage_words MATCH ?1{within}"
            f" ORDER BY bm25(passage_words, {_WEIGHTS}), rowid LIMIT ?2"
        )
        parameters: tuple[str | int, ...] = (query, limit)
        if scope is not None:
            parameters += (json.dumps(sorted(scope)),)
        return [PassageId(row[0]) for row in connection.execute(statement, parameters)]


def frequency(connection: Connection, term: str, most: int) -> int:
    """In how many passages a term stands, `most` if in more."""
    row = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM passage_words WHERE passage_words MATCH ?1 LIMIT ?2)", (f'"{term}"', most)
    ).fetchone()
    return int(row[0]) if row else 0


def _content(text: str) -> dict[str, str]:
    """The content words of `text`, each folded -> as first written: FTS5 folds its own way, and keeps "ß"."""
    words: dict[str, str] = {}
    for word in _WORD.findall(unicodedata.normalize("NFC", text)):
        words.setdefault(word.casefold(), word)
    return {folded: word for folded, word in words.items() if folded not in STOP_WORDS} or words
