"""Programs for the kernel's filter: which calls a process may never make again, and what they are answered with.

Sources: linux/seccomp.h, linux/filter.h, Documentation/userspace-api/seccomp_filter.rst. A filter sees a call's
number and its arguments, but nothing behind a pointer.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from typing import Final

from assistant.privacy.calls import Machine, SealError, machine

_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_SET_MODE_FILTER: Final = 1
_SECCOMP_FILTER_FLAG_TSYNC: Final = 1
_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000
_ERRNO: Final = 0x00050000
_LOAD_WORD, _AND, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_BITS, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
_AT_NUMBER, _AT_ARCHITECTURE, _AT_ARGUMENTS = 0, 4, 16
_AF_UNIX, _SOCK_STREAM, _SOCKET_KIND = 1, 1, 0xF
_CLONE_THREAD: Final = 0x00010000
_CLONE_SHARED: Final = 0x7E028F00  # memory, files, a parent or a namespace shared or new: none of it is a plain fork
_X32_BIT: Final = 0x40000000
_CREATING: Final = os.O_CREAT | os.O_TRUNC | (getattr(os, "O_TMPFILE", 0) & ~getattr(os, "O_DIRECTORY", 0))

# What could reach round the filter: rings that make calls by themselves, other processes' memory and descriptors.
_AROUND: Final = (
    "io_uring_setup", "io_uring_enter", "io_uring_register", "pidfd_getfd", "ptrace", "process_vm_writev",
)  # fmt: skip
# What no child of ours has a use for, and what faults in the kernel were found in.
_NEEDLESS: Final = (
    "add_key", "bpf", "chroot", "fsmount", "fsopen", "keyctl", "mount", "move_mount", "name_to_handle_at",
    "open_by_handle_at", "open_tree", "perf_event_open", "pivot_root", "process_vm_readv", "request_key", "setns",
    "umount2", "unshare", "userfaultfd", "uselib",
)  # fmt: skip
_STARTING: Final = ("execve", "execveat", "fork", "vfork")
_SIGNALLING: Final = ("kill", "tkill", "pidfd_send_signal", "rt_sigqueueinfo")
_MAKING: Final = (
    "creat", "link", "linkat", "mkdir", "mkdirat", "mknod", "mknodat", "rename", "renameat", "renameat2", "symlink",
    "symlinkat",
)  # fmt: skip
_CHANGING: Final = (
    "chmod", "chown", "fchmodat", "fchmodat2", "fchownat", "futimesat", "lchown", "lsetxattr", "rmdir", "setxattr",
    "truncate", "unlink", "unlinkat", "utime", "utimensat", "utimes",
)  # fmt: skip
_OPENING: Final = ("open", "openat", "openat2")


def network_filter() -> list[bytes]:
    """Refuse every socket that is not AF_UNIX, and what could reach round the filter."""
    here = machine()
    program = _prologue(here)
    for number in here.numbers(*_AROUND):
        program += _refuse(number, errno.EPERM)
    program += [
        _instruction(_JUMP_EQUAL, here.must("socket"), 2, 0),
        _instruction(_JUMP_EQUAL, here.must("socketpair"), 1, 0),
        _instruction(_RETURN, _ALLOW),
        # AF_UNIX stays, for the display and the keychain. Everything else is refused, not only the
        # internet families: a new family is then refused from the day the kernel learns it.
        _load_argument(0),
        _instruction(_JUMP_EQUAL, _AF_UNIX, 0, 1),
        _instruction(_RETURN, _ALLOW),
        _instruction(_RETURN, _ERRNO | errno.EACCES),
    ]
    return program


def child_filter() -> list[bytes]:
    """For a child: no socket of its own, no other program, no call it has no use for."""
    here = machine()
    program = _prologue(here)
    for number in here.numbers("socket", "connect", "bind", "listen", *_STARTING, *_SIGNALLING):
        program += _refuse(number, errno.EACCES)
    for number in here.numbers(*_NEEDLESS):
        program += _refuse(number, errno.EPERM)
    program += _streams_only(here.must("socketpair"))
    # What hides its flags in memory, where a filter can't look: ENOSYS makes libc use the older call.
    for number in here.numbers("clone3", "openat2"):
        program += _refuse(number, errno.ENOSYS)
    return program + _threads_only(here)


def template_filter() -> list[bytes]:
    """For a child that meets no file and that others are forked from: as `child_filter`, but it may fork and kill."""
    here = machine()
    program = _prologue(here)
    for number in here.numbers("socket", "socketpair", "connect", "bind", "listen", "execve", "execveat", "vfork"):
        program += _refuse(number, errno.EACCES)
    for number in here.numbers(*_NEEDLESS):
        program += _refuse(number, errno.EPERM)
    for number in here.numbers("clone3", "openat2"):
        program += _refuse(number, errno.ENOSYS)
    return [
        *program,
        _instruction(_JUMP_EQUAL, here.must("clone"), 1, 0),
        _instruction(_RETURN, _ALLOW),
        _load_argument(0),
        _instruction(_JUMP_BITS, _CLONE_THREAD, 1, 0),  # what is forked from it has threads
        _instruction(_JUMP_BITS, _CLONE_SHARED, 1, 0),
        _instruction(_RETURN, _ALLOW),
        _instruction(_RETURN, _ERRNO | errno.EACCES),
    ]


def reading_filter() -> list[bytes]:
    """For a child that makes no files: none can be made, emptied, renamed or removed, wherever it lies."""
    here = machine()
    program = _prologue(here)
    for number in here.numbers(*_MAKING, *_CHANGING):
        program += _refuse(number, errno.EACCES)
    program += _refuse(here.must("openat2"), errno.ENOSYS)
    for call, argument in (("open", 1), ("openat", 2)):
        program += _refuse_flags(here.number(call), argument, _CREATING)
    return [*program, _instruction(_RETURN, _ALLOW)]


def descriptor_filter() -> list[bytes]:
    """For a child that reads a hostile file: what it holds open is all it has from then on."""
    here = machine()
    program = _prologue(here)
    calls = ("socket", "socketpair", "connect", "bind", "listen", *_OPENING, *_MAKING, *_CHANGING, *_NEEDLESS)
    for number in here.numbers(*calls, *_STARTING, *_SIGNALLING):
        program += _refuse(number, errno.EACCES)
    return program + _refuse(here.must("clone3"), errno.ENOSYS) + _threads_only(here)


def install(instructions: list[bytes]) -> None:
    """Put all threads of this process under a filter, for good. Raises SealError where the kernel refuses."""
    libc = ctypes.CDLL(None, use_errno=True)
    code = ctypes.create_string_buffer(b"".join(instructions))
    program = _Program(len(instructions), ctypes.addressof(code))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise SealError(f"The kernel refused to drop privileges ({_error_name()}).")
    # A positive answer names a thread that could not be brought under the filter.
    flags = _SECCOMP_FILTER_FLAG_TSYNC
    if libc.syscall(machine().must("seccomp"), _SECCOMP_SET_MODE_FILTER, flags, ctypes.byref(program)) != 0:
        raise SealError(f"The kernel refused the network filter ({_error_name()}).")


class _Program(ctypes.Structure):
    """struct sock_fprog of linux/filter.h."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def _error_name() -> str:
    return errno.errorcode.get(ctypes.get_errno(), "unknown error")


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)


