"""What a disk may hold after the power failed: the writes of a real run, recorded, and played back up to a cut.

strace records every write, sync, truncation and rename below a folder. A cut keeps what was synced; of what was not,
each write stays, goes, or is torn at a sector of 512 bytes, and of the names changed since the folder was synced some
first ones stay (journaling file systems keep their order).
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

CALLS: Final = "openat,pwrite64,write,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,close"
_SECTOR: Final = 512
_LINE: Final = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)(?:<(.*)>)?")
_FD: Final = re.compile(r"^(\d+)<([^>]*)>")
_TEXT: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True, slots=True)
class Op:
    """One thing that was done. what: "write", "truncate", "sync", "make", "rename", "remove" or "say"."""

    what: str
    path: str
    at: int = 0
    data: bytes = b""
    target: str = ""


def can_record() -> bool:
    """True where strace is there and may trace."""
    strace = shutil.which("strace")
    return strace is not None and subprocess.run([strace, "-o", "/dev/null", "true"], check=False).returncode == 0


def record(command: list[str], folder: Path, trace: Path, cwd: Path) -> list[Op]:
    """Run `command` to its end; what it did below `folder`, and said on its standard output, in order."""
    strace = ["strace", "-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(trace)]
    done = subprocess.run([*strace, *command], cwd=cwd, capture_output=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return list(_ops(trace, str(folder)))


def _ops(trace: Path, folder: str) -> Iterator[Op]:
    offsets: dict[str, int] = {}
    unfinished: dict[str, str] = {}
    for line in trace.read_text(encoding="ascii", errors="replace").splitlines():
        pid = line.split(" ", 1)[0]
        if line.endswith("<unfinished ...>"):
            unfinished[pid] = line.removesuffix("<unfinished ...>").rstrip()
            continue
        resumed = re.match(r"^\d+ +<\.\.\. \w+ resumed>(.*)$", line)
        if resumed is not None:
            line = unfinished.pop(pid, "") + resumed[1]
        match = _LINE.match(line)
        if match is None or int(match[3]) < 0:
            continue
        yield from _op(match[1], match[2], _plain(match[4] or ""), folder, offsets)


def _op(call: str, arguments: str, result: str, folder: str, offsets: dict[str, int]) -> Iterator[Op]:
    holds = _FD.match(arguments)
    path = _plain(holds[2]) if holds else ""
    texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(arguments)]
    if call == "openat":
        if result.startswith(folder):
            offsets[result] = 0
            if "O_CREAT" in arguments:
                yield Op("make", result)
            if "O_TRUNC" in arguments:
                yield Op("truncate", result)
    elif call in ("rename", "renameat", "renameat2") and texts[0].decode().startswith(folder):
        yield Op("rename", texts[0].decode(), target=texts[1].decode())
    elif call in ("unlink", "unlinkat") and texts and texts[0].decode().startswith(folder):
        yield Op("remove", texts[0].decode())
    elif call == "write" and holds and holds[1] == "1":
        yield Op("say", "", data=texts[0])
    elif not path.startswith(folder):
        return
    elif call == "pwrite64":
        yield Op("write", path, int(arguments.rsplit(", ", 1)[1]), texts[0])
    elif call == "write":
        yield Op("write", path, offsets.get(path, 0), texts[0])
        offsets[path] = offsets.get(path, 0) + len(texts[0])
    elif call == "ftruncate":
        yield Op("truncate", path, int(arguments.rsplit(", ", 1)[1]))
    elif call in ("fsync", "fdatasync"):
        yield Op("sync", path)


def _plain(text: str) -> str:
    """A path as strace -xx writes it."""
    return bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text


@dataclass
class _File:
    synced: bytearray = field(default_factory=bytearray)
    pending: list[Op] = field(default_factory=list)


class Disk:
    """A folder's files as far as the disk has them."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._names: dict[str, _File] = {}
        self._synced: dict[str, _File] = {}
        self._changes: list[Op] = []

    def do(self, op: Op) -> None:
        """What was done next."""
        if op.what in ("make", "rename", "remove"):
            self._change(self._names, op)
            self._changes.append(op)
        elif op.what == "sync" and op.path == self._folder:
            self._synced, self._changes = dict(self._names), []
        elif op.what == "sync" and op.path in self._names:
            file = self._names[op.path]
            for one in file.pending:
                _apply(file.synced, one, len(one.data))
            file.pending.clear()
            # A file that is synced has its name as well.
            self._synced.setdefault(op.path, file)
        elif op.what in ("write", "truncate") and op.path in self._names:
            self._names[op.path].pending.append(op)

    def cut(self, target: Path, chance: random.Random) -> None:
        """Write what is left after the power failed now to the folder `target`."""
        names = dict(self._synced)
        for op in self._changes[: chance.randint(0, len(self._changes))]:
            self._change(names, op)
        target.mkdir()
        for name, file in names.items():
            content = bytearray(file.synced)
            for op in file.pending:
                fate = chance.random()
                kept = len(op.data) if fate < 0.5 else 0
                if fate > 0.75 and op.data:
                    kept = chance.randrange(0, len(op.data), _SECTOR)
                if kept or (op.what == "truncate" and fate < 0.5):
                    _apply(content, op, kept)
            (target / Path(name).name).write_bytes(content)

    def _change(self, names: dict[str, _File], op: Op) -> None:
        if op.what == "make":
            names.setdefault(op.path, self._names.get(op.path) or _File())
        elif op.what == "rename" and op.path in names:
            names[op.target] = names.pop(op.path)
        elif op.what == "remove":
            names.pop(op.path, None)


def _apply(content: bytearray, op: Op, length: int) -> None:
    if op.what == "truncate":
        content[op.at :] = bytes(max(0, op.at - len(content)))
    else:
        content.extend(bytes(max(0, op.at - len(content))))
        content[op.at : op.at + length] = op.data[:length]
