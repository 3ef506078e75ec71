"""The kernel's filter: seccomp refuses every socket but AF_UNIX, and io_uring, for good.

Sources: linux/seccomp.h, linux/filter.h, Documentation/userspace-api/seccomp_filter.rst. The filter is
inherited by every thread and child and can't be taken off again.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from dataclasses import dataclass
from typing import Final

from assistant.privacy import dumps, hook, offline

_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_SET_MODE_FILTER: Final = 1
_SECCOMP_FILTER_FLAG_TSYNC: Final = 1
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_ERRNO: Final = 0x00050000
_LOAD_WORD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_FIRST_ARGUMENT = 0, 4, 16
_AF_UNIX, _AF_INET, _SOCK_DGRAM = 1, 2, 2
_CLONE_THREAD: Final = 0x00010000
_X32_BIT: Final = 0x40000000


@dataclass(frozen=True, slots=True)
class _Machine:
    """What differs between processors: the audit constant and the numbers of the calls we name."""

    audit: int
    seccomp: int
    socket: tuple[int, ...]
    refused: tuple[int, ...]  # io_uring_*, pidfd_getfd, ptrace, process_vm_writev
    files: tuple[int, ...]  # opening, creating, renaming, removing, linking, mounting, sockets' other calls
    processes: tuple[int, ...]  # fork, vfork, execve, execveat, kill, tkill
    clone: int
    clone3: int


_MACHINES: Final = {
    "x86_64": _Machine(
        audit=0xC000003E,
        seccomp=317,
        socket=(41, 53),
        refused=(425, 426, 427, 438, 101, 311),
        files=(
            2,
            85,
            257,
            437,
            76,
            82,
            83,
            84,
            86,
            87,
            88,
            90,
            92,
            94,
            133,
            165,
            166,
            258,
            259,
            260,
            263,
            264,
            265,
            266,
            268,
            316,
            42,
            49,
            50,
            304,
            303,
            155,
            161,
        ),
        processes=(57, 58, 59, 322, 62, 200),
        clone=56,
        clone3=435,
    ),
    "aarch64": _Machine(
        audit=0xC00000B7,
        seccomp=277,
        socket=(198, 199),
        refused=(425, 426, 427, 438, 117, 271),
        files=(56, 437, 45, 38, 276, 34, 35, 36, 37, 33, 40, 39, 53, 54, 203, 200, 201, 265, 264, 41, 51),
        processes=(221, 281, 129, 130),
        clone=220,
        clone3=435,
    ),
}


class SealError(RuntimeError):
    """The network could not be shut off. The text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class SealState:
    """What the kernel says about this process.

    filtered: seccomp is in filter mode. no_new_privileges: set-user-id programs gain nothing here.
    refused: an internet socket was tried just now and refused.
    """

    filtered: bool
    no_new_privileges: bool
    refused: bool

    @property
    def holds(self) -> bool:
        """True if every part of the seal is in force."""
        return self.filtered and self.no_new_privileges and self.refused


def seal_process() -> None:
    """Shut the network off for this process, its threads and its children, and verify that it holds.

    What the process holds in memory is kept from dumps and debuggers besides.

    To be called before anything else is imported. Raises SealError where that can't be done; the
    caller must then end.
    """
    offline.go_offline()
    dumps.keep_memory_private()
    hook.install()
    _install(_network_filter(_machine()))
    if not _internet_refused():
        raise SealError("The kernel took the network filter but still lets internet sockets through.")


def narrow_to_descriptors() -> None:
    """Besides the network, refuse to open, create, rename or remove a file and to start a process.

    For a child that reads a hostile file: what it holds open is all it has from then on. Threads can
    still be started. Raises SealError where the kernel refuses the filter.
    """
    _install(_descriptor_filter(_machine()))


def seal_state() -> SealState:
    """What holds in this process right now, asked of the kernel."""
    if not sys.platform.startswith("linux"):
        return SealState(False, False, False)
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        fields = dict(line.split(":\t", 1) for line in file if ":\t" in line)
    filtered = fields.get("Seccomp", "0").strip() == "2"
    # Without a filter in force the attempt would succeed and open a real socket: don't try.
    return SealState(filtered, fields.get("NoNewPrivs", "0").strip() == "1", filtered and _internet_refused())


