"""Landlock: the kernel's second lock, which knows paths: what may be read and written beneath which folders.

Where the kernel has it, it is set besides seccomp and can't be taken off again; where it has not, seccomp stands
alone. It binds the thread that asks and all that this one starts, so it is to be set before there are others.
Source: linux/landlock.h, Documentation/userspace-api/landlock.rst (ABI 1 to 7).
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.privacy.calls import SealError, machine

_CREATE_RULESET_VERSION: Final = 1
_RULE_PATH_BENEATH: Final = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE: Final = (1 << 4) | (1 << 5)
_MAKE_FOLDER, _MAKE_FILE = 1 << 7, 1 << 8
_MAKE_OTHERS: Final = (1 << 6) | (1 << 9) | (1 << 10) | (1 << 11) | (1 << 12)  # devices, sockets, pipes, links
_REFER, _TRUNCATE, _DEVICE_CONTROL = 1 << 13, 1 << 14, 1 << 15
_TCP: Final = 0b11  # bind and connect
_OUTSIDERS: Final = 0b11  # abstract Unix sockets, and signals, of processes outside
_ON_FILES: Final = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _DEVICE_CONTROL


@dataclass(frozen=True, slots=True)
class Files:
    """What is allowed beneath which paths; all else is refused.

    reads: None leaves reading as it is. lists: folders whose names may be listed, their files not read.
    """

    reads: Sequence[str] | None = ()
    writes: Sequence[str] = ()
    devices: Sequence[str] = ()
    lists: Sequence[str] = ()


def version() -> int:
    """The version of Landlock's interface in this kernel; 0 where it is not there or switched off."""
    if not sys.platform.startswith("linux"):
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    found = int(libc.syscall(machine().must("landlock_create_ruleset"), None, 0, _CREATE_RULESET_VERSION))
    return max(found, 0)


def restrict_network() -> bool:
    """Refuse TCP, as a second lock behind seccomp. False where this kernel's Landlock can't. Raises SealError."""
    if version() < 4:
        return False
    _restrict(_Ruleset(0, _TCP, 0), ())
    return True


def restrict(files: Files) -> bool:
    """Refuse all of the file system but `files`, TCP, and what lies outside. False where there is no Landlock.

    Raises SealError where the kernel has it and refuses nevertheless.
    """
    abi = version()
    if not abi:
        return False
    handled = _known(abi)
    reading = _READ_FILE | _READ_FOLDER
    if files.reads is None:
        handled &= ~reading
    changing = _WRITE_FILE | _REMOVE | _MAKE_FOLDER | _MAKE_FILE | _TRUNCATE | _REFER
    rules = [
        *((path, reading) for path in files.reads or ()),
        *((path, reading | changing) for path in files.writes),
        *((path, _READ_FILE | _WRITE_FILE | _DEVICE_CONTROL) for path in files.devices),
        *((path, _READ_FOLDER) for path in files.lists),
    ]
    ruleset = _Ruleset(handled, _TCP if abi >= 4 else 0, _OUTSIDERS if abi >= 6 else 0)
    _restrict(ruleset, [(path, access & handled) for path, access in rules])
    return True


def _known(abi: int) -> int:
    """All file rights that this version knows."""
    known = (1 << 13) - 1
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _DEVICE_CONTROL)):
        known |= right if abi >= since else 0
    return known


@dataclass(frozen=True, slots=True)
class _Ruleset:
    """struct landlock_ruleset_attr."""

    files: int
    network: int
    scoped: int

    def packed(self) -> bytes:
        """As the kernel reads it; older ones know only the first fields, and accept more if they are zero."""
        return struct.pack("<QQQ", self.files, self.network, self.scoped)


def _restrict(ruleset: _Ruleset, rules: Iterable[tuple[str, int]]) -> None:
    here, libc = machine(), ctypes.CDLL(None, use_errno=True)
    attributes = ruleset.packed()
    held = int(libc.syscall(here.must("landlock_create_ruleset"), attributes, ctypes.c_size_t(len(attributes)), 0))
    if held < 0:
        raise _refused("rules")
    try:
        for path, access in rules:
            _allow(libc, here.must("landlock_add_rule"), held, path, access)
        if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.syscall(here.must("landlock_restrict_self"), held, 0) != 0:
            raise _refused("restriction")
    finally:
        os.close(held)


def _allow(libc: ctypes.CDLL, number: int, ruleset: int, path: str, access: int) -> None:
    """Allow `access` beneath `path`; a path that is not there needs no rule."""
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            access &= _ON_FILES
        rule = struct.pack("<Qi", access, opened)
        if access and libc.syscall(number, ruleset, _RULE_PATH_BENEATH, rule, 0) != 0:
            raise _refused("rule")
    finally:
        os.close(opened)


def _refused(what: str) -> SealError:
    name = errno.errorcode.get(ctypes.get_errno(), "unknown error")
    return SealError(f"The kernel has Landlock but refused a {what} ({name}).")
