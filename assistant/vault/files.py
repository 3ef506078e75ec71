"""The vault's folder: private, held by one Privet at a time, written so that power loss finds the old or the new."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from assistant.errors import VaultFault
from assistant.vault.faults import file_fault, in_use

KEYS: Final = "keys.json"
DATABASE: Final = "vault.db"
UNFINISHED: Final = "vault.db.new"
LOCK: Final = "vault.lock"


def private_folder(folder: Path) -> None:
    """Make `folder` where there is none, and let nobody but its owner in."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if sys.platform != "win32" and folder.stat().st_mode & 0o077:
            try:
                folder.chmod(0o700)
            except PermissionError:
                pass  # somebody else's folder, or a file system without modes: what lies in it is encrypted
    except FileExistsError as error:
        raise VaultFault(
            f"{folder} is a file where Privet needs a folder.", "Rename or move that file, and start Privet again."
        ) from error
    except OSError as error:
        raise file_fault(error, folder) from error


class FolderLock:
    """Held from the vault's opening to its closing; the kernel lets go of it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Take the lock. Raises VaultInUse if another Privet, or another part of this one, has it."""
        try:
            self._descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise file_fault(error, folder) from error
        try:
            _lock(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            raise in_use() from error

    def release(self) -> None:
        """Let go; a second call does nothing. The file stays: removing it would let two hold 'the' lock."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a crash leaves the old file or the new one, on the disk itself.

    Raises OSError; the old file is untouched then.
    """
    temporary = path.with_name(path.name + ".tmp")
    temporary.unlink(missing_ok=True)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def rename_to_keep(source: Path, target: Path) -> None:
    """Give `source`, whose bytes are first forced to the disk, the name `target`. Raises OSError."""
    descriptor = os.open(source, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    source.rename(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Force the names in `folder` to the disk; Windows keeps them with the files."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
