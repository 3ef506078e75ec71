"""What the kernel holds a child to: memory, processor time, files, and death with its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from dataclasses import dataclass
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one child; None leaves the system's.

    address_space: bytes of virtual memory. data: bytes of it that the process may write to (RLIMIT_DATA).
    cpu_seconds: processor time over the child's life. file_size: bytes it may write to one file. open_files:
    descriptors. niceness: 0 to 19, higher yields more.
    """

    address_space: int | None = None
    cpu_seconds: int | None = None
    file_size: int | None = None
    open_files: int | None = None
    niceness: int = 0
    data: int | None = None

    def apply(self) -> None:
        """Put this process under the limits; for good, since the hard limits are lowered as well."""
        if sys.platform == "win32":
            return  # a job object set by the parent does this there
        import resource

        for kind, value in (
            (resource.RLIMIT_AS, self.address_space),
            (resource.RLIMIT_DATA, self.data),
            (resource.RLIMIT_CPU, self.cpu_seconds),
            (resource.RLIMIT_FSIZE, self.file_size),
            (resource.RLIMIT_NOFILE, self.open_files),
            (resource.RLIMIT_CORE, 0),
        ):
            if value is not None:
                _, hard = resource.getrlimit(kind)
                allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
                resource.setrlimit(kind, (allowed, allowed))
        if self.niceness:
            os.nice(self.niceness)


def die_with_parent(parent: int) -> None:
    """End this process when its parent ends, however that ends. parent: the parent's process id."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it ended before the line above took effect
            os._exit(0)
