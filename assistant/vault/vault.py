"""The one encrypted database: opened once, written by one at a time, read by many."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final

from assistant.errors import Bug
from assistant.vault import backup, connections, creation, keys, migrations, rekeying, rotation, sealing
from assistant.vault.backup import About, Told
from assistant.vault.connections import Connection
from assistant.vault.faults import damaged, gone, told
from assistant.vault.files import DATABASE, KEYS, FolderLock, private_folder, write_atomically
from assistant.vault.tries import Tries
from assistant.vault.unlock import Unlock, open_way, take_back
from assistant.vault.ways import Ways

_PATIENCE_SECONDS: Final = 5.0
_SMALLEST_DATABASE: Final = 4096


class Vault:
    """An open vault; safe to use from several threads. Made by `Vault.open`."""

    def __init__(self, folder: Path, data_key: bytes, way: str, lock: FolderLock) -> None:
        """Not to be called: `open` looks at the file first, and holds the lock."""
        self.folder = folder
        self.way = way
        self._data_key = data_key
        self._lock = lock
        self._writing = threading.RLock()
        self._reading = threading.Condition()
        self._idle_readers: list[Connection] = []
        self._busy_readers = 0
        self._closed = False
        self._writer = self._connect()
        self._file = _place(folder)
        try:
            connections.make_writer(self._writer)
            self._upgrade()
            # After a crash the log may still hold what was removed before it.
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except BaseException:
            self._writer.close()
            raise

    @classmethod
    def exists(cls, data: Path) -> bool:
        """True if the folder `data` holds a vault, so that the next opening makes none."""
        return creation.exists(data)

    @classmethod
    def open(cls, data: Path, unlock: Unlock) -> Vault:
        """Open the vault in the folder `data`; where there is none, make one.

        Raises VaultInUse, VaultNewer, VaultDamaged, WrongPassphrase, PassphraseNeeded,
        KeychainUnavailable, DiskFull, or VaultFault where the folder can't be used. Nothing that
        was there is changed by a failure.
        """
        private_folder(data)
        lock = FolderLock(data)
        try:
            creation.finish(data)
            data_key, way = _unlock(data, unlock) if creation.exists(data) else creation.create(data, unlock)
            with told(data):
                _look(data, data_key)
                return cls(data, data_key, way, lock)
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Close all connections and let go of the folder; a second call does nothing.

        Waits for the write that is going on, and some seconds for those who read.
        """
        with self._writing:
            if not self._closed:
                self._disconnect()
                self._lock.release()

    def __enter__(self) -> Vault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: kept on the disk when the block ends, undone if it raises. One at a time.

        Raises DiskFull or VaultFault; then nothing of it was kept. Not to be held over a `yield` of a way.
        """
        with self._writing:
            if self._closed or self._writer.in_transaction:
                raise Bug("the vault was written to after closing, or inside another write")
            with told(self.folder):
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                    if _place(self.folder) != self._file:
                        # Writing on would succeed, into a file that nobody finds any more.
                        raise gone(self.folder)
                    self._writer.execute("COMMIT")
                except BaseException:
                    if self._writer.in_transaction:  # some errors have undone it already
                        self._writer.execute("ROLLBACK")
                    raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A view of the vault that does not change while the block lasts, whatever is written meanwhile.

        Not to be held over a `yield` of a way: it keeps the log from being emptied.
        """
        connection = self._take_reader()
        try:
            with told(self.folder):
                connection.execute("BEGIN")
                try:
                    yield connection
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
        finally:
            self._give_back(connection)

    def remember(self, name: str, value: str) -> None:
        """Keep a named value."""
        with self.write() as connection:
            connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (name, value))

    def recall(self, name: str) -> str | None:
        """A named value, None where it was never kept."""
        with self.read() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def derive(self, purpose: str, length: int) -> bytes:
        """`length` secret bytes (at most 8,160) for one purpose: always the same for this vault, and for no other."""
        return keys.derive(self._data_key, f"for:{purpose}", length)

    def seal(self, purpose: str, data: bytes, about: bytes) -> bytes:
        """`data` sealed for one purpose, to be kept outside the database. about: has to be the same at unsealing."""
        return sealing.seal(self._sealing_key(purpose), data, about)

    def unseal(self, purpose: str, sealed: bytes, about: bytes) -> bytes:
        """What `seal` was given. Raises DamagedSeal for anything else, and for what another vault sealed."""
        return sealing.unseal(self._sealing_key(purpose), sealed, about)

    @property
    def closed(self) -> bool:
        """True once it is closed, by `close` or by `rekey`."""
        return self._closed

    @property
    def ways(self) -> Ways:
        """The ways in, to be listed and changed."""
        return Ways(self.folder, self._key)

    def back_up(self, target: Path, told_of: Told = lambda done, total: None) -> About:
        """Write a backup of this moment to the file `target`, opened and compared before it gets its name.

        Others may read and write meanwhile. Raises DiskFull, VaultDamaged or VaultFault; `target` is then as it was.
        """
        with told(target.parent):
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self.read() as connection:
                return self._snapshot(connection, target, told_of)

    def back_up_if_changed(self, number: int) -> Path | None:
        """Make one of the backups that Privet makes by itself, if anything was changed since the last; None if not.

        number: how many are kept, 0 for none at all. Raises as `back_up` does.
        """
        there = rotation.kept(self.folder)
        if number > 0:
            self.empty_log()
            with told(self.folder):
                if there and not there[0].why and backup.read_about(there[0].path).stamp == self._stamp():
                    return None
        made = None
        if number > 0:
            made = self.folder / rotation.FOLDER / rotation.name_for(time.time())
            self.back_up(made)
        rotation.sweep(self.folder, number)
        return made

    def rekey(self, unlock: Unlock, told_of: Told = lambda done, total: None) -> str:
        """Put the vault under a new data key, to which all ways in lead then, and close it. To be opened anew.

        Returns the words of the new recovery key, "" where there is none. Backups that Privet made by itself are
        removed at the end, since the old key opens them. Whatever is sealed or derived by the old key becomes
        worthless: caches and the index. Raises as `rewrapped` does, and DiskFull, VaultFault; the vault is then
        open and as it was. A crash leaves the old keys with the old database, or the new with the new.
        """
        with self._writing, told(self.folder):
            old = keys.decode((self.folder / KEYS).read_bytes())
            new_key = keys.new_key()
            renewed, words = rekeying.rewrapped(old, self._key(), new_key, unlock)
            database = creation.beside(self.folder)
            try:
                with self.read() as connection:
                    backup.copy_database(connection, database, creation.database_key(new_key), told_of)
                # Nobody has written since: `_writing` is held.
                new = dataclasses.replace(renewed, database=database.name)
                write_atomically(self.folder / KEYS, new.encode())
            except BaseException:
                if creation.named(self.folder) != database.name:
                    take_back(renewed)
                    database.unlink(missing_ok=True)
                raise
            self._disconnect()
            creation.finish(self.folder)
            take_back(old)
            rotation.sweep(self.folder, 0)
            self._lock.release()
        return words

    def empty_log(self) -> bool:
        """Move what the write-ahead log holds into the database and empty it, after something was removed.

        Returns False if somebody was reading meanwhile; the next call, closing, or the next opening does it then.
        """
        with self._writing, told(self.folder):
            if self._closed or self._writer.in_transaction:
                return False
            row = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return row is not None and row[0] == 0

    def file_check(self) -> bool:
        """True if every page of the file is what was written and the tables and indexes agree. Reads all of it."""
        with told(self.folder):
            # On a connection of its own: one that has searched before keeps an old picture of the full-text index,
            # and SQLite 3.53.4 then takes an index that was merged since for a damaged one.
            connection = self._connect()
            try:
                connections.make_reader(connection)
                if connection.execute("PRAGMA cipher_integrity_check").fetchall():
                    return False
                return connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
            finally:
                connection.close()

    def _key(self) -> bytes:
        if self._closed:
            raise Bug("the vault's key was asked for after closing")
        return self._data_key

    def _upgrade(self) -> None:
        """Lead the schema to the latest version, after a backup of what was there. Raises DiskFull, VaultFault."""
        found = migrations.version(self._writer)
        if found < migrations.LATEST and found > 0:
            target = self.folder / rotation.FOLDER / rotation.name_for(time.time(), f"upgrade{found}")
            target.parent.mkdir(mode=0o700, exist_ok=True)
            self._writer.execute("BEGIN")
            try:
                self._snapshot(self._writer, target, lambda done, total: None)
            finally:
                self._writer.execute("ROLLBACK")
        migrations.migrate(self._writer)

    def _snapshot(self, connection: Connection, target: Path, told_of: Told) -> About:
        """Pack what `connection`, inside a transaction, sees into a backup."""
        schema = migrations.version(connection)  # the first look: from here on it sees this moment
        database = creation.beside(self.folder)
        content = (self.folder / KEYS).read_bytes()
        try:
            backup.copy_database(connection, database, creation.database_key(self._data_key), told_of)
            sums = {KEYS: hashlib.sha256(content).hexdigest(), DATABASE: backup.sum_of(database)}
            identity = keys.decode(content).identity
            about = About(time.time(), schema, identity, self._stamp(), sums)
            backup.pack(database, content, about, target)
        finally:
            database.unlink(missing_ok=True)
        return about

    def _stamp(self) -> str:
        status = (self.folder / DATABASE).stat()
        return f"{status.st_mtime_ns} {status.st_size}"

    def _disconnect(self) -> None:
        """Close all connections; `_writing` is held."""
        with self._reading:
            self._closed = True
            self._reading.wait_for(lambda: self._busy_readers == 0, _PATIENCE_SECONDS)
            for reader in self._idle_readers:
                reader.close()
            self._idle_readers.clear()
            self._writer.close()
            self._data_key = bytes(keys.KEY_BYTES)

    def _sealing_key(self, purpose: str) -> bytes:
        return keys.derive(self._data_key, f"seal:{purpose}", sealing.KEY_BYTES)

    def _connect(self) -> Connection:
        return connections.connect(self.folder / DATABASE, creation.database_key(self._data_key), "rw")

    def _take_reader(self) -> Connection:
        with self._reading:
            if self._closed:
                raise Bug("the vault was read after closing")
            self._busy_readers += 1
            if self._idle_readers:
                return self._idle_readers.pop()
        try:
            with told(self.folder):
                connection = self._connect()
                connections.make_reader(connection)
                return connection
        except BaseException:
            with self._reading:
                self._busy_readers -= 1
                self._reading.notify_all()
            raise

    def _give_back(self, connection: Connection) -> None:
        with self._reading:
            self._busy_readers -= 1
            if self._closed:
                connection.close()
            else:
                self._idle_readers.append(connection)
            self._reading.notify_all()


def _place(folder: Path) -> tuple[int, int] | None:
    """What tells the database's file from every other; None where it is not there."""
    try:
        status = (folder / DATABASE).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _unlock(folder: Path, unlock: Unlock) -> tuple[bytes, str]:
    """The data key of a vault that is there, and the way in. What can't be opened is said before anybody is asked."""
    with told(folder):
        if (folder / DATABASE).stat().st_size < _SMALLEST_DATABASE:
            raise damaged(folder)
        key_file = keys.decode((folder / KEYS).read_bytes())
    return open_way(key_file, unlock, Tries(folder))


def _look(folder: Path, data_key: bytes) -> None:
    """Read the version over a connection that can't write. Raises VaultNewer or VaultDamaged; the file is as it was."""
    connection = connections.connect(folder / DATABASE, creation.database_key(data_key), "ro")
    try:
        migrations.check_version(migrations.version(connection), folder)
    finally:
        connection.close()
