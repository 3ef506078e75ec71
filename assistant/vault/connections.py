"""Connections to the encrypted database: the key given, the settings that keep data safe, the types mypy needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, Protocol, cast

Parameters = Sequence[object] | Mapping[str, object]

_WAIT_MILLISECONDS: Final = 2_000
_LARGEST_LOG: Final = 16 << 20
_READ_KIBIBYTES: Final = 16_384
"""Pages that a reader keeps decrypted: what a search among 100,000 passages comes by again, and no more."""


class Cursor(Protocol):
    """The rows of one statement, as tuples of what SQLite holds: int, float, str, bytes or None."""

    @property
    def rowcount(self) -> int:
        """Rows changed."""

    @property
    def lastrowid(self) -> int | None:
        """Id of the row inserted last."""

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, None at the end."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""

    def __iter__(self) -> Iterator[tuple[Any, ...]]: ...


class Connection(Protocol):
    """One connection, as sqlcipher3 gives it (PEP 249)."""

    @property
    def in_transaction(self) -> bool:
        """True between BEGIN and its end."""

    def execute(self, sql: str, parameters: Parameters = (), /) -> Cursor:
        """Run one statement."""

    def executemany(self, sql: str, parameters: Iterable[Parameters], /) -> Cursor:
        """Run one statement for each set of parameters."""

    def backup(self, target: Connection, /, *, pages: int, progress: Callable[[int, int, int], object]) -> None:
        """Copy the whole database to `target`, `pages` at a time; progress: status, pages left, pages in all."""

    def close(self) -> None:
        """Close the connection."""


def connect(path: Path, key: bytes, mode: Literal["ro", "rw"]) -> Connection:
    """Open an existing file with the raw 32-byte `key` (SQLCipher: PRAGMA key = "x'...'").

    "ro" writes not one byte of the file. Raises sqlcipher3's errors; that the key is wrong shows at the first read.
    """
    from sqlcipher3 import dbapi2

    connection = cast(
        Connection,
        dbapi2.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        ),
    )
    connection.execute("PRAGMA cipher_log_level = NONE")  # else it writes to standard error
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute(f"PRAGMA busy_timeout = {_WAIT_MILLISECONDS}")
    connection.execute("PRAGMA temp_store = MEMORY")  # sorting a person's words must not reach the disk
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def make_writer(connection: Connection) -> None:
    """Settle how `connection` writes: nothing acknowledged is lost, nothing removed stays readable."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA journal_size_limit = {_LARGEST_LOG}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # macOS: through the drive's own cache as well
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")


def make_reader(connection: Connection) -> None:
    """Let `connection` read only."""
    connection.execute("PRAGMA query_only = ON")
    connection.execute(f"PRAGMA cache_size = -{_READ_KIBIBYTES}")
