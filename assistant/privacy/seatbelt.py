"""macOS's sandbox round a child: a profile in which all is refused but what is named. Written; not run on macOS yet.

A process enters such a profile once and can't leave it, nor enter a second one: what a child that reads a hostile file
may do has to be in the first. The file itself comes as an open descriptor, which no profile takes away.
Source: sandbox_init(3); the language of profiles as Chromium (sandbox/policy/mac) and Apple's own profiles use it.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Protocol

from assistant.privacy.calls import SealError

_SYSTEM: Final = ("/System/Library", "/usr/lib", "/usr/share/zoneinfo", "/private/var/db/timezone")
_NOTHINGS: Final = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_LIBRARY: Final = "/usr/lib/libSystem.B.dylib"
_RAW_PROFILE: Final = 0  # flags of sandbox_init: the text is a profile, not the name of one
_OUTSIDE: Final = "/private/etc/passwd"  # anybody may read it, and nothing here names it


class Library(Protocol):
    """libSystem, as far as it is called."""

    @property
    def sandbox_init(self) -> Callable[..., int]:
        """Take a profile, its flags, and where to put what is wrong with it; 0 if it is taken."""
        ...


@dataclass(frozen=True, slots=True)
class Reach:
    """What a child may reach. reads: files and folders. writes: folders in which it may make and change files."""

    reads: Sequence[str] = ()
    writes: Sequence[str] = ()


def profile(reach: Reach) -> str:
    """The profile, as text. Raises SealError for a path that can't be written in one."""
    reads = (*_SYSTEM, *reach.reads, *reach.writes)
    lines = [
        "(version 1)",
        "(deny default)",
        # What follows is refused already; it is said again, so that no later line is read as allowing it.
        "(deny network*)",
        "(deny process-fork)",
        "(deny process-exec*)",
        "(deny mach-lookup)",
        "(allow process-info* (target self))",
        "(allow signal (target self))",
        "(allow sysctl-read)",
        f"(allow file-read-metadata {_paths('literal', _above(reads))})",
        f"(allow file-read* {_paths('literal', _NOTHINGS)} {_paths('subpath', reads)})",
        f"(allow file-write-data {_paths('literal', _NOTHINGS[:1])})",
    ]
    if reach.writes:
        lines.append(f"(allow file-write* {_paths('subpath', reach.writes)})")
    return "\n".join(lines) + "\n"


def enter(reach: Reach, library: Library | None = None, refused: Callable[[], bool] | None = None) -> None:
    """Shut this process in, for good, and see that it holds. Raises SealError where it does not.

    library, refused: for tests; else libSystem, and whether a file outside is refused now.
    """
    if library is None:
        library = _loaded()
    text = ctypes.c_char_p()
    if library.sandbox_init(profile(reach).encode(), ctypes.c_uint64(_RAW_PROFILE), ctypes.byref(text)) != 0:
        raise SealError("macOS refused the sandbox of a child.")
    if not (refused or outside_is_refused)():
        raise SealError("macOS took the sandbox of a child but still lets it open files outside.")


def outside_is_refused() -> bool:
    """True if a file that no profile of ours names can't be opened here, though everybody may read it."""
    try:
        os.close(os.open(_OUTSIDE, os.O_RDONLY))
    except OSError as error:
        return error.errno == errno.EPERM
    return False


def _loaded() -> Library:
    try:
        library = ctypes.CDLL(_LIBRARY)
        library.sandbox_init.argtypes = (ctypes.c_char_p, ctypes.c_uint64, ctypes.POINTER(ctypes.c_char_p))
    except (OSError, AttributeError) as error:
        raise SealError("This system has no sandbox to shut a child in.") from error
    return library


def _above(paths: Iterable[str]) -> list[str]:
    """The folders above, whose names have to be looked up on the way."""
    return sorted({str(above) for path in paths for above in PurePosixPath(path).parents})


def _paths(kind: str, paths: Iterable[str]) -> str:
    return " ".join(f"({kind} {_quoted(path)})" for path in paths)


def _quoted(path: str) -> str:
    """A path as a string of the profile's language, which could otherwise say more than a path."""
    if not path.startswith("/") or not path.isprintable():
        raise SealError("A child was to reach a path that no profile can name.")
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
