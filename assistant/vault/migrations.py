"""The database's schema as a list of steps: step n leads from version n - 1 to n and is never changed again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from assistant.errors import VaultNewer
from assistant.vault.connections import Connection
from assistant.vault.faults import damaged


def _first(connection: Connection) -> None:
    """Conversations, documents with their passages, full text and embeddings, and a few named values."""
    for statement in (
        # AUTOINCREMENT everywhere: an id that was given once (to the index of vectors, to a citation, to an
        # open window) must never come to mean something else.
        """CREATE TABLE conversations (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL,
            documents INTEGER NOT NULL,
            created REAL NOT NULL,
            changed REAL NOT NULL
        )""",
        """CREATE TABLE turns (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            parent INTEGER REFERENCES turns (id) ON DELETE CASCADE,
            role TEXT NOT NULL,
            text TEXT NOT NULL,
            state TEXT NOT NULL,
            note TEXT NOT NULL,
            created REAL NOT NULL,
            citations TEXT NOT NULL
        )""",
        "CREATE INDEX turns_of_conversation ON turns (conversation)",
        "CREATE INDEX turns_of_parent ON turns (parent)",
        # A path is bytes, as the system gives it: it need not be text.
        """CREATE TABLE documents (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            path BLOB NOT NULL UNIQUE,
            sha256 TEXT NOT NULL,
            title TEXT NOT NULL,
            pages INTEGER NOT NULL,
            size INTEGER NOT NULL,
            added REAL NOT NULL,
            warnings TEXT NOT NULL
        )""",
        """CREATE TABLE passages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            text TEXT NOT NULL,
            page INTEGER,
            last_page INTEGER,
            heading TEXT NOT NULL,
            tokens INTEGER NOT NULL,
            UNIQUE (document, ordinal)
        )""",
        # The full-text index keeps no second copy of the text; it reads what it needs from this view.
        """CREATE VIEW passage_texts AS
            SELECT passages.id AS id, passages.text AS text, passages.heading AS heading, documents.title AS title
            FROM passages JOIN documents ON documents.id = passages.document""",
        """CREATE VIRTUAL TABLE passage_words USING fts5 (
            text, heading, title,
            content = 'passage_texts', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
        )""",
        # Without it a removed word would stay in the index until its segments happen to be merged.
        "INSERT INTO passage_words (passage_words, rank) VALUES ('secure-delete', 1)",
        """CREATE TABLE embeddings (
            passage INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
            model TEXT NOT NULL,
            vector BLOB NOT NULL
        )""",
        "CREATE INDEX embeddings_of_model ON embeddings (model)",
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    ):
        connection.execute(statement)


def _second(connection: Connection) -> None:
    """Conversations become trees: of the turns in one place one is shown; thoughts and unsent drafts are kept."""
    for statement in (
        "ALTER TABLE turns ADD COLUMN thought TEXT NOT NULL DEFAULT ''",
        # Until now each turn hung on the one before it, so all are shown; were there two in one place, the later is.
        "ALTER TABLE turns ADD COLUMN shown INTEGER NOT NULL DEFAULT 1",
        """UPDATE turns SET shown = 0 WHERE EXISTS (
            SELECT 1 FROM turns AS later
            WHERE later.id > turns.id AND later.conversation = turns.conversation AND later.parent IS turns.parent
        )""",
        "CREATE UNIQUE INDEX shown_turns ON turns (conversation, coalesce(parent, 0)) WHERE shown",
        # conversation: NULL for the one that has not begun.
        """CREATE TABLE drafts (
            conversation INTEGER UNIQUE REFERENCES conversations (id) ON DELETE CASCADE,
            text TEXT NOT NULL
        )""",
    ):
        connection.execute(statement)


def _third(connection: Connection) -> None:
    """A trash for conversations, and the log of what was asked of what."""
    for statement in (
        # When it was moved to the trash, seconds since 1970; NULL where it was not.
        "ALTER TABLE conversations ADD COLUMN trashed REAL",
        # hash: over the hash before it and the record, in hexadecimal; so that nothing can be taken out unnoticed.
        "CREATE TABLE audit (id INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL, hash TEXT NOT NULL)",
    ):
        connection.execute(statement)


def _fourth(connection: Connection) -> None:
    """Documents are accounted for page by page; folders as sources, collections, a queue; an index that follows."""
    for statement in (
        "CREATE TABLE collections (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE)",
        # state: as in values.SourceState. seen: when it was last gone through.
        """CREATE TABLE sources (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            path BLOB NOT NULL UNIQUE,
            collection INTEGER REFERENCES collections (id) ON DELETE SET NULL,
            leave_out TEXT NOT NULL,
            state TEXT NOT NULL,
            seen REAL
        )""",
        # A file that waits to be read, or could not be: then what and do are the two sentences. place: its order.
        # began: how often reading it began; that of a file which ends Privet itself is seen to grow.
        """CREATE TABLE queue (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            path BLOB NOT NULL UNIQUE,
            source INTEGER REFERENCES sources (id) ON DELETE CASCADE,
            collection INTEGER REFERENCES collections (id) ON DELETE SET NULL,
            place REAL NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            began INTEGER NOT NULL DEFAULT 0,
            what TEXT NOT NULL DEFAULT '',
            do TEXT NOT NULL DEFAULT ''
        )""",
        "CREATE INDEX queue_by_place ON queue (place, id) WHERE what = ''",
        *(
            f"ALTER TABLE documents ADD COLUMN {column}"
            for column in (
                "collection INTEGER REFERENCES collections (id) ON DELETE SET NULL",
                "source INTEGER REFERENCES sources (id) ON DELETE SET NULL",
                "modified INTEGER NOT NULL DEFAULT 0",  # nanoseconds, as the file system says
                "inode INTEGER NOT NULL DEFAULT 0",
                "missing REAL",  # since when its file is not there
                "unit TEXT NOT NULL DEFAULT 'page'",
                "language TEXT NOT NULL DEFAULT ''",
                "parts TEXT NOT NULL DEFAULT '[]'",
                "used REAL NOT NULL DEFAULT 0",  # when a question last found it
                "passages INTEGER NOT NULL DEFAULT 0",
                "unlearned INTEGER NOT NULL DEFAULT 0",
            )
        ),
        "UPDATE documents SET passages = (SELECT count(*) FROM passages WHERE document = documents.id)",
        "CREATE INDEX documents_of_source ON documents (source)",
        "CREATE INDEX documents_by_content ON documents (sha256)",
        "CREATE INDEX documents_unlearned ON documents (max(used, added) DESC, id DESC) WHERE unlearned > 0",
        "ALTER TABLE passages ADD COLUMN position TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE passages ADD COLUMN language TEXT NOT NULL DEFAULT ''",
        # Of what is embedded: equal passages share an embedding. NULL for those of an earlier version.
        "ALTER TABLE passages ADD COLUMN digest BLOB",
        "CREATE INDEX passages_by_digest ON passages (digest) WHERE digest IS NOT NULL",
        # Text as it was read, page by page; of a document without pages, in stretches.
        """CREATE TABLE pages (
            document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            how TEXT NOT NULL,
            confidence REAL,
            text TEXT NOT NULL,
            PRIMARY KEY (document, number)
        )""",
        "CREATE INDEX odd_pages ON pages (document, how, number) WHERE how <> 'text'",
        """CREATE TABLE tables (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
            page INTEGER,
            position TEXT NOT NULL,
            cells TEXT NOT NULL
        )""",
        "CREATE INDEX tables_of_document ON tables (document)",
        # What the index of vectors has not taken over yet. gone: 1 for a passage that is to leave it.
        """CREATE TABLE index_changes (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            passage INTEGER NOT NULL,
            gone INTEGER NOT NULL
        )""",
    ):
        connection.execute(statement)


def _fifth(connection: Connection) -> None:
    """The full-text index holds terms that retrieval makes of a text; an answer keeps what was found of its claims."""
    for statement in (
        "DROP TABLE passage_words",
        "DROP VIEW passage_texts",
        # Terms with spaces between them; filled from the passages by the room that searches.
        """CREATE TABLE passage_terms (
            passage INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
            text TEXT NOT NULL,
            heading TEXT NOT NULL,
            title TEXT NOT NULL
        )""",
        # What is a term was decided before: the tokenizer only parts them where there is a space.
        """CREATE VIRTUAL TABLE passage_words USING fts5 (
            text, heading, title, content = 'passage_terms', content_rowid = 'passage',
            tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"
        )""",
        "INSERT INTO passage_words (passage_words, rank) VALUES ('secure-delete', 1)",
        "ALTER TABLE turns ADD COLUMN claims TEXT NOT NULL DEFAULT '[]'",
    ):
        connection.execute(statement)


def _sixth(connection: Connection) -> None:
    """A conversation may have an adapter beside the model."""
    for statement in (
        # The path of its file, NULL for none.
        "ALTER TABLE conversations ADD COLUMN adapter BLOB",
        "ALTER TABLE conversations ADD COLUMN adapter_scale REAL NOT NULL DEFAULT 1",
    ):
        connection.execute(statement)


def _seventh(connection: Connection) -> None:
    """Passages may be pinned to a conversation."""
    connection.execute(
        """CREATE TABLE pins (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            passage INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
            UNIQUE (conversation, passage)
        )"""
    )


def _eighth(connection: Connection) -> None:
    """Tables have captions; an answer may go over whole documents, and keeps what it noted on the way."""
    for statement in (
        "ALTER TABLE tables ADD COLUMN caption TEXT NOT NULL DEFAULT ''",
        # The documents that an answer goes over as a whole, as JSON; "" for one from the best passages.
        "ALTER TABLE turns ADD COLUMN whole TEXT NOT NULL DEFAULT ''",
        # What was noted of a passage for an answer that is not finished yet.
        """CREATE TABLE notes (
            turn INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
            passage INTEGER NOT NULL REFERENCES passages (id) ON DELETE CASCADE,
            text TEXT NOT NULL,
            PRIMARY KEY (turn, passage)
        )""",
        "CREATE INDEX notes_of_passage ON notes (passage)",
    ):
        connection.execute(statement)


def _renewed(connection: Connection) -> None:
    """Another embedding model's vectors are learned beside those that answer, and taken over all at once."""
    for statement in (
        """CREATE TABLE next_embeddings (
            passage INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
            vector BLOB NOT NULL
        )""",
        # An index that was made ready is of exactly the vectors that were there then.
        """CREATE TRIGGER next_embeddings_come AFTER INSERT ON next_embeddings
            BEGIN DELETE FROM meta WHERE key = 'next_index'; END""",
        """CREATE TRIGGER next_embeddings_go AFTER DELETE ON next_embeddings
            BEGIN DELETE FROM meta WHERE key = 'next_index'; END""",
    ):
        connection.execute(statement)


