"""The list of the models that a person added: which files each has, what they were when they were checked."""

from __future__ import annotations

import errno
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from assistant.errors import BadInput, DiskFull, EnvironmentFault
from assistant.settings import write_atomically
from assistant.values import InstalledModel, Kept

_MAX_BYTES: Final = 8 << 20
_BUSY: Final = frozenset((errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK))


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file was when it was checked: where, how large, when written (ns), its SHA-256 in hexadecimal."""

    path: str
    size: int
    written: int
    sha256: str

    def still(self) -> bool:
        """True if the file is there with that size and time; its content is not read."""
        try:
            seen = os.stat(self.path)
        except (OSError, ValueError):
            return False
        return (seen.st_size, seen.st_mtime_ns) == (self.size, self.written)


@dataclass(frozen=True, slots=True)
class Entry:
    """A model on the shelf. loaded: the path that a loader is given. kept: of `Kept`. program: it was found with."""

    name: str
    kind: str
    loaded: str
    files: tuple[Mark, ...]
    kept: str
    licence: str = ""
    program: str = ""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(mark.size for mark in self.files)

    def model(self) -> InstalledModel:
        """As others see it."""
        return InstalledModel(
            name=self.name,
            kind=self.kind,
            path=Path(self.loaded),
            files=tuple(Path(mark.path) for mark in self.files),
            size=self.size,
            kept=Kept(self.kept),
            sha256=self.files[0].sha256,
            licence=self.licence,
            program=self.program,
            present=all(mark.still() for mark in self.files),
        )


def mark(path: Path, sha256: str) -> Mark:
    """The mark of a file whose checksum was just computed. Raises OSError."""
    seen = path.stat()
    return Mark(str(path), seen.st_size, seen.st_mtime_ns, sha256)


class Shelf:
    """The list, in one file in the models folder. Paths that are no text are kept as they are."""

    def __init__(self, models: Path) -> None:
        self.folder = models
        self._place = models / "models.json"

    def entries(self) -> tuple[Entry, ...]:
        """What is listed, oldest first. An entry that makes no sense is passed over; its files stay where they are."""
        try:
            with self._place.open("rb") as file:
                content = file.read(_MAX_BYTES + 1)
            rows = json.loads(content)["models"] if len(content) <= _MAX_BYTES else []
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return ()
        return tuple(entry for entry in map(_entry, rows if isinstance(rows, list) else []) if entry is not None)

    def at(self, path: Path) -> Entry | None:
        """The entry that is loaded by this path, or has this file."""
        wanted = str(path.absolute())
        found = (e for e in self.entries() if e.loaded == wanted or any(mark.path == wanted for mark in e.files))
        return next(found, None)

    def put(self, entry: Entry) -> None:
        """List an entry, in place of one that is loaded by the same path. Raises DiskFull, EnvironmentFault."""
        self._write((*(kept for kept in self.entries() if kept.loaded != entry.loaded), entry))

    def renew(self, entry: Entry, marks: tuple[Mark, ...]) -> None:
        """Keep new marks of an entry's files. Raises as `put` does."""
        self.put(replace(entry, files=marks))

    def drop(self, loaded: str) -> None:
        """List it no more. Raises as `put` does."""
        self._write(tuple(kept for kept in self.entries() if kept.loaded != loaded))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else imports or removes meanwhile. Raises BadInput where somebody does, EnvironmentFault.

        The lock is the system's, so it is gone with the process that held it.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EnvironmentFault(
                f"The folder for models, {self.folder}, can't be written to.", "Check who may write there."
            ) from error
        try:
            _lock(descriptor)
            yield
        finally:
            os.close(descriptor)

    def _write(self, entries: tuple[Entry, ...]) -> None:
        rows = [asdict(entry) for entry in entries]
        try:
            write_atomically(self._place, json.dumps({"version": 1, "models": rows}, indent=1).encode("ascii"))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(
                    "The disk is full, so the list of models was not changed.", "Free some room and try again."
                ) from error
            raise EnvironmentFault(
                "The list of models could not be changed.", f"Check that you may write to {self.folder}."
            ) from error


def _lock(descriptor: int) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            raise BadInput("A model is being added or removed already.", "Wait until that has ended.") from error
        raise


def _entry(row: object) -> Entry | None:
    if not isinstance(row, dict):
        return None
    try:
        marks = tuple(
            Mark(str(one["path"]), int(one["size"]), int(one["written"]), str(one["sha256"])) for one in row["files"]
        )
        texts = {key: str(row.get(key, "")) for key in ("name", "kind", "loaded", "kept", "licence", "program")}
        Kept(texts["kept"])
    except (KeyError, TypeError, ValueError):
        return None
    return Entry(files=marks, **texts) if marks and texts["loaded"] else None
