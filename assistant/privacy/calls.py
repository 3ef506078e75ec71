"""The numbers of the system calls that the seal names, for each processor it knows.

Sources: asm/unistd_64.h (x86_64) and asm-generic/unistd.h (aarch64) of the Linux kernel.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import Final

_NUMBERS: Final[dict[str, tuple[int | None, int | None]]] = {
    # name: (x86_64, aarch64); None where the processor never had it
    "add_key": (248, 217),
    "bind": (49, 200),
    "bpf": (321, 280),
    "chmod": (90, None),
    "chown": (92, None),
    "chroot": (161, 51),
    "clone": (56, 220),
    "clone3": (435, 435),
    "connect": (42, 203),
    "creat": (85, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "fchownat": (260, 54),
    "fork": (57, None),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "futimesat": (261, None),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "kill": (62, 129),
    "lchown": (94, None),
    "link": (86, None),
    "linkat": (265, 37),
    "listen": (50, 201),
    "lsetxattr": (189, 6),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "mount": (165, 40),
    "move_mount": (429, 429),
    "name_to_handle_at": (303, 264),
    "open": (2, None),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "openat": (257, 56),
    "openat2": (437, 437),
    "perf_event_open": (298, 241),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    "pivot_root": (155, 41),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "request_key": (249, 218),
    "rmdir": (84, None),
    "rt_sigqueueinfo": (129, 138),
    "seccomp": (317, 277),
    "setns": (308, 268),
    "setxattr": (188, 5),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "tkill": (200, 130),
    "truncate": (76, 45),
    "umount2": (166, 39),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "unshare": (272, 97),
    "uselib": (134, None),
    "userfaultfd": (323, 282),
    "utime": (132, None),
    "utimensat": (280, 88),
    "utimes": (235, None),
    "vfork": (58, None),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}
_MACHINES: Final = ("x86_64", "aarch64")
_AUDIT: Final = (0xC000003E, 0xC00000B7)  # AUDIT_ARCH_X86_64 and AUDIT_ARCH_AARCH64 of linux/audit.h


class SealError(RuntimeError):
    """The network could not be shut off. The text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One processor's way to call the kernel. audit: what the kernel calls it in a filter. x32: has that way too."""

    name: str
    audit: int

    @property
    def x32(self) -> bool:
        """True where a second set of numbers, those of x32, has to be refused besides."""
        return self.name == "x86_64"

    def number(self, call: str) -> int | None:
        """The number of `call`, None where this processor has no such call."""
        return _NUMBERS[call][_MACHINES.index(self.name)]

    def must(self, call: str) -> int:
        """The number of a call that every processor has."""
        number = self.number(call)
        assert number is not None
        return number

    def numbers(self, *calls: str) -> list[int]:
        """The numbers of those of `calls` that this processor has."""
        return [number for number in map(self.number, calls) if number is not None]


def machine() -> Machine:
    """This computer's. Raises SealError on a system or a processor that the seal does not know."""
    if not sys.platform.startswith("linux"):
        raise SealError(f"Privet can't shut the network off on this system ({sys.platform}) yet.")
    name = os.uname().machine
    if name not in _MACHINES:
        raise SealError(f"Privet can't shut the network off on this processor ({name}) yet.")
    return Machine(name, _AUDIT[_MACHINES.index(name)])
