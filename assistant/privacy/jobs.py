"""Windows' containment of a child: a restricted token and a job object round it. Written; not run on Windows yet.

Every child is begun by `start` there (`workers/contained.py`); Privet itself still refuses to run on Windows.

The token lets the process open only what both its user and every user may (so nothing of the person's own), and takes
all its privileges; the job ends it with its parent, lets it start no other process, and caps memory and processor time.
Source: CreateRestrictedToken, JOBOBJECT_EXTENDED_LIMIT_INFORMATION, PROC_THREAD_ATTRIBUTE_CHILD_PROCESS_POLICY; the
order of the calls is that of Chromium's sandbox (sandbox/win).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from assistant.privacy.calls import SealError

_DISABLE_MAX_PRIVILEGE: Final = 0x1
EVERYONE, USERS, RESTRICTED = "S-1-1-0", "S-1-5-32-545", "S-1-5-12"
RESTRICTING: Final = (EVERYONE, USERS, RESTRICTED)
"""Whom a file has to be open to, besides the person, for a child to open it: the system's libraries are, the
person's own files are not."""
LOW_INTEGRITY: Final = "S-1-16-4096"

_LIMIT_PROCESS_TIME, _LIMIT_ACTIVE_PROCESS, _LIMIT_PROCESS_MEMORY = 0x2, 0x8, 0x100
_DIE_ON_UNHANDLED, _KILL_ON_JOB_CLOSE = 0x400, 0x2000
_EXTENDED_LIMITS, _UI_RESTRICTIONS = 9, 4  # JOBOBJECTINFOCLASS
ALL_UI: Final = 0xFF
"""No other process' windows, no clipboard, no settings of the display, no other desktop, no shutting down."""

SUSPENDED: Final = 0x4
_NO_WINDOW, _EXTENDED_START, _UNICODE = 0x08000000, 0x00080000, 0x00000400
FLAGS: Final = SUSPENDED | _NO_WINDOW | _EXTENDED_START | _UNICODE
CHILD_PROCESS_RESTRICTED: Final = 0x1
MITIGATIONS: Final = (1 << 8) | (1 << 16) | (1 << 28) | (1 << 32) | (1 << 52)
"""High-entropy and forced ASLR, strict handles, no win32k calls, no extension points, no remote images."""

_TICKS: Final = 10_000_000  # a second, in units of 100 nanoseconds


class BasicLimits(ctypes.Structure):
    """JOBOBJECT_BASIC_LIMIT_INFORMATION."""

    _fields_ = (
        ("PerProcessUserTimeLimit", ctypes.c_int64),
        ("PerJobUserTimeLimit", ctypes.c_int64),
        ("LimitFlags", ctypes.c_uint32),
        ("MinimumWorkingSetSize", ctypes.c_size_t),
        ("MaximumWorkingSetSize", ctypes.c_size_t),
        ("ActiveProcessLimit", ctypes.c_uint32),
        ("Affinity", ctypes.c_size_t),
        ("PriorityClass", ctypes.c_uint32),
        ("SchedulingClass", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """JOBOBJECT_EXTENDED_LIMIT_INFORMATION; the six counters of IO_COUNTERS are not set."""

    _fields_ = (
        ("BasicLimitInformation", BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    )


@dataclass(frozen=True, slots=True)
class Contained:
    """What a child is started with. memory: bytes that it may commit. seconds: of processor time; 0 for no cap.

    inherited: handles that it is given, and no others; the first three are its standard streams.
    """

    command: str
    environment: str
    memory: int
    seconds: int
    inherited: tuple[int, ...] = ()


class System(Protocol):
    """The calls of Windows that are needed, each with its answer checked by whoever implements it: OSError else."""

    def own_token(self) -> int:
        """The token of this process."""
        ...

    def restricted(self, token: int, flags: int, restricting: Sequence[str]) -> int:
        """One that opens only what is open to one of `restricting` as well."""
        ...

    def set_integrity(self, token: int, level: str) -> None:
        """Lower a token's integrity level."""
        ...

    def create_job(self) -> int:
        """A job object without a name."""
        ...

    def set_job(self, job: int, kind: int, data: bytes) -> None:
        """Set one kind of a job's limits."""
        ...

    def create_process(self, token: int, child: Contained, flags: int, policy: int, mitigations: int) -> int:
        """A process that stands still until `resume`."""
        ...

    def assign(self, job: int, process: int) -> None:
        """Put a process into a job."""
        ...

    def resume(self, process: int) -> None:
        """Let a process begin."""
        ...

    def terminate(self, process: int) -> None:
        """End a process."""
        ...

    def close(self, handle: int) -> None:
        """Let go of a handle."""
        ...

    def process_id(self, process: int) -> int:
        """The number of a process."""
        ...

    def ended(self, process: int) -> int | None:
        """How a process ended, None while it runs."""
        ...

    def in_job(self) -> bool:
        """True if this process is in a job."""
        ...

    def token_is_restricted(self) -> bool:
        """True if this process' token has restricting SIDs."""
        ...


def limits(memory: int, seconds: int) -> bytes:
    """What the job holds a child to, as SetInformationJobObject reads it; a cap of 0 is none."""
    wanted = ExtendedLimits()
    basic = wanted.BasicLimitInformation
    basic.LimitFlags = (
        _LIMIT_ACTIVE_PROCESS
        | _DIE_ON_UNHANDLED
        | _KILL_ON_JOB_CLOSE
        | (_LIMIT_PROCESS_MEMORY if memory else 0)
        | (_LIMIT_PROCESS_TIME if seconds else 0)
    )
    basic.PerProcessUserTimeLimit = seconds * _TICKS
    basic.ActiveProcessLimit = 1
    wanted.ProcessMemoryLimit = memory
    return bytes(wanted)


def start(system: System, child: Contained) -> tuple[int, int]:
    """Start a child that is shut in before its first instruction; returns its process and its job, both handles.

    Closing the job ends the child. Raises SealError where any of it is refused; nothing runs then.
    """
    opened: list[int] = []
    process = job = 0
    try:
        opened.append(system.own_token())
        opened.append(token := system.restricted(opened[0], _DISABLE_MAX_PRIVILEGE, RESTRICTING))
        system.set_integrity(token, LOW_INTEGRITY)
        job = system.create_job()
        system.set_job(job, _EXTENDED_LIMITS, limits(child.memory, child.seconds))
        system.set_job(job, _UI_RESTRICTIONS, ALL_UI.to_bytes(4, "little"))
        process = system.create_process(token, child, FLAGS, CHILD_PROCESS_RESTRICTED, MITIGATIONS)
        system.assign(job, process)
        system.resume(process)
    except OSError as error:
        _undo(system, process, job)
        raise SealError("Windows refused to shut a child in, so it was not started.") from error
    finally:
        for handle in opened:
            system.close(handle)
    return process, job


def this_windows() -> System:
    """The Windows that this process runs on."""
    from assistant.privacy.win32 import Windows

    return Windows()


def require(system: System) -> None:
    """To be called by the child: raises SealError unless it is in a job and its token is restricted."""
    if not (system.in_job() and system.token_is_restricted()):
        raise SealError("This child is not shut in.")


def _undo(system: System, process: int, job: int) -> None:
    """End what was begun; what can't be ended any more is gone already."""
    steps: list[tuple[Callable[[int], None], int]] = [(system.terminate, process), (system.close, process)]
    for step, handle in [*steps, (system.close, job)]:
        if handle:
            try:
                step(handle)
            except OSError:
                continue
