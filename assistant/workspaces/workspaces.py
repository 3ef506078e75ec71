"""The workspaces of a vault, and the documents within reach of each conversation.

A workspace is a set of collections: a document belongs to the workspace of its collection, and to the first where it is
in none. So a document is in one workspace at a time, and there is one place that says in which.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import PurePath
from typing import Final

from assistant.errors import BadInput, NotFound
from assistant.values import (
    FIRST_WORKSPACE,
    CollectionId,
    DocumentId,
    Scope,
    WorkspaceId,
    WorkspaceInfo,
)
from assistant.vault import Connection, Vault, storable

_CURRENT: Final = "workspace"
_WORKSPACE: Final = (
    "SELECT id, name, home, (SELECT count(*) FROM documents LEFT JOIN collections ON collections.id ="
    " documents.collection WHERE coalesce(collections.workspace, 1) = workspaces.id AND collections.trashed IS NULL),"
    " (SELECT count(*) FROM conversations WHERE workspace = workspaces.id AND conversations.trashed IS NULL)"
    " FROM workspaces"
)
_LONGEST_NAME: Final = 200


class Workspaces:
    """All workspaces of a vault. Raises what the vault raises; every method is one transaction."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def list(self) -> tuple[WorkspaceInfo, ...]:
        """All, the first one first, then by name."""
        with self._vault.read() as connection:
            rows = connection.execute(f"{_WORKSPACE} ORDER BY id <> 1, name COLLATE NOCASE").fetchall()
        return tuple(_info(row) for row in rows)

    def get(self, workspace: WorkspaceId) -> WorkspaceInfo:
        """One of them. Raises NotFound."""
        with self._vault.read() as connection:
            row = connection.execute(f"{_WORKSPACE} WHERE id = ?", (workspace,)).fetchone()
        if row is None:
            raise NotFound("This workspace is no longer there.", "Choose another one.")
        return _info(row)

    def find(self, name: str) -> WorkspaceInfo:
        """The workspace of this name or number. Raises NotFound."""
        for info in self.list():
            if name in (info.name, str(info.id)):
                return info
        raise NotFound(f"There is no workspace {name}.", "List the workspaces to see what is there.")

    def of(self, document: DocumentId) -> WorkspaceId:
        """The workspace that a document is in; the first for one that is not there."""
        with self._vault.read() as connection:
            row = connection.execute(
                "SELECT workspace FROM documents JOIN collections ON collections.id = documents.collection"
                " WHERE documents.id = ?",
                (document,),
            ).fetchone()
        return FIRST_WORKSPACE if row is None else WorkspaceId(int(row[0]))

    def create(self, name: str) -> WorkspaceInfo:
        """Make a workspace, with a collection of the same name for its documents. Raises BadInput for a taken name."""
        name = _named(name)
        with self._vault.write() as connection:
            for table, what in (("workspaces", "workspace"), ("collections", "collection")):
                if connection.execute(f"SELECT 1 FROM {table} WHERE name = ?", (name,)).fetchone():
                    raise BadInput(f"There is a {what} called {name} already.", "Choose another name.")
            workspace = connection.execute("INSERT INTO workspaces (name) VALUES (?)", (name,)).lastrowid
            home = connection.execute(
                "INSERT INTO collections (name, workspace) VALUES (?, ?)", (name, workspace)
            ).lastrowid
            connection.execute("UPDATE workspaces SET home = ? WHERE id = ?", (home, workspace))
        return self.get(WorkspaceId(workspace or 0))

    def rename(self, workspace: WorkspaceId, name: str) -> None:
        """Give another name. Raises BadInput where another one has it, NotFound."""
        name = _named(name)
        with self._vault.write() as connection:
            if connection.execute("SELECT 1 FROM workspaces WHERE name = ? AND id <> ?", (name, workspace)).fetchone():
                raise BadInput("Another workspace has this name.", "Choose another name.")
            if connection.execute("UPDATE workspaces SET name = ? WHERE id = ?", (name, workspace)).rowcount != 1:
                raise NotFound("This workspace is no longer there.", "List the workspaces to see what is there.")

    def take(self, workspace: WorkspaceId, collection: CollectionId) -> None:
        """Let a collection, with its documents, belong to a workspace from now on.

        Raises BadInput for the collection that a workspace keeps its documents in, NotFound.
        """
        with self._vault.write() as connection:
            if connection.execute("SELECT 1 FROM workspaces WHERE id = ?", (workspace,)).fetchone() is None:
                raise NotFound("This workspace is no longer there.", "List the workspaces to see what is there.")
            if connection.execute("SELECT 1 FROM workspaces WHERE home = ?", (collection,)).fetchone():
                raise BadInput("A workspace keeps its documents in this collection.", "Choose another collection.")
            moved = connection.execute("UPDATE collections SET workspace = ? WHERE id = ?", (workspace, collection))
            if moved.rowcount != 1:
                raise NotFound("This collection is no longer there.", "List the collections to see what is there.")

    def remove(self, workspace: WorkspaceId) -> None:
        """Remove a workspace in which nothing is any more. Raises BadInput where there is, or for the first."""
        with self._vault.write() as connection:
            if workspace == FIRST_WORKSPACE:
                raise BadInput("This workspace is always there.", "Remove its documents and chats one by one.")
            for table in ("documents", "queue", "sources"):
                inside = f"SELECT 1 FROM {table} JOIN collections ON collections.id = {table}.collection"
                if connection.execute(f"{inside} WHERE workspace = ?", (workspace,)).fetchone():
                    raise BadInput("There are documents in this workspace.", "Remove them first.")
            if connection.execute("SELECT 1 FROM conversations WHERE workspace = ?", (workspace,)).fetchone():
                raise BadInput("There are chats in this workspace.", "Delete them first, from the trash too.")
            connection.execute("UPDATE workspaces SET home = NULL WHERE id = ?", (workspace,))
            connection.execute("DELETE FROM collections WHERE workspace = ?", (workspace,))
            connection.execute("DELETE FROM workspaces WHERE id = ?", (workspace,))

    @property
    def current(self) -> WorkspaceId:
        """The workspace in which what is new begins, for the faces."""
        kept = self._vault.recall(_CURRENT)
        known = {info.id for info in self.list()}
        wanted = WorkspaceId(int(kept)) if kept and kept.isdecimal() else FIRST_WORKSPACE
        return wanted if wanted in known else FIRST_WORKSPACE

    def choose(self, workspace: WorkspaceId) -> WorkspaceInfo:
        """Let what is new begin in this one from now on; kept over a restart. Raises NotFound."""
        info = self.get(workspace)
        self._vault.remember(_CURRENT, str(workspace))
        return info

    def reach(self, workspace: WorkspaceId, scope: Scope) -> frozenset[DocumentId] | None:
        """The documents that a question in `workspace`, narrowed to `scope`, may be put to; None for all there are.

        Raises BadInput for a day that is none.
        """
        since, until = _seconds(scope.since, 0), _seconds(scope.until, 1)
        narrowed = json.dumps(scope.collections), json.dumps(scope.documents)
        with self._vault.read() as connection:
            if scope == Scope() and _all(connection, workspace):
                return None
            rows = connection.execute(
                "SELECT documents.id, documents.title FROM documents"
                " LEFT JOIN collections ON collections.id = documents.collection"
                " WHERE coalesce(collections.workspace, 1) = ?1 AND collections.trashed IS NULL"
                " AND (?2 OR documents.collection IN (SELECT value FROM json_each(?3))"
                " OR documents.id IN (SELECT value FROM json_each(?4)))"
                " AND (?5 IS NULL OR CASE modified WHEN 0 THEN added ELSE modified / 1e9 END >= ?5)"
                " AND (?6 IS NULL OR CASE modified WHEN 0 THEN added ELSE modified / 1e9 END < ?6)",
                (workspace, int(not (scope.collections or scope.documents)), *narrowed, since, until),
            ).fetchall()
        endings = scope.endings
        return frozenset(
            DocumentId(id_) for id_, title in rows if not endings or PurePath(title).suffix[1:].lower() in endings
        )