def _load_argument(place: int) -> bytes:
    """The lower half of an argument, from 0; flags and families fit in it."""
    return _instruction(_LOAD_WORD, _AT_ARGUMENTS + 8 * place)


def _refuse(number: int, error: int) -> list[bytes]:
    """If the loaded call number is `number`, answer with `error`."""
    return [_instruction(_JUMP_EQUAL, number, 0, 1), _instruction(_RETURN, _ERRNO | error)]


def _refuse_flags(number: int | None, argument: int, flags: int) -> list[bytes]:
    """If the loaded call number is `number` and one of `flags` is set in an argument, answer with EACCES."""
    if number is None:
        return []
    return [
        _instruction(_JUMP_EQUAL, number, 0, 4),
        _load_argument(argument),
        _instruction(_JUMP_BITS, flags, 0, 1),
        _instruction(_RETURN, _ERRNO | errno.EACCES),
        _instruction(_LOAD_WORD, _AT_NUMBER),
    ]


def _streams_only(number: int) -> list[bytes]:
    """Of pairs of sockets, only joined streams pass, which wake threads; from a datagram one, others can be sent to."""
    return [
        _instruction(_JUMP_EQUAL, number, 0, 5),
        _load_argument(1),
        _instruction(_AND, _SOCKET_KIND),
        _instruction(_JUMP_EQUAL, _SOCK_STREAM, 1, 0),
        _instruction(_RETURN, _ERRNO | errno.EACCES),
        _instruction(_LOAD_WORD, _AT_NUMBER),
    ]


def _threads_only(here: Machine) -> list[bytes]:
    """The end of a filter: of clone, threads pass; everything else that was not named passes."""
    return [
        _instruction(_JUMP_EQUAL, here.must("clone"), 1, 0),
        _instruction(_RETURN, _ALLOW),
        _load_argument(0),
        _instruction(_JUMP_BITS, _CLONE_THREAD, 0, 1),
        _instruction(_RETURN, _ALLOW),
        _instruction(_RETURN, _ERRNO | errno.EACCES),
    ]


def _prologue(here: Machine) -> list[bytes]:
    """Kill on another architecture's calls, refuse x32's, and leave the call number loaded."""
    program = [
        _instruction(_LOAD_WORD, _AT_ARCHITECTURE),
        _instruction(_JUMP_EQUAL, here.audit, 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD_WORD, _AT_NUMBER),
    ]
    if here.x32:
        program += [_instruction(_JUMP_AT_LEAST, _X32_BIT, 0, 1), _instruction(_RETURN, _ERRNO | errno.ENOSYS)]
    return program
