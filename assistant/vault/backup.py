"""A backup: one file with the encrypted database and the keys that lead to it, made while the vault is open.

It is a ZIP archive without compression of three members: `about.json` (format, time, schema version, SHA-256 of the
others), `keys.json` as it lies beside the vault, and `vault.db`, encrypted as the vault is. Whoever has a passphrase,
a recovery key or the organisation's key opens it on any computer; a keychain opens it on its own alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final

from assistant.errors import VaultDamaged, VaultNewer
from assistant.vault import connections, migrations
from assistant.vault.connections import Connection
from assistant.vault.files import DATABASE, KEYS, rename_to_keep

FORMAT: Final = 1
SUFFIX: Final = ".privet"
_ABOUT: Final = "about.json"
_PAGES_AT_ONCE: Final = 512
_PART: Final = 1 << 20
_LARGEST_TEXT: Final = 1 << 20

Told = Callable[[int, int], None]
"""Called with how much is done, and of how much."""


@dataclass(frozen=True, slots=True)
class About:
    """What a backup says about itself.

    made: seconds since 1970. schema: version of the database. identity: of the vault. stamp: when the database was
    changed last and its size, as "nanoseconds bytes". sums: SHA-256 of the other members.
    """

    made: float
    schema: int
    identity: str
    stamp: str
    sums: dict[str, str]


def unreadable(file: Path) -> VaultDamaged:
    """This is no backup, or a damaged one."""
    return VaultDamaged(f"{file.name} is not a backup of Privet, or it is damaged.", "Choose another backup.")


def copy_database(source: Connection, target: Path, key: bytes, told: Told) -> None:
    """Copy the database that `source` reads to a new file under `key`, page by page, and check the copy.

    `source` is inside a transaction, so that the copy is of one moment. The key may be another one: pages
    travel decrypted between the two, in memory. Raises sqlcipher3's errors and OSError; VaultDamaged where the
    copy is not sound, as when the source is not.
    """
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    copy = connections.connect(target, key, "rw")
    try:
        source.backup(copy, pages=_PAGES_AT_ONCE, progress=lambda _, left, total: told(total - left, total))
        copy.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        copy.close()
    check_database(target, key)


def check_database(file: Path, key: bytes) -> int:
    """Open a database that nobody else has open and read every page of it; returns its schema's version.

    Raises VaultDamaged; sqlcipher3's DatabaseError where the key is not the one.
    """
    connection = connections.connect(file, key, "ro")
    try:
        found = migrations.version(connection)
        if connection.execute("PRAGMA cipher_integrity_check").fetchall():
            raise unreadable(file)
        if connection.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
            raise unreadable(file)
        return found
    finally:
        connection.close()
        for leftover in ("-wal", "-shm"):
            Path(f"{file}{leftover}").unlink(missing_ok=True)


def pack(database: Path, keys: bytes, about: About, target: Path) -> None:
    """Write a backup to `target`, whole or not at all, and read it back. Raises OSError, VaultDamaged."""
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "w+b") as file, zipfile.ZipFile(file, "w") as archive:
            archive.writestr(_ABOUT, json.dumps({"format": FORMAT, **asdict(about)}, indent=2) + "\n")
            archive.writestr(KEYS, keys)
            archive.write(database, DATABASE)
        verify(part)
        rename_to_keep(part, target)
    finally:
        part.unlink(missing_ok=True)


def read_about(file: Path) -> About:
    """What a backup says about itself. Raises VaultNewer, VaultDamaged, OSError."""
    with _opened(file) as archive:
        return _about(archive, file)


def verify(file: Path) -> About:
    """Read a whole backup and compare the sums. Raises VaultNewer, VaultDamaged, OSError."""
    with _opened(file) as archive:
        about = _about(archive, file)
        for name in (KEYS, DATABASE):
            with archive.open(name) as member:
                if _copied(member, None) != about.sums.get(name):
                    raise unreadable(file)
        return about


def unpack(file: Path, database: Path) -> tuple[About, bytes]:
    """Put a backup's database into the new file `database`; returns what it says of itself and its keys.json.

    Raises VaultNewer, VaultDamaged, OSError; `database` may be there in part then.
    """
    with _opened(file) as archive:
        about = _about(archive, file)
        with archive.open(KEYS) as member:
            keys = member.read(_LARGEST_TEXT)
        descriptor = os.open(database, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as target, archive.open(DATABASE) as member:
            sums = {KEYS: hashlib.sha256(keys).hexdigest(), DATABASE: _copied(member, target)}
        if sums != about.sums:
            raise unreadable(file)
        return about, keys


def sum_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return _copied(opened, None)


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """A backup's archive; what zipfile complains about becomes VaultDamaged."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, EOFError, RuntimeError) as error:
        raise unreadable(file) from error


def _about(archive: zipfile.ZipFile, file: Path) -> About:
    members = {member.filename: member for member in archive.infolist()}
    if not {_ABOUT, KEYS, DATABASE} <= set(members) or any(
        members[name].compress_type != zipfile.ZIP_STORED for name in (_ABOUT, KEYS, DATABASE)
    ):
        raise unreadable(file)
    if max(members[_ABOUT].file_size, members[KEYS].file_size) > _LARGEST_TEXT:
        raise unreadable(file)
    try:
        fields = json.loads(archive.read(_ABOUT))
        number = fields["format"]
        if isinstance(number, int) and number > FORMAT:
            raise VaultNewer("This backup was made by a newer Privet.", "Install that version or a later one.")
        if number != FORMAT:
            raise unreadable(file)
        return About(
            float(fields["made"]),
            int(fields["schema"]),
            str(fields["identity"]),
            str(fields["stamp"]),
            {str(name): str(value) for name, value in fields["sums"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise unreadable(file) from error


def _copied(source: IO[bytes], target: IO[bytes] | None) -> str:
    digest = hashlib.sha256()
    while part := source.read(_PART):
        digest.update(part)
        if target is not None:
            target.write(part)
    if target is not None:
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()
