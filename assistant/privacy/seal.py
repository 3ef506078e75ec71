"""Sets the seal: the network shut off for every process from its first instruction, and children shut in further.

What is mandatory fails closed: where the kernel refuses it, SealError is raised and the process must end.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from dataclasses import dataclass
from typing import Final

from assistant.privacy import dumps, filters, hook, landlock, offline
from assistant.privacy.calls import SealError

_AF_INET, _SOCK_DGRAM = 2, 2

# What a program needs of the system to load and run: libraries, time zones, the machine's own description.
_SYSTEM: Final = ("/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys")
_NOTHINGS: Final = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
_DEVICES: Final = ("/dev/dri", "/dev/kfd", "/dev/nvidiactl", "/dev/nvidia-uvm", *(f"/dev/nvidia{n}" for n in range(8)))


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


@dataclass(frozen=True, slots=True)
class Confinement:
    """What a child may reach of the file system, besides the program itself.

    reads: files and folders; None leaves reading as the system has it. writes: folders in which it may make and
    change files; none means that it makes no file at all, which seccomp refuses too. devices: graphics processors.
    """

    reads: tuple[str, ...] | None = None
    writes: tuple[str, ...] = ()
    devices: bool = False


@dataclass
class _Set:
    """What was set in this process; the kernel can't be asked for this part."""

    landlock_network: bool = False
    landlock_files: bool = False


_set: Final = _Set()


def seal_process() -> None:
    """Shut the network off for this process, its threads and its children, and verify that it holds.

    What the process holds in memory is kept from dumps and debuggers besides.

    To be called before anything else is imported. Raises SealError where that can't be done; the
    caller must then end.
    """
    offline.go_offline()
    dumps.keep_memory_private()
    hook.install()
    _set.landlock_network = landlock.restrict_network()
    filters.install(filters.network_filter())
    if not _internet_refused():
        raise SealError("The kernel took the network filter but still lets internet sockets through.")


def confine(confinement: Confinement, forks: bool = False) -> None:
    """Shut a child in: no socket of its own, no other program, and of the file system only what is named.

    forks: it may make copies of itself, which are to call `confine_fork`. Paths are known to Landlock alone; where the
    kernel has none, `make_no_files` is what remains. To be called while there is one thread. Raises SealError where
    the kernel refuses.
    """
    if sys.platform in ("darwin", "win32"):
        _confine_elsewhere(confinement)
        return
    devices = _DEVICES if confinement.devices else ()
    reads = None if confinement.reads is None else (*_program(), *_SYSTEM, *confinement.reads)
    _set.landlock_files = landlock.restrict(
        landlock.Files(reads, confinement.writes, (*_NOTHINGS, *devices), tuple(sys.path))
    )
    filters.install(filters.template_filter() if forks else filters.child_filter())


def confine_fork() -> None:
    """Shut a process in further that was forked from a child which may: from now on it is as shut in as any child."""
    filters.install(filters.child_filter())


def _confine_elsewhere(confinement: Confinement) -> None:
    """As macOS and Windows do it; written, and not run there. Raises SealError where it does not hold."""
    if sys.platform == "darwin":
        from assistant.privacy import seatbelt

        # Without a word on reading a child may read anything, which no profile of ours says.
        reads = ("/",) if confinement.reads is None else (*_program(), *confinement.reads)
        seatbelt.enter(seatbelt.Reach(reads, confinement.writes))
    elif sys.platform == "win32":
        from assistant.privacy import jobs, win32

        jobs.require(win32.Windows())  # its parent shut it in before it began


def make_no_files() -> None:
    """Refuse every new file, with or without Landlock; for a child that writes nothing, once its code is loaded.

    Not before: libraries open /dev/null as a file to be made. Raises SealError where the kernel refuses.
    """
    filters.install(filters.reading_filter())


def narrow_to_descriptors() -> None:
    """Refuse to open, create, rename or remove any file and to start a process.

    For a child that reads a hostile file: what it holds open is all it has from then on. Threads can
    still be started. Raises SealError where the kernel refuses the filter.
    """
    _set.landlock_files = landlock.restrict(landlock.Files()) or _set.landlock_files
    filters.install(filters.descriptor_filter())


def seal_state() -> SealState:
    """What holds in this process right now, asked of the kernel."""
    if not sys.platform.startswith("linux"):
        return SealState(False, False, False)
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        fields = dict(line.split(":\t", 1) for line in file if ":\t" in line)
    filtered = fields.get("Seccomp", "0").strip() == "2"
    # Without a filter in force the attempt would succeed and open a real socket: don't try.
    return SealState(filtered, fields.get("NoNewPrivs", "0").strip() == "1", filtered and _internet_refused())


def landlock_holds() -> bool:
    """True if Landlock was set in this process and the kernel took it."""
    return _set.landlock_network or _set.landlock_files


def _program() -> tuple[str, ...]:
    """Where Python, its packages and this program lie."""
    here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    roots = [sys.prefix, sys.exec_prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable))]
    return (*roots, *(os.path.join(here, name) for name in ("assistant", "ui")))


def _internet_refused() -> bool:
    """True if the kernel refuses an internet socket; asked of libc, so that no hook of Python's answers."""
    descriptor = ctypes.CDLL(None, use_errno=True).socket(_AF_INET, _SOCK_DGRAM, 0)
    if descriptor < 0:
        return ctypes.get_errno() == errno.EACCES
    os.close(descriptor)
    return False
