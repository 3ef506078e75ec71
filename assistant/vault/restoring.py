"""A backup put in the place of the vault, or where there is none: opened and read through before anything is replaced.

The step that decides is one file's replacement: keys.json names the database that belongs to it, and what a crash
leaves after that, `creation.finish` brings to its end. The vault of before is set aside, not overwritten.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.errors import PassphraseNeeded, PrivetError, VaultDamaged
from assistant.vault import backup, creation, keys, migrations
from assistant.vault.backup import About, Told, unreadable
from assistant.vault.faults import file_fault, told
from assistant.vault.files import DATABASE, KEYS, FolderLock, private_folder, write_atomically
from assistant.vault.keys import KeyFile
from assistant.vault.rotation import FOLDER, SET_ASIDE
from assistant.vault.tries import Tries
from assistant.vault.unlock import Unlock, open_way


def restore(file: Path, data: Path, unlock: Unlock, progress: Told = lambda done, total: None) -> str:
    """Put the backup `file` in the place of the vault in the folder `data`, which nobody has open.

    Returns the way in that opened it, in words. Raises VaultDamaged, VaultNewer, WrongPassphrase,
    PassphraseNeeded, KeychainUnavailable, VaultInUse, DiskFull or VaultFault; the vault is then as it was.
    """
    private_folder(data)
    lock = FolderLock(data)
    try:
        _finish_if_whole(data)
        database = creation.beside(data)
        try:
            with told(data):
                progress(0, 3)
                about, content = _unpacked(file, database)
                progress(1, 3)
                key_file, data_key, way = _opened(data, keys.decode(content), about, database, unlock)
                _read_through(file, database, data_key)
                progress(2, 3)
                _set_aside(data)
                write_atomically(data / KEYS, replace(key_file, database=database.name).encode())
        except BaseException:
            if _named(data) != database.name:
                database.unlink(missing_ok=True)
            raise
        creation.finish(data)
        progress(3, 3)
        return way
    finally:
        lock.release()


def _finish_if_whole(data: Path) -> None:
    """Bring to an end what was cut off before; a vault that is damaged or half missing is what a backup is for."""
    try:
        creation.finish(data)
    except VaultDamaged:
        pass


def _named(data: Path) -> str:
    try:
        return creation.named(data)
    except VaultDamaged:
        return ""


def look(file: Path) -> About:
    """What a backup says of itself, with its sums compared; needs no key.

    Raises VaultDamaged, VaultNewer, VaultFault.
    """
    try:
        return backup.verify(file)
    except OSError as error:
        raise file_fault(error, file.parent) from error


def _unpacked(file: Path, database: Path) -> tuple[About, bytes]:
    try:
        source = file.open("rb")
    except OSError as error:
        raise VaultDamaged(f"{file} could not be read.", "See whether it is still there.") from error
    with source:
        return backup.unpack(file, database)


def _opened(data: Path, own: KeyFile, about: About, database: Path, unlock: Unlock) -> tuple[KeyFile, bytes, str]:
    """The keys that the restored vault will have, its data key, and the way in.

    Where the vault that is there has the same data key, its ways in stay: a passphrase that was changed since the
    backup is not changed back, and a keychain's entry that was renewed is not lost.
    """
    if own.identity != about.identity:
        raise unreadable(database)
    present = _present(data)
    if present is not None and present.identity == own.identity:
        try:
            data_key, way = open_way(present, unlock, Tries(data))
            if _fits(database, data_key):
                return present, data_key, way
        except PassphraseNeeded:
            raise
        except PrivetError:
            pass  # the passphrase of then, perhaps
    data_key, way = open_way(own, unlock, Tries(data))
    return own, data_key, way


def _present(data: Path) -> KeyFile | None:
    try:
        return keys.decode((data / KEYS).read_bytes())
    except (FileNotFoundError, VaultDamaged):
        return None


def _fits(database: Path, data_key: bytes) -> bool:
    from sqlcipher3 import dbapi2

    try:
        backup.check_database(database, creation.database_key(data_key))
    except (dbapi2.DatabaseError, VaultDamaged):
        return False
    return True


def _read_through(file: Path, database: Path, data_key: bytes) -> None:
    from sqlcipher3 import dbapi2

    try:
        found = backup.check_database(database, creation.database_key(data_key))
    except dbapi2.DatabaseError as error:
        raise unreadable(file) from error
    migrations.check_version(found, database.parent)


def _set_aside(data: Path, clock: Callable[[], float] = time.time) -> None:
    """Keep the vault of before under another name, a second name for the same bytes where the file system has those."""
    if not any((data / name).exists() for name in (KEYS, DATABASE)):
        return
    aside = data / FOLDER / f"{SET_ASIDE}{clock():.0f}-{os.urandom(2).hex()}"
    aside.mkdir(mode=0o700, parents=True)
    for name in (KEYS, DATABASE, f"{DATABASE}-wal"):
        if (data / name).exists():
            _second_name(data / name, aside / name)


def _second_name(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        import shutil

        shutil.copy2(source, target)
