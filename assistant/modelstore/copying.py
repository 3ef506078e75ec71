"""Bring a file's content into Privet's folder, or only read it through: resumable, with its checksum and progress."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import Stopped
from assistant.values import Copying, Stop

_CHUNK: Final = 1 << 20
_TELL: Final = 0.1  # seconds between two events
_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
KEEP_PARTS: Final = 7 * 24 * 3600
"""Seconds that a half-made copy waits to be gone on with."""


class SourceChanged(Exception):
    """The file was written to while it was read."""


@dataclass(slots=True)
class Progress:
    """How far several files together are. total: bytes of them all."""

    total: int
    done: int = 0
    told: float = 0.0
    began: float = 0.0

    def __post_init__(self) -> None:
        self.began = time.monotonic()

    def moved(self, path: Path, count: int, *, last: bool = False) -> Iterator[Copying]:
        """`count` bytes more; an event if it is time for one."""
        self.done += count
        now = time.monotonic()
        if last or now - self.told >= _TELL:
            self.told = now
            elapsed = now - self.began
            left = (self.total - self.done) * elapsed / self.done if self.done and elapsed > 0.5 else None
            yield Copying(path, self.done, self.total, left)


def checksum(path: Path, progress: Progress, stop: Stop) -> Generator[Copying, None, str]:
    """Read a file through; returns its SHA-256. Raises OSError, Stopped, SourceChanged."""
    before = path.stat()
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as source:
        while chunk := _read(source, _CHUNK):
            _go_on(stop)
            digest.update(chunk)
            yield from progress.moved(path, len(chunk))
    _unchanged(path, before)
    return digest.hexdigest()


def copy(path: Path, part: Path, progress: Progress, stop: Stop) -> Generator[Copying, None, str]:
    """Copy a file's content to `part`; returns its SHA-256. Raises as `checksum` does.

    What lies in `part` from before is kept as far as it is the same. A full disk leaves nothing of it, a stop or a
    pulled stick leaves it to be gone on with.
    """
    before = path.stat()
    digest = hashlib.sha256()
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as out, path.open("rb", buffering=0) as source:
            while chunk := _read(source, _CHUNK):
                _go_on(stop)
                _put(out, chunk)
                digest.update(chunk)
                yield from progress.moved(path, len(chunk))
            out.truncate()
            os.fsync(out.fileno())
        _unchanged(path, before)
    except SourceChanged:
        part.unlink(missing_ok=True)
        raise
    except OSError as error:
        # What would have to be freed by hand is freed here.
        if error.errno is not None and error.errno in _FULL:
            part.unlink(missing_ok=True)
        raise
    return digest.hexdigest()


def part_name(path: Path) -> str:
    """The name of a half-made copy: the same for the same file, another if it changed. Raises OSError."""
    seen = path.stat()
    told = f"{os.fspath(path)}\0{seen.st_size}\0{seen.st_mtime_ns}".encode("utf-8", "surrogateescape")
    return f".{hashlib.sha256(told).hexdigest()[:24]}.part"


def clean(folder: Path, now: float) -> None:
    """Remove half-made copies that nobody went on with. now: seconds since 1970."""
    with suppress(OSError):
        for part in folder.glob(".*.part"):
            with suppress(OSError):
                if now - part.stat().st_mtime > KEEP_PARTS:
                    part.unlink()


def link(path: Path, target: Path) -> bool:
    """Let a file of ours be the same as another program's, where that is safe and possible.

    Safe: a plain file of this person's that nobody else may write to. The other program could still change it in
    place (none that is known does: they write a new file and rename it); so its size and time are looked at before
    each use, and a changed one is refused until it was verified again.
    """
    try:
        seen = path.lstat()
        if not path.is_file() or path.is_symlink() or seen.st_mode & 0o022 or not hasattr(os, "getuid"):
            return False
        if seen.st_uid != os.getuid():
            return False
        os.link(path, target)
    except OSError:
        return False
    return True


def _put(out: io.FileIO, chunk: bytes) -> None:
    """Write, unless the same bytes are there from before."""
    at = out.tell()
    if _read(out, len(chunk)) != chunk:
        out.seek(at)
        view = memoryview(chunk)
        while view:
            view = view[out.write(view) :]


def _read(file: io.FileIO, wanted: int) -> bytes:
    """`wanted` bytes, fewer only at the end of the file."""
    parts: list[bytes] = []
    while wanted and (part := file.read(wanted)):
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _go_on(stop: Stop) -> None:
    if stop.requested:
        raise Stopped


def _unchanged(path: Path, before: os.stat_result) -> None:
    after = path.stat()
    if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
        raise SourceChanged
