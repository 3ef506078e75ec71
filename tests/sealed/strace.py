"""Watches a program's system calls from outside and says which network sockets it was given."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Watched:
    """What was seen. sockets: family and result of each socket call, in all processes."""

    processes: int
    sockets: tuple[tuple[str, int], ...]
    rings: tuple[int, ...]

    @property
    def opened(self) -> tuple[str, ...]:
        """Families, other than AF_UNIX, of the sockets that the kernel handed out."""
        return tuple(family for family, result in self.sockets if family != "AF_UNIX" and result >= 0)


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
            strace, "-ff", "-q", "-e", "trace=socket,socketpair,io_uring_setup", "-o", str(folder / "calls"),
        )  # fmt: skip

    def watched(self) -> Watched:
        """What the program and its children did."""
        sockets: list[tuple[str, int]] = []
        rings: list[int] = []
        files = sorted(self._folder.glob("calls.*"))
        assert files, "strace wrote nothing"
        for file in files:
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith(("socket(", "socketpair(")):
                    family = line.split("(", 1)[1].split(",", 1)[0]
                    sockets.append((family, _result(line)))
                elif line.startswith("io_uring_setup("):
                    rings.append(_result(line))
        return Watched(len(files), tuple(sockets), tuple(rings))


def _result(line: str) -> int:
    """The value after the last " = "; a call cut short by the process's end got nothing."""
    found = re.search(r"= (-?\d+)(?: [A-Z].*)?$", line)
    return int(found.group(1)) if found else -1
