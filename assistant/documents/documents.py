"""Documents as the faces see them: added, watched, waited for, read, learned, listed, and forgotten without a trace."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from assistant.conversations import Conversations
from assistant.documents import scanning
from assistant.documents.collections import Collections, TrashedCollections
from assistant.documents.learner import Learner
from assistant.documents.queue import Queue, Waiting
from assistant.documents.sources import Sources
from assistant.documents.syncing import Syncing
from assistant.documents.watching import Watching
from assistant.documents.work import Count, Work
from assistant.embedding import Embedder
from assistant.errors import NotFound
from assistant.ingestion import walk
from assistant.retrieval import Retrieval
from assistant.values import (
    AddFinished,
    CollectionId,
    DocumentEvent,
    DocumentId,
    DocumentInfo,
    EitherStop,
    Forgotten,
    Indexed,
    IndexStatus,
    NotAdded,
    PageText,
    QueueItem,
    Rebuilding,
    SourceChanged,
    SourceId,
    SourceInfo,
    Stop,
    Working,
    WorkStatus,
)
from assistant.vault import Vault
from assistant.workers import side_by_side

_TURN_SECONDS: Final = 0.5
_BETWEEN_LOOKS: Final = 2.5
_MORE_LOOKS: Final = 3
_LOOK_SECONDS: Final = 20.0  # whether work that was held may go on


class Documents:
    """The person's documents: what is kept of each is its text, cut into passages, in the vault."""

    def __init__(
        self,
        vault: Vault,
        embedder: Embedder,
        count: Count,
        retrieval: Retrieval,
        conversations: Conversations,
        on_battery: Callable[[], bool] = lambda: False,
    ) -> None:
        """count: tokens of texts, asked beside what the embedder does. on_battery: True to spare the battery now."""
        self._retrieval = retrieval
        self._conversations = conversations
        self.queue = Queue(vault)
        self.collections = Collections(vault)
        self.trashed_collections = TrashedCollections(self.collections, self._remove_at_once)
        self.sources = Sources(vault)
        self._syncing = Syncing(self.sources, self.queue, retrieval, self._forget)
        self._work = Work(self.queue, retrieval, Learner(vault, embedder, retrieval), count, on_battery)
        self._news = threading.Event()
        self._watching = Watching(self.sources, self._syncing, self._news.set)
        self._closing = Stop()
        self._idle = threading.Condition()
        self._running = 0

    # --- what is there ----------------------------------------------------------------------

    def list(self) -> tuple[DocumentInfo, ...]:
        """Every document, by title."""
        return self._retrieval.documents()

    def texts(self, document: DocumentId) -> tuple[PageText, ...]:
        """A document as Privet reads it, page by page. Raises NotFound."""
        return self._retrieval.texts(document)

    def find(self, name: str) -> DocumentInfo:
        """The document with this number, path or file name. Raises NotFound if there is none, or more than one."""
        documents = self.list()
        exact = [info for info in documents if name in (str(info.id), str(info.path), str(Path(name).absolute()))]
        found = exact or [info for info in documents if name in (info.path.name, info.title)]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotFound(f"More than one document is called {name}.", "Name it by its number.")
        raise NotFound(f"There is no document {name}.", "List the documents to see what is there.")

    def index_status(self) -> IndexStatus:
        """What can be said of the index of vectors."""
        return self._retrieval.index_status()

    def status(self) -> WorkStatus:
        """What is still to be read and learned."""
        return self._work.status()

    def waiting(self) -> tuple[QueueItem, ...]:
        """What could not be read, then what waits, in its order."""
        return self.queue.items()

    # --- in ---------------------------------------------------------------------------------

    def enqueue(self, paths: Sequence[Path], collection: CollectionId | None = None) -> tuple[NotAdded, ...]:
        """Put files, and all that Privet can read in folders, before everything else that waits.

        They are not lost from here on: what is not read now is read at the next start. Returns what can't be added.
        collection: that they are in from now on; None to leave those where they are that are in one of the first
        workspace, and to have all others be in none.
        """
        refused: list[NotAdded] = []
        files: list[Waiting] = []
        for found in walk(paths):
            if isinstance(found, NotAdded):
                refused.append(found)
            else:
                seen = scanning.seen(found)
                files.append(Waiting(found, seen.size, seen.modified) if seen else Waiting(found))
        if collection is None:
            self.collections.let_go(one.path for one in files)
        self.queue.put(files, collection, first=True)
        self._news.set()
        return tuple(refused)

    def add(self, paths: Sequence[Path], stop: Stop, collection: CollectionId | None = None) -> Iterator[DocumentEvent]:
        """Put files and folders in the queue, and work until nothing waits; AddFinished comes last.

        Yields as `Work.run` does. A document is there as a whole or not at all. After `stop`, what waits waits on.
        """
        added = failed = 0
        for refused in self.enqueue(paths, collection):
            failed += 1
            yield refused
        for event in self.work(stop):
            added += isinstance(event, Indexed)
            failed += isinstance(event, NotAdded)
            yield event
        yield AddFinished(added, failed, stop.requested)

    def work(self, stop: Stop) -> Iterator[DocumentEvent]:
        """Read and learn what waits, once."""
        with self._running_now():
            yield from self._work.run(EitherStop(stop, self._closing))

    def keep_up(self, stop: Stop) -> Iterator[DocumentEvent]:
        """Watch the folders, read and learn whatever comes, until `stop`; for a face that stays open."""
        with self._running_now():
            yield from side_by_side((self._watch, self._work_on), EitherStop(stop, self._closing))

    def _watch(self, stop: Stop) -> Iterator[DocumentEvent]:
        return self._watching.run(stop)

    def _work_on(self, stop: Stop) -> Iterator[DocumentEvent]:
        held: str | None = None
        while not stop.requested:
            status = self.status()
            if status.due:
                yield from self._work.run(stop)
                held = None
            elif status.held != held:
                held = status.held
                yield Working(status)
            until = time.monotonic() + _LOOK_SECONDS
            while not stop.requested and not self.status().due and time.monotonic() < until:
                self._news.wait(_TURN_SECONDS)
                self._news.clear()

    # --- the queue --------------------------------------------------------------------------

    def pause(self, paused: bool) -> None:
        """Stop after the file that is being read, or go on; kept over a restart."""
        self.queue.pause(paused)
        self._news.set()

    def put_first(self, *items: int) -> None:
        """Let waiting files be the next, in this order. Raises NotFound if none of them waits, as the others do."""
        self.queue.move(items, 0)

    def put_last(self, *items: int) -> None:
        """Let waiting files be the last, in this order."""
        self.queue.move(items, sys.maxsize)

    def put_before(self, other: int, *items: int) -> None:
        """Let waiting files be read right before another one, in this order."""
        self.queue.put_before(items, other)

    def shift(self, by: int, *items: int) -> None:
        """Let waiting files come one place sooner (-1) or later (1)."""
        self.queue.shift(items, by)

    def take_out(self, *items: int) -> None:
        """Take files off the list; one that is being read just now is not kept."""
        self.queue.take_out(*items)

    def give_up_waiting(self) -> int:
        """Take all that wait off the list; returns how many."""
        return self.queue.clear()

    def retry(self, items: Sequence[int] | None = None) -> int:
        """Let files that could not be read wait again, all of them if None; returns how many."""
        count = self.queue.retry(items)
        self._news.set()
        return count

    # --- the index --------------------------------------------------------------------------

    def verify(self) -> bool:
        """True if the index of vectors has what the vault has, and a thousand samples find themselves."""
        return self._retrieval.verify()

    def rebuild(self, stop: Stop) -> Iterator[Rebuilding]:
        """Build both indexes anew from the vault."""
        yield from self._retrieval.compact(stop)

    # --- folders ----------------------------------------------------------------------------

    def watched(self) -> tuple[SourceInfo, ...]:
        """The watched folders."""
        return self.sources.list()

    def watch(self, folder: Path, leave_out: Sequence[str] = (), collection: CollectionId | None = None) -> SourceInfo:
        """Watch a folder from now on. Raises BadInput."""
        source = self.sources.add(folder, leave_out, collection)
        self._watching.look_again()
        return source

    def look(self, source: SourceId | None = None, patient: Stop | None = None) -> Iterator[Forgotten | SourceChanged]:
        """Look through one watched folder, or all, now; what is new or changed waits in the queue then.

        A file that was written to, or went, a moment ago is left to another look. patient: look again, some seconds
        on, until there is no such file, or the person stops it.
        """
        for info in self.sources.list():
            if source not in (None, info.id):
                continue
            yield from self._syncing.look(info)
            for _ in range(_MORE_LOOKS if patient is not None else 0):
                until = time.monotonic() + _BETWEEN_LOOKS
                while self._syncing.unsettled and time.monotonic() < until and not (patient and patient.requested):
                    time.sleep(_TURN_SECONDS)
                if not self._syncing.unsettled or (patient and patient.requested):
                    break
                yield from self._syncing.look(self.sources.get(info.id))

    def unwatch(self, source: SourceId, stop: Stop, keep_documents: bool = False) -> Iterator[Rebuilding]:
        """Watch a folder no more, and remove what came from it, unless it is to stay. Raises NotFound."""
        self.sources.get(source)
        documents = self.sources.documents(source)
        self.sources.forget(source)
        self._watching.look_again()
        if documents and not keep_documents:
            yield from self.remove(documents, stop)

    # --- out --------------------------------------------------------------------------------

    def remove(self, documents: DocumentId | Sequence[DocumentId], stop: Stop) -> Iterator[Rebuilding]:
        """Remove every trace of documents: text, passages, words, vectors, quotes in old answers.

        The passages are gone from the first event on; the rest of the work, writing the indexes anew
        without them, goes on at the next start if it is stopped. Where the file lies in a watched folder, it is
        left out there from now on. Raises NotFound.
        """
        wanted = [documents] if isinstance(documents, int) else list(documents)
        infos = [self._retrieval.document(document) for document in wanted]
        for info in infos:
            self._leave_out(info)
        self._forget(wanted)
        yield from self._retrieval.compact(stop)

    def remove_collection(self, collection: CollectionId, stop: Stop) -> Iterator[Rebuilding]:
        """Remove a collection for good, with all documents in it. Raises NotFound, BadInput as `discard` does.

        Folders that are watched for it are watched no more. If it is stopped, what is left is in the trash.
        """
        self.collections.discard(collection)
        documents = self.collections.documents(collection)
        if documents:
            yield from self.remove(documents, stop)
        self.collections.forget(collection)
        self._watching.look_again()

    def _remove_at_once(self, collection: CollectionId) -> None:
        for _ in self.remove_collection(collection, Stop()):
            pass

    def let_lapse(self, before: float) -> int:
        """Remove for good the collections that went to the trash before that time; returns how many.

        The next look at the indexes writes them anew without what was removed.
        """
        lapsed = [one for one in self.collections.trashed() if one.trashed is not None and one.trashed < before]
        for one in lapsed:
            documents = self.collections.documents(one.id)
            for document in documents:
                self._leave_out(self._retrieval.document(document))
            if documents:
                self._forget(documents)
            self.collections.forget(one.id)
        return len(lapsed)

    def close(self) -> None:
        """Stop what runs and wait until it has ended."""
        self._closing.set()
        self._news.set()
        self._watching.look_again()
        with self._idle:
            self._idle.wait_for(lambda: self._running == 0, 20.0)

    def _forget(self, documents: Sequence[DocumentId]) -> None:
        # In this order: until the last step a document is listed, and removing it can be tried again.
        for document in documents:
            self._conversations.forget_document(document)
        self._retrieval.remove(*documents)

    def _leave_out(self, info: DocumentInfo) -> None:
        """A removed document must not come back with the next look at its folder."""
        for source in self.sources.list():
            if source.path in info.path.parents:
                pattern = scanning.named_by_digest(info.path.relative_to(source.path))
                if pattern not in source.leave_out:
                    self.sources.leave_out(source.id, (*source.leave_out, pattern))
                    self._watching.look_again()

    @contextmanager
    def _running_now(self) -> Iterator[None]:
        """Closing waits for what runs."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, by: int) -> None:
        with self._idle:
            self._running += by
            self._idle.notify_all()
