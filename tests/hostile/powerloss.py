"""Power loss, made from a real run: strace says what was written and forced to the disk, and in which order; at any
moment the disk then holds all that was forced, and of the rest any part: whole writes, torn ones, or none.

A file's bytes are modelled; names are not: that a file is there or not is taken as the file system says it.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

SECTOR: Final = 512
"""What a disk writes as a whole: a write may be torn between two of them."""

TRACED: Final = "trace=pwrite64,write,pwritev,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat2"
_LINE: Final = re.compile(r"^(\d+\.\d+) (\w+)\((.*)\)\s+= (-?\d+)")
_TARGET: Final = re.compile(r"^(\d+)<([^>]*)>")
_BYTES: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that was asked of the kernel. path: of the file. data: written at `offset`. size: of a truncation."""

    name: str
    path: str
    data: bytes = b""
    offset: int = 0
    size: int = 0


@dataclass(slots=True)
class _File:
    """What the disk holds of a file for sure, and what was asked since it was last forced."""

    sure: bytearray
    asked: list[Call] = field(default_factory=list)


def prefix(folder: Path) -> Sequence[str]:
    """What to put before a command, so that `calls` can be read from `folder` afterwards."""
    folder.mkdir()
    strace = shutil.which("strace") or "strace"
    # One file a thread: a call is then never woven into another's.
    return (strace, "-ff", "-q", "-y", "-xx", "-ttt", "-s", "2000000", "-e", TRACED, "-o", str(folder / "calls"))


def calls(folder: Path) -> list[Call]:
    """What was asked, in its order."""
    found: list[tuple[float, int, Call]] = []
    for trace in folder.iterdir():
        with trace.open(encoding="ascii", errors="replace") as lines:
            for line in lines:
                found += ((when, len(found) + at, call) for at, (when, call) in enumerate(_read(line)))
    return [call for _, _, call in sorted(found, key=lambda one: one[:2])]


def _read(line: str) -> Iterator[tuple[float, Call]]:
    match = _LINE.match(line)
    if match is None or int(match[4]) < 0:
        return
    when, name, arguments = float(match[1]), match[2], match[3]
    target = _TARGET.match(arguments)
    path = bytes.fromhex(target[2].replace("\\x", "")).decode() if target and "\\x" in target[2] else ""
    if target and not path:
        path = target[2]
    if name in ("unlink", "unlinkat", "rename", "renameat2"):
        named = _BYTES.search(arguments)
        yield when, Call(name, bytes.fromhex(named[1].replace("\\x", "")).decode() if named else "")
    elif name in ("pwrite64", "write"):
        named = _BYTES.search(arguments)
        data = bytes.fromhex(named[1].replace("\\x", "")) if named else b""
        descriptor = int(target[1]) if target else -1
        offset = int(arguments.rsplit(", ", 1)[1]) if name == "pwrite64" else -1
        yield when, Call(name, "stdout" if descriptor == 1 else path, data, offset)
    elif name == "ftruncate":
        yield when, Call(name, path, size=int(arguments.rsplit(", ", 1)[1]))
    else:
        yield when, Call(name, path)


def said(asked: Sequence[Call]) -> list[str]:
    """The lines that a program had printed by then."""
    text = b"".join(call.data for call in asked if call.path == "stdout").decode()
    return text.splitlines() if text.endswith("\n") or not text else text.splitlines()[:-1]


def lose_power(before: Path, after: Path, asked: Sequence[Call], home: Path, chance: random.Random) -> int:
    """Make `after` as the disk may look when the power fails after `asked`; returns how many writes were lost or torn.

    before: a copy of `home` from before the run that asked for all this.
    """
    shutil.copytree(before, after)
    files = {path.name: _File(bytearray(path.read_bytes())) for path in after.iterdir() if path.is_file()}
    for call in asked:
        where = Path(call.path)
        if where.parent != home:
            continue
        file = files.setdefault(where.name, _File(bytearray()))
        if call.name in ("fsync", "fdatasync"):
            for one in file.asked:
                _apply(file.sure, one)
            file.asked.clear()
        elif call.name in ("unlink", "unlinkat"):
            files.pop(where.name)
        elif call.name in ("pwrite64", "ftruncate"):
            file.asked.append(call)
    hurt = 0
    for name, file in files.items():
        for one in file.asked:
            hurt += _apply_in_part(file.sure, one, chance)
        (after / name).write_bytes(file.sure)
    (after / "vault.db-shm").unlink(missing_ok=True)  # memory that processes share; it is made anew from the log
    return hurt


def _apply(content: bytearray, call: Call) -> None:
    if call.name == "ftruncate":
        content[:] = content[: call.size].ljust(call.size, b"\0")
        return
    end = call.offset + len(call.data)
    content.extend(b"\0" * max(0, end - len(content)))
    content[call.offset : end] = call.data


def _apply_in_part(content: bytearray, call: Call, chance: random.Random) -> bool:
    fate = chance.random()
    if fate < 0.4:
        return True
    if fate < 0.7 or call.name == "ftruncate":
        _apply(content, call)
        return False
    for start in range(0, len(call.data), SECTOR):
        if chance.random() < 0.5:
            _apply(content, Call(call.name, call.path, call.data[start : start + SECTOR], call.offset + start))
    return True
