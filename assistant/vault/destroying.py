"""A vault removed for good: its keys first, so that what a drive may still hold of the rest leads nowhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from assistant.errors import PrivetError
from assistant.vault import keys
from assistant.vault.faults import told
from assistant.vault.files import KEYS, LOCK, FolderLock, private_folder, sync_folder
from assistant.vault.unlock import take_back

_OURS: Final = ("vault.db", "keys.json", "tries.json")


def destroy(data: Path) -> None:
    """Remove the vault in the folder `data`; does nothing where there is none. Raises VaultInUse, VaultFault."""
    private_folder(data)
    lock = FolderLock(data)
    try:
        with told(data):
            if (data / KEYS).exists():
                _forget_keys(data)
            for path in sorted(data.iterdir()):
                if path.name.startswith(_OURS):
                    path.unlink(missing_ok=True)
            (data / LOCK).unlink(missing_ok=True)
            sync_folder(data)
    finally:
        lock.release()


def _forget_keys(data: Path) -> None:
    try:
        take_back(keys.decode((data / KEYS).read_bytes()))
    except PrivetError:
        pass  # a damaged file names no entry of a keychain
    with (data / KEYS).open("r+b") as file:
        file.write(os.urandom((data / KEYS).stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    (data / KEYS).unlink()
    sync_folder(data)