def _workspaces(connection: Connection) -> None:
    """Workspaces, what a conversation is narrowed to, and a trash for collections."""
    for statement in (
        # home: the collection for what is added in it; NULL for the first one, whose documents need be in none.
        """CREATE TABLE workspaces (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            home INTEGER REFERENCES collections (id)
        )""",
        "INSERT INTO workspaces (id, name) VALUES (1, 'Personal')",
        # A document belongs to the workspace of its collection; to the first where it is in none.
        "ALTER TABLE collections ADD COLUMN workspace INTEGER NOT NULL DEFAULT 1",
        # When it was moved to the trash, seconds since 1970; NULL where it was not.
        "ALTER TABLE collections ADD COLUMN trashed REAL",
        "CREATE INDEX documents_of_collection ON documents (collection)",
        "ALTER TABLE conversations ADD COLUMN workspace INTEGER NOT NULL DEFAULT 1",
        # As values.Scope packs it.
        "ALTER TABLE conversations ADD COLUMN scope TEXT NOT NULL DEFAULT ''",
    ):
        connection.execute(statement)


def _saw(connection: Connection) -> None:
    """What a model was given for an answer is kept with it, and which answers a person reported as wrong."""
    for statement in (
        # pieces: the prompt, packed. documents: a list of those whose words stand in it.
        """CREATE TABLE sent (
            turn INTEGER PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
            pieces BLOB NOT NULL,
            about TEXT NOT NULL,
            documents TEXT NOT NULL
        )""",
        """CREATE TABLE reports (
            turn INTEGER PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
            created REAL NOT NULL,
            wrong TEXT NOT NULL
        )""",
    ):
        connection.execute(statement)


