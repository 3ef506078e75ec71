"""What the disk and the database complain about, in the words a person sees."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from assistant.errors import DiskFull, EnvironmentFault, VaultDamaged, VaultFault, VaultInUse

# Primary result codes of https://sqlite.org/rescode.html; an extended code carries more in its higher bits.
_BUSY, _LOCKED, _NO_MEMORY, _READ_ONLY, _IO, _CORRUPT, _FULL, _CANNOT_OPEN, _NOT_A_DATABASE = (
    5,
    6,
    7,
    8,
    10,
    11,
    13,
    14,
    26,
)
_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_ALLOWED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NEARLY_NOTHING: Final = 256 << 10
"""Bytes: with less than this free, a failed write is a full disk, whatever the code says."""


def disk_full(folder: Path) -> DiskFull:
    """There is no room for what was to be kept."""
    return DiskFull(
        f"The disk that holds {folder} is full, so the last change was not kept.",
        "Make some room on it and try again; everything kept before is still there.",
    )


def damaged(folder: Path) -> VaultDamaged:
    """The file is not what was written, or not what this key was made for."""
    return VaultDamaged(
        f"The file with your conversations and documents ({folder / 'vault.db'}) is damaged or was replaced.",
        "Keep it as it is, and put back the folder from your last backup.",
    )


def gone(folder: Path) -> VaultFault:
    """The folder, or the file in it, is not where it was."""
    return VaultFault(
        f"The folder with your data ({folder}) was moved or taken away, so the last change was not kept.",
        "Put it back, or connect the drive again, and start Privet anew.",
    )


def in_use() -> VaultInUse:
    """Another process has the vault."""
    return VaultInUse("Privet is already open.", "Go on in the window that is open, or close it and start again.")


def file_fault(error: OSError, folder: Path) -> EnvironmentFault:
    """The fault that an error of the file system in `folder` stands for."""
    if error.errno in _NO_SPACE:
        return disk_full(folder)
    if error.errno in _NOT_ALLOWED:
        return _not_allowed(folder)
    return VaultFault(
        f"The disk that holds {folder} could not be read or written.",
        "Check that it is connected and sound, and start Privet again.",
    )


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn errors of the file system and of the database inside into faults with sentences.

    A mistake in our SQL stays the error it is: it must not pass for the machine's fault.
    """
    from sqlcipher3 import dbapi2

    try:
        yield
    except OSError as error:
        raise file_fault(error, folder) from error
    except dbapi2.DatabaseError as error:
        fault = _database_fault(int(getattr(error, "sqlite_errorcode", None) or 0) & 0xFF, folder)
        if fault is None:
            raise
        raise fault from error


def _database_fault(code: int, folder: Path) -> EnvironmentFault | None:
    if code == _FULL:
        return disk_full(folder)
    if code in (_CORRUPT, _NOT_A_DATABASE):
        return damaged(folder)
    if code in (_BUSY, _LOCKED):
        return in_use()
    if code == _READ_ONLY:
        return _not_allowed(folder)
    if code == _CANNOT_OPEN and not os.access(folder / "vault.db", os.R_OK | os.W_OK):
        return _not_allowed(folder)
    if code in (_IO, _CANNOT_OPEN):
        # SQLite answers some writes to a full disk (the log's shared memory) with a bare I/O error.
        if _free(folder) < _NEARLY_NOTHING:
            return disk_full(folder)
        return file_fault(OSError(errno.EIO, "database"), folder)
    if code == _NO_MEMORY:
        return VaultFault("There is not enough memory for this.", "Close other programs and try again.")
    return None


def _not_allowed(folder: Path) -> VaultFault:
    return VaultFault(
        f"Privet is not allowed to write in {folder}.",
        "Allow it in the folder's permissions, and start Privet again.",
    )


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return _NEARLY_NOTHING