def day(text: str) -> str:
    """A day as a scope has it, from how a person writes it: "2026-11-25", "2026-11", "2026". Raises BadInput."""
    written = text.strip()
    for completed in (written, f"{written}-01", f"{written}-01-01"):
        try:
            return date.fromisoformat(completed).isoformat()
        except ValueError:
            continue
    raise BadInput(f"{text} is not a day.", "Write it as 2026-11-25.")


def _all(connection: Connection, workspace: WorkspaceId) -> bool:
    """Whether there is nothing that this workspace does not have."""
    if workspace != FIRST_WORKSPACE:
        return False
    others = "SELECT 1 FROM collections WHERE workspace <> 1 OR trashed IS NOT NULL"
    return connection.execute(others).fetchone() is None


def _seconds(written: str, days: int) -> float | None:
    """The first moment of a day, or of the one so many days later, here, in seconds since 1970."""
    if not written:
        return None
    try:
        moment = date.fromisoformat(written) + timedelta(days=days)
        return time.mktime(moment.timetuple())
    except (ValueError, OverflowError) as error:
        raise BadInput(f"{written} is not a day.", "Write it as 2026-11-25.") from error


def _named(name: str) -> str:
    name = storable(" ".join(name.split()))
    if not name or len(name) > _LONGEST_NAME:
        raise BadInput("A workspace needs a name of at most 200 characters.", "Give it a name.")
    return name


def _info(row: Sequence[object]) -> WorkspaceInfo:
    identity, name, home, documents, conversations = row
    assert isinstance(identity, int) and isinstance(documents, int) and isinstance(conversations, int)
    kept = CollectionId(home) if isinstance(home, int) else None
    return WorkspaceInfo(WorkspaceId(identity), str(name), kept, documents, conversations)