def _machine() -> _Machine:
    if not sys.platform.startswith("linux"):
        raise SealError(f"Privet can't shut the network off on this system ({sys.platform}) yet.")
    try:
        return _MACHINES[os.uname().machine]
    except KeyError:
        raise SealError(f"Privet can't shut the network off on this processor ({os.uname().machine}) yet.") from None


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _internet_refused() -> bool:
    """True if the kernel refuses an internet socket; asked of libc, so that no hook of Python's answers."""
    descriptor = _libc().socket(_AF_INET, _SOCK_DGRAM, 0)
    if descriptor < 0:
        return ctypes.get_errno() == errno.EACCES
    os.close(descriptor)
    return False


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)


def _refuse(number: int, error: int) -> list[bytes]:
    """If the loaded call number is `number`, answer with `error`."""
    return [_instruction(_JUMP_EQUAL, number, 0, 1), _instruction(_RETURN, _ERRNO | error)]


def _prologue(machine: _Machine) -> list[bytes]:
    """Kill on another architecture's calls, refuse x32's, and leave the call number loaded."""
    program = [
        _instruction(_LOAD_WORD, _AT_ARCHITECTURE),
        _instruction(_JUMP_EQUAL, machine.audit, 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD_WORD, _AT_NUMBER),
    ]
    if machine.audit == _MACHINES["x86_64"].audit:
        program += [_instruction(_JUMP_AT_LEAST, _X32_BIT, 0, 1), _instruction(_RETURN, _ERRNO | errno.ENOSYS)]
    return program


def _network_filter(machine: _Machine) -> list[bytes]:
    program = _prologue(machine)
    for number in machine.refused:
        program += _refuse(number, errno.EPERM)
    first, second = machine.socket
    program += [
        _instruction(_JUMP_EQUAL, first, 2, 0),
        _instruction(_JUMP_EQUAL, second, 1, 0),
        _instruction(_RETURN, _ALLOW),
        # AF_UNIX stays, for the display and the keychain. Everything else is refused, not only the
        # internet families: a new family is then refused from the day the kernel learns it.
        _instruction(_LOAD_WORD, _AT_FIRST_ARGUMENT),
        _instruction(_JUMP_EQUAL, _AF_UNIX, 0, 1),
        _instruction(_RETURN, _ALLOW),
        _instruction(_RETURN, _ERRNO | errno.EACCES),
    ]
    return program


def _descriptor_filter(machine: _Machine) -> list[bytes]:
    program = _prologue(machine)
    for number in (*machine.socket, *machine.files, *machine.processes):
        program += _refuse(number, errno.EACCES)
    # clone3 hides its flags in memory that a filter can't read; ENOSYS makes libc use clone instead.
    program += _refuse(machine.clone3, errno.ENOSYS)
    program += [
        _instruction(_JUMP_EQUAL, machine.clone, 1, 0),
        _instruction(_RETURN, _ALLOW),
        _instruction(_LOAD_WORD, _AT_FIRST_ARGUMENT),
        _instruction(_JUMP_BITS, _CLONE_THREAD, 0, 1),
        _instruction(_RETURN, _ALLOW),
        _instruction(_RETURN, _ERRNO | errno.EACCES),
    ]
    return program


class _Program(ctypes.Structure):
    """struct sock_fprog of linux/filter.h."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def _install(instructions: list[bytes]) -> None:
    machine, libc = _machine(), _libc()
    code = ctypes.create_string_buffer(b"".join(instructions))
    program = _Program(len(instructions), ctypes.addressof(code))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise SealError(f"The kernel refused to drop privileges ({_error_name()}).")
    # A positive answer names a thread that could not be brought under the filter.
    if libc.syscall(machine.seccomp, _SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC, ctypes.byref(program)) != 0:
        raise SealError(f"The kernel refused the network filter ({_error_name()}).")


def _error_name() -> str:
    return errno.errorcode.get(ctypes.get_errno(), "unknown error")
