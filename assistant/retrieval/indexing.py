"""The full-text index: what of each passage stands in it, put in, taken out, and made again after an update."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assistant.retrieval import rows
from assistant.retrieval.framing import LOOKED_BACK, lead
from assistant.retrieval.languages import language, stemmer
from assistant.retrieval.terms import terms
from assistant.values import PassageId
from assistant.vault import Connection, Vault

_ANALYSIS: Final = "3"
"""Changes whenever `terms` or `lead` makes something else of a text; what an earlier one made is made again then."""
_KEY: Final = "terms"
_LANGUAGES: Final = "languages"
_TRACES: Final = "full_text_keeps_traces"
_AT_ONCE: Final = 200  # documents in one transaction
_SAMPLE: Final = 20  # passages that a document's language is told from


@dataclass(frozen=True, slots=True)
class _Row:
    """A passage as it is kept, with its document's title and its language (ISO 639-1, or "").

    heading: the headings above it and, where it begins among the rows of a table, the lines that head those.
    """

    id: PassageId
    text: str
    heading: str
    title: str
    language: str


def put_in(connection: Connection, passages: Sequence[PassageId]) -> None:
    """Put passages, as they are kept, into the index, each by the rules of its language."""
    kept = _rows(connection, passages)
    if not kept:
        return
    told = language("\n".join(row.text for row in kept[:_SAMPLE]))
    names = [stemmer(row.language) or told for row in kept]
    connection.executemany(
        "INSERT OR REPLACE INTO passage_terms (passage, text, heading, title) VALUES (?, ?, ?, ?)",
        (
            (row.id, *(" ".join(terms(text, name)) for text in (row.text, row.heading, row.title)))
            for row, name in zip(kept, names, strict=True)
        ),
    )
    connection.executemany(
        "INSERT INTO passage_words (rowid, text, heading, title)"
        " SELECT passage, text, heading, title FROM passage_terms WHERE passage = ?",
        ((row.id,) for row in kept),
    )
    known = languages(connection)
    new = tuple(dict.fromkeys(name for name in names if name not in known))
    if new:
        _set(connection, _LANGUAGES, json.dumps([*known, *new]))


def take_out(connection: Connection, passages: Sequence[PassageId]) -> None:
    """Take passages out of the index while they are still kept: it reads from its terms what it has to forget."""
    connection.executemany("DELETE FROM passage_words WHERE rowid = ?", ((id_,) for id_ in passages))
    connection.executemany("DELETE FROM passage_terms WHERE passage = ?", ((id_,) for id_ in passages))
    if passages:
        _set(connection, _TRACES, "1")


def without_traces(connection: Connection) -> None:
    """Remove the last traces of what was taken out; does nothing where nothing was.

    FTS5 takes a removed word out of its lists at once, but may keep its first letters as a signpost between
    pages, for which only building the index again helps (about a second for 20,000 passages).
    """
    if connection.execute("DELETE FROM meta WHERE key = ?", (_TRACES,)).rowcount:
        connection.execute("INSERT INTO passage_words (passage_words) VALUES ('rebuild')")


def languages(connection: Connection) -> tuple[str, ...]:
    """The stemmers that were used on what is kept, by their names in Snowball; "" among them for none."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_LANGUAGES,)).fetchone()
    return tuple(json.loads(row[0])) if row else ()


def passages(connection: Connection) -> int:
    """How many passages are in the index, or a little more: the highest number given to one."""
    row = connection.execute("SELECT max(passage) FROM passage_terms").fetchone()
    return int(row[0] or 0) if row else 0


def state(connection: Connection) -> tuple[object, ...]:
    """What changes whenever a passage is put in or taken out: FTS5's totals, and the list of its segments."""
    return tuple(block for (block,) in connection.execute("SELECT block FROM passage_words_data WHERE id IN (1, 10)"))


def is_current(connection: Connection) -> bool:
    """True if all that is kept was put in by this very analysis."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    return row is not None and row[0] == _ANALYSIS


def catch_up(vault: Vault) -> None:
    """Put in what an earlier Privet kept: some hundred documents a transaction, so that it can be broken off."""
    with vault.read() as connection:
        if is_current(connection):
            return
    with vault.write() as connection:
        if not _begun(connection):
            connection.execute("INSERT INTO passage_words (passage_words) VALUES ('delete-all')")
            connection.execute("DELETE FROM passage_terms")
            connection.execute("DELETE FROM meta WHERE key = ?", (_LANGUAGES,))
            _set(connection, _KEY, f"{_ANALYSIS} begun")
    after = 0
    while True:
        with vault.write() as connection:
            documents = connection.execute(
                "SELECT id FROM documents WHERE id > ? ORDER BY id LIMIT ?", (after, _AT_ONCE)
            ).fetchall()
            for (document,) in documents:
                missing = connection.execute(
                    "SELECT id FROM passages WHERE document = ? AND id NOT IN (SELECT passage FROM passage_terms)",
                    (document,),
                ).fetchall()
                put_in(connection, [PassageId(row[0]) for row in missing])
                after = document
            if not documents:
                _set(connection, _KEY, _ANALYSIS)
                return


def _begun(connection: Connection) -> bool:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    return row is not None and row[0] == f"{_ANALYSIS} begun"


def _rows(connection: Connection, passages: Sequence[PassageId]) -> list[_Row]:
    found = connection.execute(
        f"{rows.PASSAGE_ABOVE.format(before=LOOKED_BACK)} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(passages)),),
    )
    made = []
    for row in found:
        passage, title, before = rows.passage(row[:10]), str(row[10] or ""), json.loads(row[11])
        heading = "\n".join((*passage.heading, lead(passage.text, before)))
        made.append(_Row(PassageId(row[0]), passage.text, heading, title, passage.language))
    return made


def _set(connection: Connection, key: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))
