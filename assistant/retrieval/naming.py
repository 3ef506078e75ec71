"""Which documents a question speaks of: told by the words of their titles and of how they begin."""

from __future__ import annotations

import math
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from assistant.retrieval import indexing
from assistant.retrieval.framing import title_words
from assistant.retrieval.rows import json_of
from assistant.retrieval.terms import terms
from assistant.retrieval.words import Asked
from assistant.values import DocumentId
from assistant.vault import Connection, Vault

_OPENING: Final = 24
"""Terms of a document's first passage that say what it is, where its title says nothing ("scan 12.pdf"): about a title
page, or the first lines of a contract. Beside a title that says something they are not names: XQuAD-en's paragraph
was among five for .914 with them, and for .951 without."""
_SEVERAL: Final = 4
"""Passages of a document whose first one may stand for it."""
_MOST_LANGUAGES: Final = 6
_COMMON: Final = 0.5
"""What stands in the titles of more than this share of the documents tells none of them apart."""

Forms = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Naming:
    """What of a question names documents.

    words: those of its words, by their forms, that name the documents which are named best, with what each tells; the
    sum is 1. names: for each of them the documents in whose names it is. documents: those that are named best.
    """

    words: Mapping[Forms, float] = field(default_factory=dict)
    names: Mapping[Forms, Collection[DocumentId]] = field(default_factory=dict)
    documents: Collection[DocumentId] = ()

    def all_in(self, there: Collection[str]) -> bool:
        """True where a text of these terms holds all words that name the documents."""
        return all(any(form in there for form in forms) for forms in self.words)

    def share(self, document: DocumentId, there: Collection[str]) -> float:
        """How much of what names documents is in a document's name or among the terms of its passage, 0 to 1."""
        return sum(
            weight
            for forms, weight in self.words.items()
            if document in self.names[forms] or any(form in there for form in forms)
        )


class Names:
    """The names of all documents, kept in memory and brought up to what the vault has with every question."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._known: dict[DocumentId, tuple[str, float, int]] = {}
        self._terms: dict[DocumentId, frozenset[str]] = {}
        self._holding: dict[str, set[DocumentId]] = {}
        self._rows: list[tuple[object, ...]] = []
        self._seen: dict[Connection, int] = {}
        self._lock = threading.Lock()

    def naming(self, asked: Asked, scope: Collection[DocumentId] | None = None) -> Naming:
        """Which of the question's words name documents, and which documents those are. scope: only these; None is all.

        Raises what the vault raises.
        """
        with self._lock:
            with self._vault.read() as connection:
                self._follow(connection)
            within = self._known.keys() if scope is None else self._known.keys() & set(scope)
            held: dict[Forms, set[DocumentId]] = {
                forms: set().union(*(self._holding.get(form, ()) for form in forms)) & within for forms in asked.words
            }
        count = len(within)
        weights = {
            forms: math.log(1 + (count - len(owners) + 0.5) / (len(owners) + 0.5))
            for forms, owners in held.items()
            if 0 < len(owners) <= max(1.0, _COMMON * count)
        }
        scores: dict[DocumentId, float] = {}
        for forms, weight in weights.items():
            for owner in held[forms]:
                scores[owner] = scores.get(owner, 0.0) + weight
        if not scores:
            return Naming()
        most = max(scores.values())
        best = {owner for owner, score in scores.items() if score >= most - 1e-9}
        naming = {forms: weight for forms, weight in weights.items() if best & held[forms]}
        total = sum(naming.values())
        return Naming(
            {forms: weight / total for forms, weight in naming.items()},
            {forms: frozenset(held[forms]) for forms in naming},
            frozenset(best),
        )

    def _follow(self, connection: Connection) -> None:
        """Take over what was added, changed, renamed and removed since the last question."""
        # A connection's data version stays what it is until another one has written (sqlite.org/pragma.html).
        ((version,),) = connection.execute("PRAGMA data_version").fetchall()
        if self._seen.get(connection) == version:
            return
        rows = connection.execute("SELECT id, title, added, passages FROM documents").fetchall()
        self._seen[connection] = int(version)
        if rows == self._rows:
            return
        self._rows = rows
        now = {DocumentId(id_): (str(title), float(added), int(passages)) for id_, title, added, passages in rows}
        fresh = [id_ for id_, one in now.items() if self._known.get(id_) != one]
        for gone in (*(self._known.keys() - now.keys()), *fresh):
            for term in self._terms.pop(gone, ()):
                self._holding[term].discard(gone)
        self._known = now
        if not fresh:
            return
        languages = indexing.languages(connection)[:_MOST_LANGUAGES] or ("",)
        openings = connection.execute(
            "SELECT document, passage_terms.text FROM passages"
            " JOIN passage_terms ON passage_terms.passage = passages.id"
            " WHERE ordinal = 0 AND document IN (SELECT value FROM json_each(?))",
            (json_of(fresh),),
        )
        opening = {DocumentId(id_): str(text) for id_, text in openings}
        for id_ in fresh:
            title = title_words(now[id_][0])
            own = {term for name in languages for term in terms(title, name)}
            if not own and now[id_][2] >= _SEVERAL:
                own.update(opening.get(id_, "").split(" ", _OPENING)[:_OPENING])
            self._terms[id_] = frozenset(own - {""})
            for term in self._terms[id_]:
                self._holding.setdefault(term, set()).add(id_)
