"""The log in the vault: records as JSON, each with a hash over the one before it and itself.

A record that is changed, taken out or put in between breaks the chain from there on. Whoever has the vault's key could
write the whole chain anew; against that, the last hash is noted somewhere else (`privet audit verify` prints it).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from assistant.vault import Vault, storable

_BEGINNING: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One record. number: from 1, never given twice. fields: `at`, seconds since 1970, and what happened."""

    number: int
    fields: Mapping[str, object]
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """entries: how many were looked at. broken: the number of the first that does not fit, None where all do.

    head: the hash of the last one, 64 zeros where there is none.
    """

    entries: int
    broken: int | None
    head: str


class AuditLog:
    """The log of one vault. Raises what the vault raises."""

    def __init__(self, vault: Vault, clock: Callable[[], float] = time.time) -> None:
        self._vault = vault
        self._clock = clock

    def add(self, fields: Mapping[str, object]) -> str:
        """Add a record; on the disk when this returns. Returns its hash."""
        record = storable(json.dumps({"at": self._clock(), **fields}, ensure_ascii=False, sort_keys=True))
        with self._vault.write() as connection:
            row = connection.execute("SELECT hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
            hash_ = _chained(_BEGINNING if row is None else str(row[0]), record)
            connection.execute("INSERT INTO audit (record, hash) VALUES (?, ?)", (record, hash_))
        return hash_

    def entries(self) -> Iterator[Entry]:
        """All records, oldest first."""
        for number, record, hash_ in self._rows():
            yield Entry(number, json.loads(record), hash_)

    def verify(self) -> Verdict:
        """Compute the chain anew and compare."""
        before, count = _BEGINNING, 0
        for number, record, hash_ in self._rows():
            count += 1
            # Numbers go up by one: the last entries can't be taken off and others put in their place unnoticed.
            if number != count or hash_ != _chained(before, record):
                return Verdict(count, number, before)
            before = hash_
        with self._vault.read() as connection:
            row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").fetchone()
        given = 0 if row is None else int(row[0])
        return Verdict(count, None if given == count else count + 1, before)

    def _rows(self) -> list[tuple[int, str, str]]:
        with self._vault.read() as connection:
            rows = connection.execute("SELECT id, record, hash FROM audit ORDER BY id").fetchall()
        return [(int(row[0]), str(row[1]), str(row[2])) for row in rows]


def _chained(before: str, record: str) -> str:
    return hashlib.sha256(f"{before}\n{record}".encode()).hexdigest()
