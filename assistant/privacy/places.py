"""Where private things lie on the disk, and which people on this computer may open them."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from typing import Final

_LISTS: Final = ("system.posix_acl_access", "system.posix_acl_default")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder or file. readers: who may open it, in words; private: nobody but its owner, who is you."""

    path: str
    exists: bool
    private: bool
    readers: str


def place(path: str) -> Place:
    """Look at a path; what is beneath it is not looked at, since a folder that is shut keeps all of it shut."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return Place(path, False, True, "not made yet")
    except OSError as error:
        return Place(path, True, False, f"can't be looked at ({type(error).__name__})")
    if sys.platform == "win32":
        return Place(path, True, False, "as Windows has it for your profile; Privet does not read its lists yet")
    others = []
    if status.st_uid != os.getuid():
        others.append("its owner, who is not you")
    if status.st_mode & (stat.S_IRGRP | stat.S_IXGRP):
        others.append("your group")
    if status.st_mode & (stat.S_IROTH | stat.S_IXOTH):
        others.append("everyone on this computer")
    if _has_list(path):
        others.append("those whom an access list names")
    return Place(path, True, not others, f"only you ({_mode(status)})" if not others else _and(others, status))


def _mode(status: os.stat_result) -> str:
    return f"{stat.S_IMODE(status.st_mode):04o}"


def _and(others: list[str], status: os.stat_result) -> str:
    return f"you, and {', '.join(others)} ({_mode(status)})"


def _has_list(path: str) -> bool:
    names = getattr(os, "listxattr", None)
    try:
        return names is not None and any(name in _LISTS for name in names(path))
    except OSError:
        return False
