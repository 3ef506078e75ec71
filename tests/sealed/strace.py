"""Watches a program's system calls from outside: which sockets it was given, what it wrote, which names it opened."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Watched:
    """What was seen. sockets: family and result of each socket call, in all processes.

    written: paths that were made, changed, renamed or removed. named: every path in any call, done or refused.
    """

    processes: int
    sockets: tuple[tuple[str, int], ...]
    rings: tuple[int, ...]
    written: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()

    @property
    def opened(self) -> tuple[str, ...]:
        """Families, other than AF_UNIX, of the sockets that the kernel handed out."""
        return tuple(family for family, result in self.sockets if family != "AF_UNIX" and result >= 0)

    def outside(self, home: Path) -> set[str]:
        """What was changed and is not Privet's own. The system's nothings and a process's own entries are nobody's.

        Python keeps a checkout's compiled code beside it; an installed Privet comes with it.
        """
        own = (f"{home}/", "/dev/null", "/dev/tty", "/proc/self/", "/dev/pts/")
        found = {name for name in self.written if not (name == str(home) or name.startswith(own))}
        return {name for name in found if "/__pycache__/" not in name and not name.endswith("/__pycache__")}


class Strace:
    """One watch. Put `prefix` before the command, then ask for `watched`."""

    def __init__(self, folder: Path) -> None:
        strace = shutil.which("strace")
        if strace is None:
            pytest.skip("strace is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        # One file a process (-ff): calls of two processes are then never woven into one line.
        self.prefix: Sequence[str] = (
            strace, "-ff", "-q", "-y", "-s", "4096", "-e", "trace=socket,socketpair,io_uring_setup,%file",
            "-o", str(folder / "calls"),
        )  # fmt: skip

    def watched(self) -> Watched:
        """What the program and its children did."""
        sockets: list[tuple[str, int]] = []
        rings: list[int] = []
        written: set[str] = set()
        named: set[str] = set()
        files = sorted(self._folder.glob("calls.*"))
        assert files, "strace wrote nothing"
        for file in files:
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith(("socket(", "socketpair(")):
                    family = line.split("(", 1)[1].split(",", 1)[0]
                    sockets.append((family, _result(line)))
                elif line.startswith("io_uring_setup("):
                    rings.append(_result(line))
                elif (paths := _paths(line)) and "(" in line:
                    named.update(paths)
                    if _changes(line) and _result(line) >= 0:
                        written.update(paths)
        return Watched(len(files), tuple(sockets), tuple(rings), frozenset(written), frozenset(named))


_CHANGING = re.compile(
    r"(?:creat|mkdir|mkdirat|mknod|mknodat|rename|renameat|renameat2|link|linkat|symlink|symlinkat|unlink|unlinkat"
    r"|rmdir|truncate|chmod|fchmodat|chown|lchown|fchownat|utime|utimes|utimensat|futimesat|setxattr|lsetxattr)\("
)
_OPENING = re.compile(r"(?:open|openat|openat2)\(.*(?:O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND)")
_PLACED = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')


def _changes(line: str) -> bool:
    return bool(_CHANGING.match(line) or _OPENING.match(line))


def _paths(line: str) -> list[str]:
    """The paths that a call names, whole where strace says where they begin."""
    arguments = line.rsplit(" = ", 1)[0]
    if line.startswith("execve"):
        arguments = arguments.split(", [", 1)[0]  # what follows is what the program is told, not what is opened
    return [os.path.normpath(os.path.join(folder, name)) for folder, name in _PLACED.findall(arguments)]


def _result(line: str) -> int:
    """The value after the last " = "; a call cut short by the process's end got nothing."""
    found = re.search(r"= (-?\d+)(?:<.*>)?(?: [A-Z].*)?$", line)
    return int(found.group(1)) if found else -1
