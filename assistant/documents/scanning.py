"""Goes through a watched folder once: which of its files there are, by name, size and time; pure but for looking."""

from __future__ import annotations

import fnmatch
import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from assistant.ingestion import is_left_alone, is_supported

_BY_DIGEST: Final = "sha256:"


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as its folder shows it. modified: nanoseconds since 1970. inode: 0 where there is none."""

    path: Path
    size: int
    modified: int
    inode: int


@dataclass(slots=True)
class Scan:
    """What a folder held. blind: what in it could not be looked at, of which nothing can be said.

    unread: endings of names that Privet does not read -> how many.
    """

    files: dict[Path, Seen] = field(default_factory=dict)
    blind: list[Path] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)

    def can_tell(self, path: Path) -> bool:
        """True if a file at `path` would have been seen."""
        return not any(folder == path or folder in path.parents for folder in self.blind)


def look_through(top: Path, leave_out: Sequence[str] = ()) -> Scan | None:
    """All files in `top` that Privet can read; None where the folder itself is not there or can't be opened.

    Hidden and temporary files are left alone; links are not followed. leave_out: patterns as of `left_out`.
    """
    scan = Scan()
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as found:
                entries = list(found)
        except OSError:
            if folder == top:
                return None
            scan.blind.append(folder)
            continue
        for entry in entries:
            path = Path(entry.path)
            if is_left_alone(entry.name) or left_out(path.relative_to(top), leave_out):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)
                elif entry.is_file(follow_symlinks=False):  # a link is neither
                    _take(scan, entry, path)
            except FileNotFoundError:
                continue  # gone between two looks: the next one tells
            except OSError:  # a share or a stick that fails: what lies there is not known to be gone
                scan.blind.append(path)
    return scan


def left_out(relative: Path, patterns: Sequence[str]) -> bool:
    """True if one of `patterns` names a file: "*.tmp" by its name, "drafts/*" by its path, or by `named_by_digest`.

    Upper and lower case are one.
    """
    posix = PurePosixPath(relative).as_posix().lower()
    name = relative.name.lower()
    for pattern in patterns:
        if is_digest(pattern):
            if pattern == named_by_digest(relative):
                return True
            continue
        wanted = pattern.lower().strip("/")
        if fnmatch.fnmatchcase(posix if "/" in wanted else name, wanted):
            return True
    return False


def named_by_digest(relative: Path) -> str:
    """A pattern that leaves one file out without keeping its name: a person removed it, and wants no trace."""
    return _BY_DIGEST + hashlib.sha256(os.fsencode(relative)).hexdigest()


def is_digest(pattern: str) -> bool:
    """True for a pattern as of `named_by_digest`, which says nothing to a person."""
    return pattern.startswith(_BY_DIGEST)


def seen(path: Path) -> Seen | None:
    """What the file system says of one file, None where there is no ordinary one."""
    try:
        status = path.stat()
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return Seen(path, status.st_size, status.st_mtime_ns, status.st_ino)


def mounted_away(path: Path) -> bool:
    """True if a folder is empty: what a share or a stick leaves behind when it goes, where its files were before."""
    try:
        with os.scandir(path) as found:
            return next(iter(found), None) is None
    except OSError:
        return True


def _take(scan: Scan, entry: os.DirEntry[str], path: Path) -> None:
    if not is_supported(path):
        ending = path.suffix.lower()
        scan.unread[ending] = scan.unread.get(ending, 0) + 1
        return
    status = entry.stat(follow_symlinks=False)
    scan.files[path] = Seen(path, status.st_size, status.st_mtime_ns, status.st_ino)