MIGRATIONS: Final[tuple[Callable[[Connection], None], ...]] = (
    _first,
    _second,
    _third,
    _fourth,
    _fifth,
    _sixth,
    _seventh,
    _eighth,
    _renewed,
    _workspaces,
    _saw,
)
LATEST: Final = len(MIGRATIONS)


def version(connection: Connection) -> int:
    """The version of the schema, 0 of an empty file. Raises sqlcipher3's DatabaseError where the key is wrong."""
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    row = connection.execute("PRAGMA user_version").fetchone()
    return int(row[0]) if row else 0


def check_version(found: int, folder: Path) -> None:
    """Raise VaultNewer for a version that only a later Privet knows, VaultDamaged for none at all."""
    if found > LATEST:
        raise VaultNewer(
            "Your data was last opened by a newer Privet.", "Install that version or a later one; nothing was changed."
        )
    if found < 1:
        raise damaged(folder)  # a vault has a version from its first moment on


def migrate(connection: Connection) -> None:
    """Lead the schema to the latest version, all steps in one transaction: it arrives there or stays where it was."""
    found = version(connection)
    if found >= LATEST:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number in range(found + 1, LATEST + 1):
            MIGRATIONS[number - 1](connection)
        connection.execute(f"PRAGMA user_version = {LATEST}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
