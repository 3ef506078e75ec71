"""The parent's side of reading: open the file, hand its descriptor to a child, believe nothing that comes back."""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from assistant.errors import ChildDied, ChildTimedOut, DocumentUnreadable, Stopped
from assistant.ingestion import caps
from assistant.ingestion.families import HEAD_BYTES, Family, recognise
from assistant.ingestion.refusals import unreadable
from assistant.ingestion.untrusted import Nonsense, Received
from assistant.values import ReadDocument, Reading, Stop
from assistant.workers import Child, ChildSpec, Limits, Refusal

_log = logging.getLogger("privet.ingestion")

_PAGE_SECONDS: Final = 30.0
_DOCUMENT_SECONDS: Final = 300.0
_START_SECONDS: Final = 30.0
_MEMORY: Final = 1000 << 20  # of address space, the libraries included
_READ_IN_PARTS: Final = (Family.TEXT, Family.MARKDOWN)


def read_document(path: Path, stop: Stop | None = None) -> Iterator[Reading | ReadDocument]:
    """Read one file in a child of its own: yields Reading as pages go by, then one ReadDocument.

    The child holds nothing but the open file: it can neither open another, nor start a program, nor reach a
    network. It is ended after 30 s without a page or 300 s in all, and at about 1 GB of memory.
    Raises DocumentUnreadable, Stopped, and ChildDied where no child can be started.
    """
    descriptor, size = _open(path)
    try:
        family = recognise(path, os.pread(descriptor, HEAD_BYTES, 0))
        if family is None:
            raise unreadable("unknown-format", path)
        if size > caps.MAX_FILE and family not in _READ_IN_PARTS:
            raise unreadable("too-large", path)
        yield from _read(path, family, descriptor, size, stop)
    except OSError as error:
        raise unreadable("device-error", path) from error
    finally:
        os.close(descriptor)


def _open(path: Path) -> tuple[int, int]:
    """Descriptor and size of an ordinary file. Raises DocumentUnreadable."""
    try:
        # Without O_NONBLOCK, opening a pipe that nobody writes to would never return.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise unreadable("missing", path) from error
    except PermissionError as error:
        raise unreadable("permission", path) from error
    except (OSError, ValueError) as error:
        raise unreadable("special", path) from error
    status = os.fstat(descriptor)
    code = ""
    if stat.S_ISDIR(status.st_mode):
        code = "folder"
    elif not stat.S_ISREG(status.st_mode):
        code = "special"
    elif status.st_size == 0:
        code = "empty"
    if code:
        os.close(descriptor)
        raise unreadable(code, path)
    return descriptor, status.st_size


def _read(
    path: Path, family: Family, descriptor: int, size: int, stop: Stop | None
) -> Iterator[Reading | ReadDocument]:
    child = Child(_spec(family, size))
    received = Received()
    started = False
    until = time.monotonic() + _DOCUMENT_SECONDS + _START_SECONDS
    arguments = {"descriptor": descriptor, "size": size, "family": family.value}
    try:
        for reply in child.stream("read", arguments, deadline=_PAGE_SECONDS, stop=stop, descriptors=(descriptor,)):
            started = True
            taken = False
            try:
                if stop is not None and stop.requested:
                    raise Stopped
                if time.monotonic() > until:
                    raise unreadable("timed-out", path)
                if received.take(reply.values):
                    yield Reading(path, received.page, received.pages)
                taken = True
            finally:
                if not taken:
                    child.kill()  # whoever leaves here wants nothing more of it, so it need not be asked to end
        if stop is not None and stop.requested:
            raise Stopped
        yield received.document()
    except ChildDied as error:
        if stop is not None and stop.requested:
            raise Stopped from error
        if not started:
            raise  # it never came as far as looking at the file
        raise _logged("timed-out" if isinstance(error, ChildTimedOut) else "died", path) from error
    except Refusal as refusal:
        raise _logged(refusal.code, path) from refusal
    except Nonsense as error:
        raise _logged("nonsense", path) from error
    finally:
        child.close()


def _spec(family: Family, size: int) -> ChildSpec:
    mapped = size if family not in _READ_IN_PARTS else 0
    return ChildSpec(
        name="The document reader",
        module="assistant.ingestion.worker",
        limits=Limits(address_space=_MEMORY + mapped, cpu_seconds=120, file_size=0, open_files=32),
        start_seconds=_START_SECONDS,
        largest_frame=caps.LARGEST_FRAME,
        queued_frames=8,
    )


def _logged(code: str, path: Path) -> DocumentUnreadable:
    error = unreadable(code, path)
    _log.info("a document was not read: %s", code if code.isalpha() and len(code) < 20 else "unknown code")
    return error
