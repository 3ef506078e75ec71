"""Brings what is kept of a watched folder in step with what lies in it: new, changed, moved, gone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from assistant.documents.queue import Queue, Waiting
from assistant.documents.scanning import Scan, Seen, look_through, mounted_away
from assistant.documents.sources import Kept, Sources
from assistant.retrieval import Retrieval
from assistant.values import DocumentId, DocumentInfo, Forgotten, SourceChanged, SourceInfo, SourceState

_SETTLED_SECONDS: Final = 2.0
"""A file that was written to more recently is let be: whoever writes may not be done."""
_GONE_SECONDS: Final = 4.0
"""How long a file must be away before it counts as removed: programs save by removing and writing anew."""

Clock = Callable[[], float]


class Syncing:
    """One look at a time. forget: removes documents and every quote of them."""

    def __init__(
        self,
        sources: Sources,
        queue: Queue,
        retrieval: Retrieval,
        forget: Callable[[Sequence[DocumentId]], None],
        clock: Clock = time.time,
    ) -> None:
        self._sources = sources
        self._queue = queue
        self._retrieval = retrieval
        self._forget = forget
        self._clock = clock
        self.unsettled = False
        """True if the last look found something that only a later one can decide."""

    def look(self, source: SourceInfo) -> Iterator[Forgotten | SourceChanged]:
        """Go through one folder and put what is new or changed in the queue. SourceChanged comes last.

        A folder that is away loses nothing; nor do files in a part of it that can't be opened.
        """
        self.unsettled = False
        kept = self._sources.kept(source.id)
        scan = look_through(source.path, source.leave_out)
        if scan is None or (kept and not scan.files and mounted_away(source.path)):
            self._sources.set_state(source.id, SourceState.AWAY)
            yield SourceChanged(self._sources.get(source.id))
            return
        gone = {path: one for path, one in kept.items() if path not in scan.files and scan.can_tell(path)}
        moved = self._move(source, scan, gone, kept)
        new, changed = self._differing(source, scan, kept)
        self._queue.put(new + changed, source.collection, source.id)
        removed = self._missing(source, scan, gone, kept)
        if removed:
            self._forget([info.id for info in removed])
            yield from (Forgotten(info) for info in removed)
        self._sources.note_seen(source.id)
        yield SourceChanged(self._sources.get(source.id), len(new), len(changed), len(removed), moved)

    def _move(self, source: SourceInfo, scan: Scan, gone: dict[Path, Kept], kept: dict[Path, Kept]) -> int:
        """Let documents follow their files: the same file (by its number, size and time) under another name.

        Returns how many did.
        """
        moved = 0
        by_file: dict[tuple[int, int, int], Seen] = {}
        for path, seen in scan.files.items():
            if path not in kept and seen.inode:
                by_file[seen.inode, seen.size, seen.modified] = seen
        for path, one in list(gone.items()):
            found = by_file.get((one.seen.inode, one.seen.size, one.seen.modified))
            if one.document is None or found is None or found.path in kept:
                continue
            self._retrieval.move(one.document, found.path, found.modified, found.inode, source.id)
            del gone[path]
            kept[found.path] = Kept(found, one.document)
            moved += 1
        return moved

    def _differing(self, source: SourceInfo, scan: Scan, kept: dict[Path, Kept]) -> tuple[list[Waiting], list[Waiting]]:
        new: list[Waiting] = []
        changed: list[Waiting] = []
        now = self._clock()
        for path, seen in sorted(scan.files.items(), key=lambda one: -one[1].modified):
            known = kept.get(path)
            if known is not None and (known.seen.size, known.seen.modified) == (seen.size, seen.modified):
                continue
            if known is None and self._sources.adopt(source.id, seen):
                continue
            if 0 <= now - seen.modified / 1e9 < _SETTLED_SECONDS:
                self.unsettled = True
                continue
            (new if known is None else changed).append(Waiting(path, seen.size, seen.modified))
        return new, changed

    def _missing(
        self, source: SourceInfo, scan: Scan, gone: dict[Path, Kept], kept: dict[Path, Kept]
    ) -> list[DocumentInfo]:
        """Note what is gone and what is back; returns the documents that have been gone for long enough."""
        now = self._clock()
        self._sources.not_waiting(path for path, one in gone.items() if one.document is None)
        back = [one.document for path, one in kept.items() if one.missing is not None and path in scan.files]
        self._sources.note_missing([document for document in back if document is not None], None)
        absent = [one for one in gone.values() if one.document is not None]
        self._sources.note_missing([one.document for one in absent if one.document and one.missing is None], now)
        long = [one for one in absent if one.missing is not None and now - one.missing >= _GONE_SECONDS]
        # While files wait, one of them may turn out to be the missing one, moved.
        if self._sources.get(source.id).waiting or self.unsettled:
            long = []
        self.unsettled = self.unsettled or len(long) < len(absent)
        return [self._retrieval.document(one.document) for one in long if one.document is not None]
