"""The queue of files that wait to be read, and of those that could not be; it survives whatever happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import NotFound
from assistant.values import CollectionId, QueueItem, SourceId
from assistant.vault import Connection, Vault, storable

_PAUSED: Final = "queue_paused"
_LOOK_AGAIN: Final = "Look at the queue again."
_ITEM: Final = (
    "SELECT id, path, size, what, do, source, collection,"
    " EXISTS (SELECT 1 FROM documents WHERE documents.path = queue.path) FROM queue"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file as it was seen when it was put in the queue. modified: nanoseconds since 1970."""

    path: Path
    size: int = 0
    modified: int = 0


class Queue:
    """Files in their order. Raises what the vault raises; what was put in is on the disk when `put` returns."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def put(
        self,
        files: Iterable[Waiting],
        collection: CollectionId | None = None,
        source: SourceId | None = None,
        first: bool = False,
    ) -> int:
        """Put files at the end, or before all others; those that are in keep their place, and get another try.

        Returns how many files there were.
        """
        rows = [(os.fsencode(one.path), source, collection, one.size, one.modified) for one in files]
        if not rows:
            return 0
        with self._vault.write() as connection:
            place = _place(connection, first)
            connection.executemany(
                "INSERT INTO queue (path, source, collection, size, modified, place) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (path) DO UPDATE SET size = excluded.size, modified = excluded.modified, what = '',"
                " do = '', began = 0, source = coalesce(excluded.source, source),"
                " collection = coalesce(excluded.collection, collection)"
                + (", place = excluded.place" if first else ""),
                ((*row, place) for row in rows),
            )
        return len(rows)

    def begin_next(self) -> tuple[QueueItem, int] | None:
        """The next file, marked as begun, and how often reading it began before; None where none waits."""
        with self._vault.write() as connection:
            row = connection.execute(f"{_ITEM} WHERE what = '' ORDER BY place, id LIMIT 1").fetchone()
            if row is None:
                return None
            connection.execute("UPDATE queue SET began = began + 1 WHERE id = ?", (row[0],))
            began = connection.execute("SELECT began FROM queue WHERE id = ?", (row[0],)).fetchone()
            return _item(row), int(began[0]) - 1 if began else 0

    def give_back(self, item: int, last: bool = False) -> None:
        """A file was not read to the end, and nothing speaks against it: it keeps its place, or becomes the last."""
        with self._vault.write() as connection:
            place = _place(connection, first=False) + 1 if last else None
            connection.execute("UPDATE queue SET began = 0, place = coalesce(?, place) WHERE id = ?", (place, item))

    def fail(self, item: int, what: str, do: str) -> None:
        """A file could not be read; it stays, with the two sentences, until it is tried again or taken out."""
        with self._vault.write() as connection:
            connection.execute(
                "UPDATE queue SET what = ?, do = ?, began = 0 WHERE id = ?", (storable(what), storable(do), item)
            )

    def take_out(self, *items: int) -> None:
        """Take files out: they are read, or are not to be."""
        with self._vault.write() as connection:
            connection.executemany("DELETE FROM queue WHERE id = ?", ((item,) for item in items))

    def clear(self) -> int:
        """Take out all that wait; returns how many. What could not be read stays."""
        with self._vault.write() as connection:
            return connection.execute("DELETE FROM queue WHERE what = ''").rowcount

    def retry(self, items: Sequence[int] | None = None) -> int:
        """Let files that could not be read wait again, all of them if None; returns how many."""
        with self._vault.write() as connection:
            ids = [row[0] for row in connection.execute("SELECT id FROM queue WHERE what <> ''").fetchall()]
            wanted = [id_ for id_ in ids if items is None or id_ in items]
            place = _place(connection, first=True)
            connection.executemany(
                "UPDATE queue SET what = '', do = '', began = 0, place = ? WHERE id = ?",
                ((place, id_) for id_ in wanted),
            )
            return len(wanted)

    def move(self, items: Sequence[int], to: int) -> None:
        """Let waiting files stand from place `to` on, from 0, in the order given. Raises NotFound if none waits."""
        self._arrange(items, lambda chosen, others: [*others[: max(0, to)], *chosen, *others[max(0, to) :]])

    def put_before(self, items: Sequence[int], other: int) -> None:
        """Let waiting files stand right before another one, in the order given. Raises NotFound."""

        def arranged(chosen: list[int], others: list[int]) -> list[int]:
            if other not in others:
                raise NotFound("The file that they were to stand before does not wait any more.", _LOOK_AGAIN)
            at = others.index(other)
            return [*others[:at], *chosen, *others[at:]]

        self._arrange(items, arranged)

    def shift(self, items: Sequence[int], by: int) -> None:
        """Let waiting files come one place sooner (-1) or later (1); those beside each other stay so. Raises NotFound.

        At the end of the queue nothing moves any further.
        """
        with self._vault.write() as connection:
            order = _order(connection)
            _waiting_ones(items, order)
            chosen = set(items)
            places = range(1, len(order)) if by < 0 else range(len(order) - 2, -1, -1)
            for place in places:
                other = place - 1 if by < 0 else place + 1
                if order[place] in chosen and order[other] not in chosen:
                    order[place], order[other] = order[other], order[place]
            _keep_order(connection, order)

    def _arrange(self, items: Sequence[int], arranged: Callable[[list[int], list[int]], list[int]]) -> None:
        """Keep the order that `arranged` makes of the files to be moved and the others."""
        with self._vault.write() as connection:
            order = _order(connection)
            chosen = _waiting_ones(items, order)
            _keep_order(connection, arranged(chosen, [one for one in order if one not in chosen]))

    def items(self) -> tuple[QueueItem, ...]:
        """What could not be read, then what waits, in its order."""
        with self._vault.read() as connection:
            rows = connection.execute(f"{_ITEM} ORDER BY what = '', place, id")
            return tuple(_item(row) for row in rows)

    def waiting(self) -> tuple[int, int]:
        """How many files wait, and how many bytes they have."""
        with self._vault.read() as connection:
            row = connection.execute("SELECT count(*), coalesce(sum(size), 0) FROM queue WHERE what = ''").fetchone()
            return (int(row[0]), int(row[1])) if row else (0, 0)

    @property
    def paused(self) -> bool:
        """True while the person wants nothing to be read."""
        with self._vault.read() as connection:
            return connection.execute("SELECT 1 FROM meta WHERE key = ?", (_PAUSED,)).fetchone() is not None

    def pause(self, paused: bool) -> None:
        """Stop after the file that is being read, or go on; kept over a restart."""
        with self._vault.write() as connection:
            if paused:
                connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, '1')", (_PAUSED,))
            else:
                connection.execute("DELETE FROM meta WHERE key = ?", (_PAUSED,))


def _order(connection: Connection) -> list[int]:
    """The files that wait, as they come."""
    return [int(row[0]) for row in connection.execute("SELECT id FROM queue WHERE what = '' ORDER BY place, id")]


def _keep_order(connection: Connection, order: Sequence[int]) -> None:
    connection.executemany(
        "UPDATE queue SET place = ? WHERE id = ?", ((place, id_) for place, id_ in enumerate(order, 1))
    )


def _waiting_ones(items: Sequence[int], order: Sequence[int]) -> list[int]:
    """Those of `items` that wait, each once. Raises NotFound where none does."""
    waiting = set(order)
    found = [item for item in dict.fromkeys(items) if item in waiting]
    if not found:
        raise NotFound("This file does not wait any more.", _LOOK_AGAIN)
    return found


def _place(connection: Connection, first: bool) -> float:
    row = connection.execute("SELECT min(place), max(place) FROM queue WHERE what = ''").fetchone()
    least, most = row if row and row[0] is not None else (0.0, 0.0)
    return float(least) - 1 if first else float(most)


def _item(row: Sequence[object]) -> QueueItem:
    identity, path, size, what, do, source, collection, stale = row
    assert isinstance(identity, int) and isinstance(path, bytes) and isinstance(size, int)
    return QueueItem(
        identity,
        Path(os.fsdecode(path)),
        size,
        str(what),
        str(do),
        SourceId(source) if isinstance(source, int) else None,
        CollectionId(collection) if isinstance(collection, int) else None,
        bool(stale),
    )
