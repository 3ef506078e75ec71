"""The work on documents: files of the queue are read one after the other, and learned beside it, newest first."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from assistant.documents import reading, scanning
from assistant.documents.learner import Learner
from assistant.documents.queue import Queue
from assistant.errors import DocumentUnreadable, NotFound, PrivetError, Stopped
from assistant.retrieval import NewDocument, Retrieval
from assistant.values import (
    DocumentEvent,
    DocumentInfo,
    Indexed,
    NotAdded,
    QueueItem,
    Reading,
    Stop,
    Working,
    WorkStatus,
)
from assistant.workers import side_by_side

_log = logging.getLogger("privet.documents")

_MOST_BEGINNINGS: Final = 3
_MOST_CHANGES: Final = 3
_SAY_SECONDS: Final = 1.0

Count = Callable[[Sequence[str]], Sequence[int]]


class Work:
    """Reads and learns what waits. One at a time; what is done is done, whenever it ends."""

    def __init__(
        self, queue: Queue, retrieval: Retrieval, learner: Learner, count: Count, on_battery: Callable[[], bool]
    ) -> None:
        """count: tokens of texts. on_battery: whether to do nothing for now, to spare the battery."""
        self._queue = queue
        self._retrieval = retrieval
        self._learner = learner
        self._count = count
        self._on_battery = on_battery
        self._working = threading.Lock()
        self._said = 0.0

    def status(self) -> WorkStatus:
        """What is still to be done."""
        files, size = self._queue.waiting()
        _, passages = self._retrieval.unlearned()
        pages = self._retrieval.unlearned_pages() if passages else 0
        return WorkStatus(files, size, passages, pages, self._learner.seconds(passages), self.held())

    def held(self) -> str:
        """Why nothing is to be done now, "" where nothing speaks against it."""
        if self._queue.paused:
            return "paused"
        return "battery" if self._on_battery() else ""

    def run(self, stop: Stop) -> Iterator[DocumentEvent]:
        """Read and learn until nothing is left, or something speaks against going on.

        Yields per file Reading, then Indexed or NotAdded; beside it Embedding and Learned; Working now and then.
        Does nothing where the work is going on already. Raises what is not a file's fault: a full disk, a missing
        model; the files that were not read then stay in the queue.
        """
        if not self._working.acquire(blocking=False):
            return
        try:
            yield Working(self.status())
            reading_ended = threading.Event()

            def read(stop: Stop) -> Iterator[DocumentEvent]:
                try:
                    yield from self._read_all(stop)
                finally:
                    reading_ended.set()

            def learn(stop: Stop) -> Iterator[DocumentEvent]:
                return self._learner.run(stop, reading_ended, lambda: bool(self.held()))

            yield from side_by_side((read, learn), stop)
            yield Working(self.status())
            if self._learner.fault is not None:
                raise self._learner.fault
        finally:
            self._working.release()

    def _read_all(self, stop: Stop) -> Iterator[DocumentEvent]:
        while not stop.requested and not self.held():
            begun = self._queue.begin_next()
            if begun is None:
                return
            item, before = begun
            try:
                yield from self._read(item, before, stop)
            except Stopped:
                self._queue.give_back(item.id)
                return
            except DocumentUnreadable as error:
                self._queue.fail(item.id, error.what, error.do)
                _log.info("not added: %s", type(error).__name__)
                yield NotAdded(item.path, error.what, error.do)
            except PrivetError:
                self._queue.give_back(item.id)
                raise
            if time.monotonic() - self._said > _SAY_SECONDS:
                self._said = time.monotonic()
                yield Working(self.status())

    def _read(self, item: QueueItem, before: int, stop: Stop) -> Iterator[DocumentEvent]:
        if before >= _MOST_BEGINNINGS:
            raise DocumentUnreadable(
                f"Privet ended {before} times while {item.path.name} was read, so it was left out.",
                "Try it again if something else ended Privet; otherwise take it off the list.",
            )
        yield Reading(item.path, 0, 0)
        for _ in range(_MOST_CHANGES):
            seen = scanning.seen(item.path)
            if seen is None and item.source is not None:
                self._queue.take_out(item.id)  # the next look at its folder tells what became of it
                return
            seen = seen or scanning.Seen(item.path, 0, 0, 0)  # reading it says what is wrong
            sha256 = reading.checksum(item.path, stop)
            known = self._known(item, seen, sha256)
            if known is not None:
                yield known
                return
            new: NewDocument | None = None
            for event in reading.read(seen, sha256, self._count, stop, item):
                if isinstance(event, NewDocument):
                    new = event
                else:
                    yield event
            if new is not None and scanning.seen(item.path) == seen:
                yield from self._keep(new)
                return
        raise DocumentUnreadable(
            f"{item.path.name} was being changed while it was read.", "Try it again when the other program is done."
        )

    def _known(self, item: QueueItem, seen: scanning.Seen, sha256: str) -> Indexed | None:
        """The same bytes are kept already: from this very place, or from one where they are no more."""
        known = self._retrieval.known(item.path)
        if known is not None and known.sha256 == sha256:
            info = self._retrieval.move(
                known.document.id, item.path, seen.modified, seen.inode, item.source, item.collection
            )
            return Indexed(item.path, info, unchanged=True)
        for info in self._retrieval.by_content(sha256):
            if _has_left(info):
                moved = self._retrieval.move(
                    info.id, item.path, seen.modified, seen.inode, item.source, item.collection
                )
                return Indexed(item.path, moved, unchanged=True, moved=True)
        return None

    def _keep(self, new: NewDocument) -> Iterator[DocumentEvent]:
        try:
            stored = self._retrieval.put(new)
        except NotFound:
            return  # taken off the list meanwhile
        self._learner.wake()
        yield Indexed(new.path, stored.document, replaced=bool(stored.replaced))


def _has_left(info: DocumentInfo) -> bool:
    """True if the file is not where it was, though its folder is: not where the whole stick is away."""
    return not info.path.exists() and (info.missing or info.path.parent.is_dir())
