"""Documents in memory, for the tests of their panel."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from assistant.errors import BadInput, NotFound
from assistant.values import (
    FIRST_WORKSPACE,
    CollectionId,
    CollectionInfo,
    DocumentEvent,
    DocumentId,
    DocumentInfo,
    Embedding,
    Indexed,
    Learned,
    NotAdded,
    PageText,
    QueueItem,
    Reading,
    Rebuilding,
    Scope,
    SourceId,
    SourceInfo,
    SourceState,
    Stop,
    Working,
    WorkspaceId,
    WorkspaceInfo,
    WorkStatus,
)


class ScriptedCollections:
    """Collections in memory, those in the trash too."""

    def __init__(self) -> None:
        self.infos: list[CollectionInfo] = []
        self.trashed: list[CollectionInfo] = []
        self.documents: dict[DocumentId, DocumentInfo] = {}

    def list(self) -> tuple[CollectionInfo, ...]:
        return tuple(self.infos)

    def create(self, name: str, workspace: WorkspaceId = FIRST_WORKSPACE) -> CollectionId:
        made = CollectionInfo(CollectionId(len(self.infos) + 1), name, 0, 0, 0, 0, 0, workspace)
        self.infos.append(made)
        return made.id

    def put(self, documents: tuple[DocumentId, ...], collection: CollectionId | None) -> None:
        for document in documents:
            self.documents[document] = replace(self.documents[document], collection=collection)

    def rename(self, collection: CollectionId, name: str) -> None:
        self.infos = [replace(info, name=name) if info.id == collection else info for info in self.infos]

    def discard(self, collection: CollectionId) -> None:
        self.trashed = [info for info in self.infos if info.id == collection]
        self.infos = [info for info in self.infos if info.id != collection]

    def restore(self, collection: CollectionId) -> None:
        """Brings one back; as the list of the trash, it has one less."""
        back = [info for info in self.trashed if info.id == collection]
        self.infos = [info for info in self.infos if info.id != collection] + back
        self.trashed = []


class ScriptedWorkspaces:
    """Workspaces in memory; the first is always there."""

    def __init__(self) -> None:
        self.infos = [WorkspaceInfo(FIRST_WORKSPACE, "Personal", None, 0, 0)]
        self.current = FIRST_WORKSPACE
        self.reaches: dict[WorkspaceId, frozenset[DocumentId]] = {}

    def list(self) -> tuple[WorkspaceInfo, ...]:
        return tuple(self.infos)

    def create(self, name: str) -> WorkspaceInfo:
        if any(info.name == name for info in self.infos):
            raise BadInput(f"There is a workspace called {name} already.", "Choose another name.")
        number = len(self.infos) + 1
        self.infos.append(WorkspaceInfo(WorkspaceId(number), name, CollectionId(10 * number), 0, 0))
        return self.infos[-1]

    def choose(self, workspace: WorkspaceId) -> WorkspaceInfo:
        self.current = workspace
        return next(info for info in self.infos if info.id == workspace)

    def reach(self, workspace: WorkspaceId, scope: Scope) -> frozenset[DocumentId] | None:
        if "soon" in scope.since:
            raise BadInput("soon is not a day.", "Write it as 2026-11-25.")
        return self.reaches.get(workspace)


class ScriptedDocuments:
    """Documents in memory. `unreadable` names files that can't be read, with their two sentences."""

    def __init__(self) -> None:
        self.infos: dict[DocumentId, DocumentInfo] = {}
        self.unreadable: dict[str, tuple[str, str]] = {}
        self.gate: threading.Event | None = None
        self.queue: list[QueueItem] = []
        self.folders: list[SourceInfo] = []
        self.held = ""
        self.pages: tuple[PageText, ...] = ()
        self.homes: list[CollectionId | None] = []
        self.collections = ScriptedCollections()
        self.collections.documents = self.infos
        self._numbers = itertools.count(1)

    def put(self, path: Path, pages: int = 40, warnings: tuple[str, ...] = (), **more: object) -> DocumentInfo:
        key = DocumentId(len(self.infos) + 1)
        info = DocumentInfo(key, path, path.name, pages, pages * 4, 1_200_000, time.time(), warnings)
        self.infos[key] = replace(info, **more)  # type: ignore[arg-type]
        return self.infos[key]

    def list(self) -> tuple[DocumentInfo, ...]:
        return tuple(reversed(self.infos.values()))

    def enqueue(self, paths: Sequence[Path], collection: CollectionId | None = None) -> tuple[NotAdded, ...]:
        self.homes.append(collection)
        self.queue += [QueueItem(next(self._numbers), path, 100) for path in paths]
        return ()

    def keep_up(self, stop: Stop) -> Iterator[DocumentEvent]:
        while not stop.requested:
            waiting = [item for item in self.queue if not item.failed]
            if not waiting or self.held:
                time.sleep(0.002)
                continue
            yield from self._read(waiting[0], stop)
            yield Working(self.status())

    def _read(self, item: QueueItem, stop: Stop) -> Iterator[DocumentEvent]:
        yield Reading(item.path, 12, 40)
        while self.gate is not None and not self.gate.wait(0.002) and not stop.requested and item in self.queue:
            pass
        if stop.requested or item not in self.queue:
            return
        place = self.queue.index(item)
        if item.path.name in self.unreadable:
            what, do = self.unreadable[item.path.name]
            self.queue[place] = replace(item, what=what, do=do)
            yield NotAdded(item.path, what, do)
            return
        info = self.put(item.path)
        del self.queue[place]
        yield Indexed(item.path, info)
        yield Embedding(item.path, 80, 160, 9.0)
        yield Learned(info)

    def waiting(self) -> tuple[QueueItem, ...]:
        return tuple(sorted(self.queue, key=lambda item: not item.failed))

    def status(self) -> WorkStatus:
        passages = sum(info.unlearned for info in self.infos.values())
        return WorkStatus(sum(not item.failed for item in self.queue), 0, passages, 0, None, self.held)

    def texts(self, document: DocumentId) -> tuple[PageText, ...]:
        return self.pages

    def pause(self, paused: bool) -> None:
        self.held = "paused" if paused else ""

    def retry(self, items: Sequence[int] | None = None) -> int:
        self.unreadable.clear()
        self.queue = [replace(item, what="", do="") for item in self.queue]
        return len(self.queue)

    def put_first(self, *items: int) -> None:
        self.queue.sort(key=lambda one: items.index(one.id) if one.id in items else len(items))

    def put_last(self, *items: int) -> None:
        self.queue.sort(key=lambda one: items.index(one.id) if one.id in items else -1)

    def put_before(self, other: int, *items: int) -> None:
        moved = [one for number in items for one in self.queue if one.id == number]
        rest = [one for one in self.queue if one.id not in items]
        at = next(place for place, one in enumerate(rest) if one.id == other)
        self.queue = [*rest[:at], *moved, *rest[at:]]

    def shift(self, by: int, *items: int) -> None:
        order = [one.id for one in self.queue]
        at = max(0, order.index(items[0]) + by)
        rest = [one for one in self.queue if one.id not in items]
        self.queue = [*rest[:at], *(one for one in self.queue if one.id in items), *rest[at:]]

    def take_out(self, *items: int) -> None:
        self.queue = [item for item in self.queue if item.id not in items]

    def give_up_waiting(self) -> int:
        self.queue = [item for item in self.queue if item.failed]
        return 0

    def watched(self) -> tuple[SourceInfo, ...]:
        return tuple(self.folders)

    def watch(self, folder: Path, leave_out: Sequence[str] = (), collection: CollectionId | None = None) -> SourceInfo:
        known = next((one for one in self.folders if one.path == folder), None)
        identity = known.id if known else SourceId(len(self.folders) + 1)
        source = SourceInfo(identity, folder, SourceState.HERE, tuple(leave_out), None, None, 3, 0, 0)
        self.folders = [one for one in self.folders if one.id != identity] + [source]
        return source

    def unwatch(self, source: SourceId, stop: Stop, keep_documents: bool = False) -> Iterator[Rebuilding]:
        self.folders = [one for one in self.folders if one.id != source]
        return iter(())

    def remove(self, document: DocumentId, stop: Stop) -> Iterator[Rebuilding]:
        if document not in self.infos:
            raise NotFound("This document is not there any more.", "Choose another one.")
        del self.infos[document]
        yield Rebuilding(1, 2)
        yield Rebuilding(2, 2)
