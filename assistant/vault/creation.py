"""A vault's first moments: three steps, each of which a crash may follow and the next start finishes or undoes.

1. `vault.db.new` is made whole, under a key that only memory holds.
2. `keys.json` is written, which leads to that key.
3. `vault.db.new` becomes `vault.db`.

So a `vault.db.new` without `keys.json` can be read by nobody and is made anew; with it, only the name is missing.
A database that takes the place of another (another key, a backup) lies beside it as `vault.db.` and eight digits until
`keys.json` names it; from then on it is the vault, and the next start gives it its name if that was not done.
`keys.json` or `vault.db` alone can't come from a crash: half of a vault was taken away, and nothing is overwritten.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from assistant.errors import VaultDamaged
from assistant.vault import connections, migrations
from assistant.vault.faults import told
from assistant.vault.files import DATABASE, KEYS, UNFINISHED, rename_to_keep, sync_folder, write_atomically
from assistant.vault.keys import decode, derive, new_key
from assistant.vault.unlock import Unlock, first_way, take_back

_BESIDE: Final = re.compile(re.escape(DATABASE) + r"\.[0-9a-f]{8}(-wal|-shm|-journal)?")


def exists(folder: Path) -> bool:
    """True if `folder` holds a vault, or half of one."""
    return any(os.path.lexists(folder / name) for name in (KEYS, DATABASE))


def finish(folder: Path) -> None:
    """Finish or undo what was cut off: a first start, or a change of the database.

    Raises VaultDamaged where half of a vault is missing or keys.json is not what was written, VaultNewer.
    """
    with told(folder):
        _take_its_place(folder)
    keys, database, unfinished = (os.path.lexists(folder / name) for name in (KEYS, DATABASE, UNFINISHED))
    with told(folder):
        if keys and unfinished and not database:
            rename_to_keep(folder / UNFINISHED, folder / DATABASE)
        elif keys and not database:
            raise VaultDamaged(
                f"The file with your conversations and documents (vault.db) is missing from {folder}.",
                "Put it back from your last backup; to begin with nothing instead, move keys.json away first.",
            )
        elif database and not keys:
            raise VaultDamaged(
                f"The file that leads to the key of your data (keys.json) is missing from {folder}.",
                "Put it back from your last backup; to begin with nothing instead, move vault.db away first.",
            )


def beside(folder: Path) -> Path:
    """A name for a database that is to take the place of the one in `folder`."""
    return folder / f"{DATABASE}.{os.urandom(4).hex()}"


def named(folder: Path) -> str:
    """The database that `keys.json` says is to take the place, "" for none."""
    try:
        return decode((folder / KEYS).read_bytes()).database
    except FileNotFoundError:
        return ""


def create(folder: Path, unlock: Unlock) -> tuple[bytes, str]:
    """Make a vault in `folder`, which holds none. Raises PassphraseNeeded, DiskFull or VaultFault.

    Returns the data key and the way in, as `open_way` does, so that nobody is asked twice.
    """
    data_key = new_key()
    keys, way = first_way(unlock, data_key)
    try:
        with told(folder):
            _make_database(folder / UNFINISHED, database_key(data_key))
            write_atomically(folder / KEYS, keys.encode())
            rename_to_keep(folder / UNFINISHED, folder / DATABASE)
    except BaseException:
        if not os.path.lexists(folder / KEYS):
            take_back(keys)
        raise
    return data_key, way


def database_key(data_key: bytes) -> bytes:
    """SQLCipher's key, 32 bytes; derived, so that no other use of the data key can tell anything about it."""
    return derive(data_key, "vault.db", 32)


def _take_its_place(folder: Path) -> None:
    """Give the database that keys.json names its name, and remove those that it does not name."""
    name = named(folder)
    if name and (folder / name).exists():
        # The log of the database of before would be taken for one of this; all that was in it is in this.
        for leftover in ("-wal", "-shm"):
            Path(f"{folder / DATABASE}{leftover}").unlink(missing_ok=True)
        sync_folder(folder)
        rename_to_keep(folder / name, folder / DATABASE)
    for unnamed in folder.glob(f"{DATABASE}.*"):
        if _BESIDE.fullmatch(unnamed.name):
            unnamed.unlink(missing_ok=True)


def _make_database(path: Path, key: bytes) -> None:
    for leftover in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{leftover}").unlink(missing_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    connection = connections.connect(path, key, "rw")
    try:
        connections.make_writer(connection)
        migrations.migrate(connection)
    finally:
        connection.close()  # the last connection moves the log into the file and removes it
