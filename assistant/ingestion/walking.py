"""Which files to read where a person names files and folders."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from assistant.ingestion.families import is_supported
from assistant.ingestion.refusals import shown, unreadable
from assistant.values import NotAdded

# What editors and office programs leave beside a document while it is open, and half-finished downloads.
_TEMPORARY_STARTS: Final = (".", "~$", "~")
_TEMPORARY_ENDS: Final = (".tmp", ".temp", ".part", ".crdownload", ".swp", "~")
_NAMED_KINDS: Final = 6


def walk(paths: Sequence[Path]) -> Iterator[Path | NotAdded]:
    """The files that `paths` name, folders with all that is in them, each once and in the order of names.

    A file named outright is yielded whatever its kind. In folders, hidden and temporary files are left alone, links
    are not followed, and files of kinds that Privet can't read are told in one NotAdded for each folder named.
    """
    seen: set[Path] = set()
    for named in paths:
        try:
            path = named.resolve(strict=True)  # a link that the person points to is followed
            mode = path.stat().st_mode
        except (OSError, RuntimeError) as error:
            yield _not_added("permission" if isinstance(error, PermissionError) else "missing", named)
            continue
        if stat.S_ISDIR(mode):
            yield from _walk_folder(path, seen)
        elif not stat.S_ISREG(mode):
            yield _not_added("special", named)
        elif path not in seen:
            seen.add(path)
            yield path


def _walk_folder(top: Path, seen: set[Path]) -> Iterator[Path | NotAdded]:
    unread: Counter[str] = Counter()
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            yield NotAdded(
                folder,
                f"The folder {shown(folder)} could not be opened, so nothing in it was added.",
                "Ask its owner for access, or copy the files to a folder of yours, and add them from there.",
            )
            continue
        kept = [entry for entry in entries if _is_kept(entry)]
        waiting += [Path(entry) for entry in reversed(kept) if entry.is_dir(follow_symlinks=False)]
        for entry in kept:
            path = Path(entry)
            if not entry.is_file(follow_symlinks=False) or path in seen:
                continue
            if not is_supported(path):
                unread[path.suffix.lower() or "without an ending"] += 1
                continue
            seen.add(path)
            yield path
    if unread:
        yield _left_out(top, unread)


def is_left_alone(name: str) -> bool:
    """True for the name of a hidden or temporary file or folder."""
    return name.lower().startswith(_TEMPORARY_STARTS) or name.lower().endswith(_TEMPORARY_ENDS)


def _is_kept(entry: os.DirEntry[str]) -> bool:
    return not is_left_alone(entry.name) and not entry.is_symlink()


def _left_out(top: Path, unread: Counter[str]) -> NotAdded:
    number = unread.total()
    kinds = ", ".join(kind for kind, _ in unread.most_common(_NAMED_KINDS))
    kinds += " and others" if len(unread) > _NAMED_KINDS else ""
    files = "1 file is of a kind" if number == 1 else f"{number} files are of kinds"
    return NotAdded(
        top,
        f"In {shown(top)}, {files} that Privet can't read yet ({kinds}).",
        "What it can read was added; save the others as PDF or in a usual format if you need them.",
    )


def _not_added(code: str, path: Path) -> NotAdded:
    error = unreadable(code, path)
    return NotAdded(path, error.what, error.do)
