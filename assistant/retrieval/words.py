"""Search by words: the vault's full-text index, asked with the words of a question and nothing of its punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.retrieval import indexing
from assistant.retrieval.bounds import best
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
_REMEMBERED: Final = 10_000  # terms


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
    vault: Vault,
    question: str | Asked,
    limit: int,
    scope: Collection[DocumentId] | None = None,
    held: Mapping[str, int] | None = None,
) -> list[PassageId]:
    """At most `limit` passages that hold words of `question`, best first (BM25, FTS5's `bm25`).

    Words are found in any of their forms, numbers however they are written. scope: only these documents; None is all.
    held: in how many passages each term stands, where that is known: then most need not be weighed.
    """
    with vault.read() as connection:
        wanted = asked(connection, question) if isinstance(question, str) else question
        if not wanted.words or limit < 1:
            return []
        return best(connection, wanted.terms, limit, scope, held, indexing.passages(connection))


class Frequencies:
    """In how many passages terms stand, remembered until the index of words changes."""

    def __init__(self, most: int) -> None:
        """most: where a term stands in more, it is counted no further."""
        self._most = most
        self._known: tuple[tuple[object, ...], dict[str, int]] = ((), {})

    def of(self, connection: Connection, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each of these terms stands."""
        state, known = self._known
        now = indexing.state(connection)
        if now != state or len(known) > _REMEMBERED:
            known = {}
            self._known = (now, known)
        for term in terms:
            if term not in known:
                known[term] = frequency(connection, term, self._most)
        return {term: known[term] for term in terms}


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
