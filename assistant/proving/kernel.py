"""Asks the kernel itself for sockets, and judges what it answers; loads nothing that could speak to a network."""

from __future__ import annotations

import ctypes
import errno
import os
from dataclasses import dataclass
from typing import Final

STREAM, DATAGRAM, RAW = 1, 2, 3
UNIX: Final = 1
KERNEL: Final = "the kernel's filter"


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one attempt. outcome: "refused", "out" or "untried". by: what refused it, or why it is untried."""

    outcome: str
    by: str
    detail: str = ""


def every_family() -> Seen:
    """A socket of each of the 64 lowest families but AFUNIX, in this process."""
    return families({UNIX})


def families(left_out: set[int]) -> Seen:
    """A socket of each of the 64 lowest families but some."""
    errors: set[str] = set()
    other = ""
    for family in range(64):
        for kind in (STREAM, DATAGRAM, RAW):
            if family not in left_out:
                seen = open_socket(family, kind)
                if seen.outcome == "out":
                    return Seen("out", f"nothing (family {family}, kind {kind})")
                if seen.outcome == "untried":
                    other = f"family {family}, kind {kind}: {seen.by}"
                errors.add(seen.detail)
    return Seen("untried", other) if other else Seen("refused", KERNEL, ", ".join(sorted(errors)))


def libc() -> ctypes.CDLL:
    """The C library, with no error left from before."""
    ctypes.set_errno(0)
    return ctypes.CDLL(None, use_errno=True)


def answer(result: int, *refusals: int) -> Seen:
    """Judge what a call gave back. refusals: the errors that only the filter gives here."""
    if result >= 0:
        return Seen("out", "nothing")
    error = ctypes.get_errno()
    name = errno.errorcode.get(error, str(error))
    if error in (refusals or (errno.EACCES,)):
        return Seen("refused", KERNEL, name)
    return Seen("untried", f"it failed for another reason ({name})")


def open_socket(family: int, kind: int, protocol: int = 0) -> Seen:
    """Ask for one socket; one that is given is closed at once."""
    descriptor = libc().socket(family, kind, protocol)
    if descriptor >= 0:
        os.close(descriptor)
    return answer(descriptor)
