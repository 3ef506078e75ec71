"""Watched folders as the vault keeps them: where they are, what is left out, and which documents came from them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.documents.scanning import Seen, is_digest
from assistant.errors import BadInput, NotFound
from assistant.values import CollectionId, DocumentId, SourceId, SourceInfo, SourceState
from assistant.vault import Vault, storable

_SOURCE = (
    "SELECT id, path, state, leave_out, collection, seen,"
    " (SELECT count(*) FROM documents WHERE source = sources.id),"
    " (SELECT count(*) FROM queue WHERE source = sources.id AND what = ''),"
    " (SELECT count(*) FROM queue WHERE source = sources.id AND what <> '') FROM sources"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is known: as a document, or in the queue (then document is None). missing: seconds since 1970."""

    seen: Seen
    document: DocumentId | None
    missing: float | None = None


class Sources:
    """The watched folders of a vault. Raises what the vault raises."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def list(self) -> tuple[SourceInfo, ...]:
        """All, by path."""
        with self._vault.read() as connection:
            return tuple(_info(row) for row in connection.execute(f"{_SOURCE} ORDER BY path"))

    def get(self, source: SourceId) -> SourceInfo:
        """One of them. Raises NotFound."""
        with self._vault.read() as connection:
            row = connection.execute(f"{_SOURCE} WHERE id = ?", (source,)).fetchone()
        if row is None:
            raise NotFound("This folder is not watched.", "List the watched folders to see which are.")
        return _info(row)

    def find(self, name: str) -> SourceInfo:
        """The watched folder of this number, path or name. Raises NotFound."""
        for info in self.list():
            if name in (str(info.id), str(info.path), info.path.name, str(Path(name).absolute())):
                return info
        raise NotFound(f"{name} is not watched.", "List the watched folders to see which are.")

    def add(self, folder: Path, leave_out: Sequence[str], collection: CollectionId | None) -> SourceInfo:
        """Watch a folder from now on, or leave other files out of one that is watched already.

        Raises BadInput for what is no folder, or is watched as part of another.
        """
        try:
            path = folder.resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise BadInput(f"There is no folder {folder}.", "See whether its name is right.") from error
        if not path.is_dir():
            raise BadInput(f"{folder} is not a folder.", "Name a folder; single files are added, not watched.")
        for other in self.list():
            if other.path != path and (other.path in path.parents or path in other.path.parents):
                raise BadInput(
                    f"{path} and {other.path}, which is watched already, lie one inside the other.",
                    "Watch the outer one only, or stop watching the other.",
                )
        # Files that the person removed one by one stay out, whatever else is left out from now on.
        before = next((other.leave_out for other in self.list() if other.path == path), ())
        kept = _packed((*leave_out, *(pattern for pattern in before if is_digest(pattern))))
        with self._vault.write() as connection:
            connection.execute(
                "INSERT INTO sources (path, collection, leave_out, state) VALUES (?, ?, ?, ?) ON CONFLICT (path)"
                " DO UPDATE SET leave_out = excluded.leave_out, state = excluded.state,"
                " collection = coalesce(excluded.collection, collection)",
                (os.fsencode(path), collection, kept, SourceState.HERE.value),
            )
            row = connection.execute(f"{_SOURCE} WHERE path = ?", (os.fsencode(path),)).fetchone()
        assert row is not None
        return _info(row)

    def leave_out(self, source: SourceId, patterns: Sequence[str]) -> None:
        """Leave other files out from now on."""
        self._change(source, "leave_out = ?", _packed(patterns))

    def set_state(self, source: SourceId, state: SourceState) -> None:
        """Note whether it can be looked at."""
        self._change(source, "state = ?", state.value)

    def note_seen(self, source: SourceId) -> None:
        """It was gone through just now."""
        self._change(source, "state = ?, seen = ?", SourceState.HERE.value, time.time())

    def forget(self, source: SourceId) -> None:
        """Do not watch it any more; what waited in the queue for it goes, documents stay as they are."""
        with self._vault.write() as connection:
            connection.execute("DELETE FROM sources WHERE id = ?", (source,))

    def documents(self, source: SourceId) -> tuple[DocumentId, ...]:
        """The documents that came from a folder."""
        with self._vault.read() as connection:
            rows = connection.execute("SELECT id FROM documents WHERE source = ? ORDER BY id", (source,))
            return tuple(DocumentId(row[0]) for row in rows)

    def kept(self, source: SourceId) -> dict[Path, Kept]:
        """What is known of the files of a folder: documents, and what waits or could not be read."""
        with self._vault.read() as connection:
            found = [
                *connection.execute(
                    "SELECT path, size, modified, inode, id, missing FROM documents WHERE source = ?", (source,)
                ),
                # What could not be read, or waits, is known too: it is not new, as long as it is as it was. It comes
                # second, so that it stands for the file where an earlier version is a document.
                *connection.execute(
                    "SELECT path, size, modified, 0, NULL, NULL FROM queue WHERE source = ?", (source,)
                ),
            ]
        kept: dict[Path, Kept] = {}
        for path, size, modified, inode, document, missing in found:
            where = Path(os.fsdecode(path))
            before = kept.get(where)
            owner = document if document is not None else before.document if before else None
            kept[where] = Kept(
                Seen(where, size, modified, inode), None if owner is None else DocumentId(owner), missing
            )
        return kept

    def not_waiting(self, paths: Iterable[Path]) -> None:
        """Files that waited, or could not be read, are gone."""
        with self._vault.write() as connection:
            connection.executemany("DELETE FROM queue WHERE path = ?", ((os.fsencode(path),) for path in paths))

    def adopt(self, source: SourceId, seen: Seen) -> bool:
        """True where a file was added by hand before: it now belongs to the folder, if it is as it was then."""
        with self._vault.write() as connection:
            return bool(
                connection.execute(
                    "UPDATE documents SET source = ?, missing = NULL WHERE path = ? AND size = ? AND modified = ?",
                    (source, os.fsencode(seen.path), seen.size, seen.modified),
                ).rowcount
            )

    def note_missing(self, documents: Iterable[DocumentId], since: float | None) -> None:
        """Note since when files are not there, None where they are."""
        with self._vault.write() as connection:
            connection.executemany(
                "UPDATE documents SET missing = ? WHERE id = ?", ((since, document) for document in documents)
            )

    def _change(self, source: SourceId, what: str, *values: str | float) -> None:
        with self._vault.write() as connection:
            connection.execute(f"UPDATE sources SET {what} WHERE id = ?", (*values, source))


def _packed(patterns: Sequence[str]) -> str:
    return storable(json.dumps([pattern for pattern in patterns if pattern.strip()], ensure_ascii=False))


def _info(row: Sequence[object]) -> SourceInfo:
    identity, path, state, leave_out, collection, seen, documents, waiting, failed = row
    assert isinstance(identity, int) and isinstance(path, bytes) and isinstance(seen, float | None)
    assert isinstance(documents, int) and isinstance(waiting, int) and isinstance(failed, int)
    return SourceInfo(
        SourceId(identity),
        Path(os.fsdecode(path)),
        SourceState(str(state)),
        tuple(json.loads(str(leave_out))),
        CollectionId(collection) if isinstance(collection, int) else None,
        seen,
        documents,
        waiting,
        failed,
    )
