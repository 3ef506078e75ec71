"""The parent's side of reading: open the file, hand it to a child, believe nothing that comes back."""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from assistant.errors import ChildDied, ChildTimedOut, DocumentUnreadable, Stopped
from assistant.ingestion import caps
from assistant.ingestion.children import LARGEST_SENT, READ_IN_PARTS, specification, template
from assistant.ingestion.families import HEAD_BYTES, Family, recognise
from assistant.ingestion.joining import Joined, shown_name
from assistant.ingestion.parts import Budget, Spool
from assistant.ingestion.refusals import unreadable
from assistant.ingestion.untrusted import Nonsense, Received
from assistant.values import ReadDocument, Reading, Stop
from assistant.workers import Child, Refusal, Reply, Template

_log = logging.getLogger("privet.ingestion")

_PAGE_SECONDS: Final = 30.0
_PICTURE_SECONDS: Final = 60.0
_START_SECONDS: Final = 30.0
_FEWEST_SECONDS: Final = 45.0
_MOST_SECONDS: Final = 900.0
_BYTES_A_SECOND: Final = 200_000  # of a file; far under what is usual, far over what a bomb gets
_ALL_PICTURES_SECONDS: Final = 4 * 3600.0

_template: Template | None = template()


@dataclass(frozen=True, slots=True)
class _File:
    """An open file on its way to a child. depth: how many files it lies in."""

    name: PurePath
    descriptor: int
    size: int
    depth: int = 0

    @property
    def seconds(self) -> float:
        """How long reading it may take."""
        return min(_MOST_SECONDS, _FEWEST_SECONDS + self.size / _BYTES_A_SECOND)


def read_document(path: Path, stop: Stop | None = None) -> Iterator[Reading | ReadDocument]:
    """Read one file in a child of its own: yields Reading as pages go by, then one ReadDocument.

    The child holds nothing but the open file: it can neither open another, nor start a program, nor reach a
    network. It is ended after 30 s without a page, or when it has had far longer than a file of its size takes, and
    at about 1 GB of memory. Files inside (of an archive, attached to a message) get a child of their own each; pages
    that are pictures go through the recognition of characters in another child, page by page.
    Raises DocumentUnreadable, Stopped, and ChildDied where no child can be started.
    """
    descriptor, size = open_file(path)
    try:
        file = _File(path, descriptor, size)
        document = yield from _read(file, path, Budget(time.monotonic() + file.seconds), stop)
        yield document
    except OSError as error:
        raise unreadable("device-error", path) from error
    finally:
        os.close(descriptor)


def open_file(path: Path) -> tuple[int, int]:
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


Steps = Generator[Reading, None, ReadDocument]


def _read(file: _File, path: Path, budget: Budget, stop: Stop | None) -> Steps:
    """Read one file and what is inside it. path: of the outermost file, for Reading."""
    family = recognise(file.name, os.pread(file.descriptor, HEAD_BYTES, 0))
    if family is None:
        raise unreadable("unknown-format", file.name)
    if file.size > caps.MAX_FILE and family not in READ_IN_PARTS:
        raise unreadable("too-large", file.name)
    joined = Joined(Received())
    try:
        yield from _read_with(_Pass(file, family, joined, budget, stop), path)
        if pictures := _to_recognise(family, joined.received):
            began = time.monotonic()
            yield from _recognise(_Pass(file, family, Joined(Received()), Budget(0), stop, pictures), joined, path)
            budget.extend(time.monotonic() - began)
        document = joined.document()
    except Nonsense as error:
        raise _logged("nonsense", file.name) from error
    if document.blocks:
        return document
    if document.parts:
        nothing = unreadable("nothing-inside", file.name)
        raise DocumentUnreadable(f"{nothing.what[:-1]}: {document.parts[0].refused}", nothing.do)
    raise unreadable("scan" if joined.scanned is not None or family is Family.IMAGE else "no-text", file.name)


def _to_recognise(family: Family, received: Received) -> tuple[int, ...]:
    """The pages of a PDF that are pictures, or the pictures that stand in another document."""
    return received.picture_pages if family is Family.PDF else tuple(place.number for place in received.pictures)


def _recognise(pass_: _Pass, joined: Joined, path: Path) -> Generator[Reading]:
    """Have pictures read as such; what was read of them stays, however it ends."""
    scanned = joined.scanned = pass_.joined.received
    try:
        yield from _read_with(pass_, path)
    except DocumentUnreadable as error:
        if not joined.received.blocks and not scanned.blocks:
            raise
        joined.scan_failed = "timed-out" if "too long" in error.what else "failed"


@dataclass(frozen=True, slots=True)
class _Pass:
    """One file through one child. pages: the pages or pictures to be recognised; none where its text is to be read."""

    file: _File
    family: Family
    joined: Joined
    budget: Budget
    stop: Stop | None
    pages: tuple[int, ...] = ()

    @property
    def seconds(self) -> float:
        """How long all of it may take."""
        if self.family is Family.IMAGE or self.pages:
            return min(_ALL_PICTURES_SECONDS, _PICTURE_SECONDS * max(1, len(self.pages)))
        return self.file.seconds


