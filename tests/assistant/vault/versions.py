"""Vaults as earlier versions left them: `kept/N` holds one of schema version N, made once by this and then kept.

    python -m tests.assistant.vault.versions N FOLDER

makes another one, with the first N steps of the schema and what the Privet of that version would have written:
two conversations, the second asked about a document of two passages, with a quoted passage and an answer cut off.
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path
from typing import Final
from unittest import mock

from assistant.vault import Connection, Vault, migrations
from tests.assistant.vault.opening import by_passphrase

KEPT: Final = Path(__file__).with_name("kept")
ANSWER: Final = "The hedge was planted by Ottilie Brandt. [1]"
DRAFT: Final = "Before I send this"
_PASSAGES: Final = ("The hedge was planted in 1874 by Ottilie Brandt.", "The kettle holds four litres.")


def make(version: int, folder: Path) -> None:
    """Make a vault of this schema version in `folder`, under the tests' passphrase."""
    with (
        mock.patch.object(migrations, "LATEST", version),
        Vault.open(folder, by_passphrase()) as vault,
        vault.write() as connection,
    ):
        _conversations(connection)
        _document(connection)
        if version >= 2:
            connection.execute("INSERT INTO drafts VALUES (NULL, ?)", (DRAFT,))


def _conversations(connection: Connection) -> None:
    for title, documents in (("What is my dog called?", 0), ("Who planted the hedge?", 1)):
        connection.execute(
            "INSERT INTO conversations (title, documents, created, changed) VALUES (?, ?, 1000.5, 2000.5)",
            (title, documents),
        )
    citation = {"number": 1, "document": "estate.pdf", "place": "page 1", "page": 1, "text": _PASSAGES[0]}
    quoted = json.dumps([{**citation, "score": 0.5, "document_id": 1, "passage_id": 1}])
    connection.executemany(
        "INSERT INTO turns (conversation, parent, role, text, state, note, created, citations)"
        " VALUES (?, ?, ?, ?, ?, ?, 1500.5, ?)",
        [
            (1, None, "user", "What is my dog called?", "complete", "", "[]"),
            (1, 1, "assistant", "I do not know.", "complete", "", "[]"),
            (2, None, "user", "Who planted the hedge?", "complete", "", "[]"),
            (1, 2, "user", "Rufus.", "complete", "", "[]"),
            (2, 3, "assistant", ANSWER, "stopped", "You stopped this answer.", quoted),
            (1, 4, "assistant", "Half", "writing", "", "[]"),
        ],
    )


def _document(connection: Connection) -> None:
    connection.execute(
        "INSERT INTO documents (path, sha256, title, pages, size, added, warnings)"
        " VALUES (?, ?, ?, 2, 900, 1200.5, '[]')",
        (b"/home/somebody/estate.pdf", "ab" * 32, "estate.pdf"),
    )
    for ordinal, text in enumerate(_PASSAGES):
        passage = connection.execute(
            "INSERT INTO passages (document, ordinal, text, page, last_page, heading, tokens)"
            " VALUES (1, ?, ?, ?, ?, '[]', 12)",
            (ordinal, text, ordinal + 1, ordinal + 1),
        ).lastrowid
        if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'passage_texts'").fetchone():
            connection.execute(  # from version 5 on retrieval fills the index by itself
                "INSERT INTO passage_words (rowid, text, heading, title)"
                " SELECT id, text, heading, title FROM passage_texts WHERE id = ?",
                (passage,),
            )
        vector = struct.pack("<384f", *(1.0 if place == ordinal else 0.0 for place in range(384)))
        connection.execute(
            "INSERT INTO embeddings (passage, model, vector) VALUES (?, 'all-minilm-l6-v2', ?)", (passage, vector)
        )


if __name__ == "__main__":
    make(int(sys.argv[1]), Path(sys.argv[2]))