def _read_with(pass_: _Pass, path: Path) -> Generator[Reading]:
    file, stop, name = pass_.file, pass_.stop, pass_.file.name
    reads_pictures = bool(pass_.pages) or pass_.family is Family.IMAGE
    arguments: dict[str, object] = {"size": file.size, "family": pass_.family.value}
    if pass_.pages:
        arguments["pages"] = list(pass_.pages)
    spec = specification(file.size, pass_.family, reads_pictures, pass_.seconds)
    payload = b""
    descriptors: tuple[int, ...] = ()
    if _template is not None and not reads_pictures and file.size <= LARGEST_SENT:
        # What is forked inherits no file of ours, so it is sent the bytes.
        payload = os.pread(file.descriptor, file.size, 0)
        arguments["size"] = len(payload)
        child = Child(spec, _template)
    else:
        arguments["descriptor"], descriptors = file.descriptor, (file.descriptor,)
        child = Child(spec)
    os.lseek(file.descriptor, 0, os.SEEK_SET)
    deadline = _PICTURE_SECONDS if reads_pictures else _PAGE_SECONDS
    try:
        yield from _listen(
            pass_,
            child,
            child.stream("read", arguments, payload, deadline=deadline, stop=stop, descriptors=descriptors),
            path,
        )
    except ChildDied as error:
        if stop is not None and stop.requested:
            raise Stopped from error
        if not pass_.joined.received.begun:
            raise  # it never came as far as looking at the file
        raise _logged(_how_it_ended(error, pass_.family), name) from error
    except Refusal as refusal:
        raise _logged(refusal.code, name) from refusal
    finally:
        child.close()


def _listen(pass_: _Pass, child: Child, replies: Iterator[Reply], path: Path) -> Generator[Reading]:
    """Take in what the child says until it ends."""
    received, stop = pass_.joined.received, pass_.stop
    until = time.monotonic() + pass_.seconds + _START_SECONDS
    for reply in replies:
        if not received.begun:
            received.begun = True
            until = time.monotonic() + pass_.seconds
        taken = False
        try:
            if stop is not None and stop.requested:
                raise Stopped
            if time.monotonic() > until:
                raise _logged("timed-out", pass_.file.name)
            if "inside" in reply.values:
                began = time.monotonic()
                _take_inside(pass_, reply, replies, path)
                until += time.monotonic() - began
            elif received.take(reply.values) and pass_.file.depth == 0:
                yield Reading(path, received.page, received.pages)
            taken = True
        finally:
            if not taken:
                child.kill()  # whoever leaves here wants nothing more of it, so it need not be asked to end
    if stop is not None and stop.requested:
        raise Stopped


def _take_inside(pass_: _Pass, first: Reply, replies: Iterator[Reply], path: Path) -> None:
    """Take in one file inside, and have it read by a child of its own."""
    untrusted_name, untrusted_code = first.values.get("inside"), first.values.get("refused")
    if not isinstance(untrusted_name, str) or not isinstance(untrusted_code, str):
        raise Nonsense("inside")
    pass_.budget.parts -= 1
    if pass_.budget.parts < -caps.MAX_PARTS:
        raise Nonsense("inside")
    name = pass_.budget.name(shown_name(untrusted_name)) if pass_.file.depth == 0 else shown_name(untrusted_name)
    outcome: ReadDocument | str
    if untrusted_code:
        outcome = unreadable(untrusted_code, PurePath(name)).what
    else:
        with Spool() as spool:
            code = _fill(spool, replies)
            outcome = (
                unreadable(code, PurePath(name)).what if code else _read_inside(pass_, PurePath(name), spool, path)
            )
    pass_.joined.parts.append((name, outcome))


def _fill(spool: Spool, replies: Iterator[Reply]) -> str:
    """Take in the bytes of a part; returns why it can't be read, or ""."""
    for reply in replies:
        if reply.values.get("more") is True:
            spool.write(reply.payload)
        elif isinstance(code := reply.values.get("inside_end"), str):
            return code or ("large-part" if spool.full else "" if spool.size else "empty")
        else:
            raise Nonsense("inside")
    raise Nonsense("inside")


def _read_inside(pass_: _Pass, name: PurePath, spool: Spool, path: Path) -> ReadDocument | str:
    budget = pass_.budget
    budget.size -= spool.size
    depth = pass_.file.depth + 1
    if depth > caps.MAX_DEPTH:
        return unreadable("too-deep", name).what
    if budget.size < 0 or budget.parts < 0 or time.monotonic() > budget.until:
        return unreadable("too-much", name).what
    try:
        steps = _read(_File(name, spool.descriptor, spool.size, depth), path, budget, pass_.stop)
        while True:
            next(steps)
    except StopIteration as end:
        document: ReadDocument = end.value
        return document
    except DocumentUnreadable as error:
        return error.what


def _how_it_ended(error: ChildDied, family: Family) -> str:
    """The code for a child that is gone."""
    if isinstance(error, ChildTimedOut):
        return "timed-out"
    # The library that reads workbooks aborts where it is refused memory.
    return "out-of-memory" if family in (Family.ZIPPED, Family.COMPOUND) and "SIGABRT" in error.what else "died"


def _logged(code: str, name: PurePath) -> DocumentUnreadable:
    error = unreadable(code, name)
    _log.info("a document was not read: %s", code if code.isalpha() and len(code) < 20 else "unknown code")
    return error
