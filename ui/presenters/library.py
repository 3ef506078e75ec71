"""Adds, watches and removes documents, and shows what needs attention, what waits, and what is there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import QObject, Signal

from assistant.errors import PrivetError
from assistant.values import (
    EVERYTHING,
    FIRST_WORKSPACE,
    CollectionId,
    DocumentEvent,
    DocumentId,
    DocumentInfo,
    Embedding,
    Indexed,
    Learned,
    NotAdded,
    PageText,
    Reading,
    Rebuilding,
    SourceId,
    Stop,
    Working,
    WorkspaceId,
)
from ui.bridge import Bridge, Lane, Task
from ui.i18n import counted, number, seconds, tr
from ui.lists import Key, Row, Tone
from ui.panels.library import LibraryView
from ui.ports import Assistant
from ui.presenters.library_menu import LibraryMenu
from ui.presenters.library_order import QueueOrder
from ui.presenters.library_pictures import reading_picture, refused_picture
from ui.presenters.library_rows import Seen, rows_of, status_words, title_of
from ui.widgets import Banner, announce

T = TypeVar("T")
_UNDO_SECONDS: Final = 8.0


class LibraryPresenter(QObject):
    """`added`: a document can be asked about now (DocumentInfo). `fault`: a PrivetError.

    `opened`: the person wants to look at a document: DocumentInfo, and its pages as Privet reads them.
    `view_wanted`, `summary_wanted`: of the selected document.
    """

    added = Signal(object)
    begun = Signal()
    fault = Signal(object)
    changed = Signal()
    opened = Signal(object, object)
    view_wanted = Signal()
    summary_wanted = Signal()

    def __init__(self, bridge: Bridge, view: LibraryView, notice: Banner) -> None:
        super().__init__(view)
        self._bridge = bridge
        self._view = view
        self._notice = notice
        self.home: Callable[[], CollectionId | None] = lambda: None  # the collection for what is added
        self.workspace: Callable[[], WorkspaceId] = lambda: FIRST_WORKSPACE  # the one in sight
        self.everywhere = False
        self._assistant: Assistant | None = None
        self._seen = Seen()
        self._removing: set[DocumentId] = set()
        self._progress: dict[str, Row] = {}  # by path: files that are read, and documents that are learned
        self._refused: dict[str, Row] = {}  # by path: what could not even wait
        self._enqueuing = 0
        self._upkeep: Task | None = None
        self._asking = False
        self._ask_again = False
        self.order = QueueOrder(self, view)
        self._menus = LibraryMenu(self, view)
        view.list.removed.connect(self._remove_pressed)
        # What can be done with the selected document can be done from then on, by its keys too.
        view.list.selectionModel().selectionChanged.connect(self._selected)
        view.list.renamed.connect(self._rename)
        view.list.opened.connect(self.view)
        view.list.menu_for = self._menus.make
        view.everywhere_pressed.connect(lambda: self.show_everywhere(not self.everywhere))

    @property
    def documents(self) -> tuple[DocumentInfo, ...]:
        """The documents as listed: those of the workspace in sight, or all where the person wants that."""
        here = None if self.everywhere else self._seen.here
        return tuple(one for one in self._there if here is None or one.id in here)

    @property
    def _there(self) -> tuple[DocumentInfo, ...]:
        return tuple(one for one in self._seen.documents if one.id not in self._removing)

    @property
    def adding(self) -> bool:
        """True while files are read, or wait for it."""
        return bool(self._enqueuing or self._seen.status.files or self._reading())

    @property
    def paused(self) -> bool:
        """True while the person wants nothing to be read."""
        return self._seen.status.held == "paused"

    @property
    def failed(self) -> bool:
        """True if there are files that could not be read."""
        return any(item.failed for item in self._seen.items)

    @property
    def seen(self) -> Seen:
        """What the engine said when it was last asked."""
        return self._seen

    @property
    def refused(self) -> Collection[str]:
        """The keys of files that could not even wait."""
        return self._refused.keys()

    @property
    def selected(self) -> Key | None:
        """The key of the current row."""
        return self._view.list.current

    @property
    def selected_document(self) -> DocumentInfo | None:
        """The document that is selected, if it is one."""
        return next((one for one in self.documents if one.id == self.selected), None)

    def attach(self, assistant: Assistant) -> None:
        """List the documents of an engine that is open now, and go on with what waits."""
        self._assistant = assistant
        self._upkeep = self._bridge.stream(
            assistant.documents.keep_up, self._on_event, self._failed, self._ended, Lane.UPKEEP, background=True
        )
        self._refresh()

    def look_again(self) -> None:
        """Another workspace is in sight."""
        self._refresh()

    def show_everywhere(self, everywhere: bool) -> None:
        """List the documents of all workspaces, or of the one in sight."""
        self.everywhere = everywhere
        self._show()
        announce(self._view, counted(len(self.documents), "{n} document", "{n} documents"))

    def add(self, paths: Sequence[Path]) -> None:
        """Add files and folders; more can be added while these are read."""
        assistant = self._assistant
        if assistant is None or not paths:
            return
        paths = tuple(path.absolute() for path in paths)
        self.begun.emit()
        self._enqueuing += 1

        def queued(refused: tuple[NotAdded, ...]) -> None:
            self._enqueuing -= 1
            for one in refused:
                self._on_event(one)
            self._refresh()

        def failed(error: PrivetError) -> None:
            self._enqueuing -= 1
            self.fault.emit(error)

        home = self.home()
        self._bridge.call(lambda: assistant.documents.enqueue(paths, home), queued, failed, Lane.FILES)
        self._show()

    def watch(self, folder: Path) -> None:
        """Watch a folder from now on."""
        self.begun.emit()
        home = self.home()
        self.do(lambda assistant: assistant.documents.watch(folder, (), home), Lane.FILES)

    def stop_adding(self) -> None:
        """Take everything that waits off the list; files that are in already stay."""
        # After what is being put in the queue just now: that is to go as well.
        self.do(lambda assistant: assistant.documents.give_up_waiting(), Lane.FILES)

    def pause(self) -> None:
        """Read and learn nothing, or go on."""
        paused = not self.paused
        self.do(lambda assistant: assistant.documents.pause(paused))

    def retry(self) -> None:
        """Try again whatever could not be read."""
        self._refused.clear()
        self.do(lambda assistant: assistant.documents.retry())

    def open_selected(self) -> None:
        """Have the selected document looked at, page by page."""
        document, assistant = self.selected_document, self._assistant
        if document is None or assistant is None:
            return

        def show(pages: tuple[PageText, ...]) -> None:
            self.opened.emit(document, pages)

        self._bridge.call(lambda: assistant.documents.texts(document.id), show, self.fault.emit)

    def _selected(self) -> None:
        self.changed.emit()

    def open(self, key: Key) -> None:
        """Have a document looked at, page by page."""
        self._view.list.select(key)
        self.open_selected()

    def view(self, key: Key) -> None:
        """Have a document opened beside the chat."""
        self._view.list.select(key)
        if self.selected_document is not None:
            self.view_wanted.emit()

    def summarise(self, key: Key) -> None:
        """Have a document summarised."""
        self._view.list.select(key)
        self.summary_wanted.emit()

    def _remove_pressed(self, key: Key) -> None:
        """Of a row that is selected, all that are: as Delete means it."""
        chosen = self._view.list.selected
        self.remove(*(chosen if key in chosen else (key,)))

    def remove(self, *keys: Key) -> None:
        """Take files off the list, watch folders no more, or remove documents, with a way back for some seconds."""
        items = [int(key[5:]) for key in keys if isinstance(key, str) and key.startswith("item ")]
        if items:
            self.do(lambda assistant: assistant.documents.take_out(*items))
        for key in keys:
            if isinstance(key, str) and key.startswith("source "):
                self.unwatch(SourceId(int(key[7:])), keep=True)
            elif isinstance(key, str) and key.startswith("collection "):
                self._discard(CollectionId(int(key[11:])))
            elif isinstance(key, str) and self._refused.pop(key, None) is not None:
                self._show()
        gone = [one for one in self.documents if one.id in keys]
        if not gone:
            return
        if len(gone) == 1:
            words = tr("“{title}” is removed.", title=title_of(gone[0]))
        else:
            words = tr("{n} documents are removed.", n=number(len(gone)))
        documents = tuple(one.id for one in gone)
        self._notice.say(
            words,
            action=tr("Undo"),
            act=lambda: self._restore(documents),
            gone=lambda: self._remove_for_good(documents),
            seconds=_UNDO_SECONDS,
        )
        self._removing.update(documents)
        self._show()

    def _discard(self, collection: CollectionId) -> None:
        """Move a collection with its documents to the trash, from where it can be had back."""
        name = next((one.name for one in self._seen.collections if one.id == collection), "")

        def discarded(_: None) -> None:
            self._notice.say(
                tr("“{name}” is in the trash, with its documents.", name=name),
                action=tr("Undo"),
                act=lambda: self.do(lambda assistant: assistant.documents.collections.restore(collection)),
                seconds=_UNDO_SECONDS,
            )

        self.do(lambda assistant: assistant.documents.collections.discard(collection), then=discarded)

    def _rename(self, key: Key, name: str) -> None:
        if isinstance(key, str) and key.startswith("collection "):
            collection = CollectionId(int(key[11:]))
            self.do(lambda assistant: assistant.documents.collections.rename(collection, name))

    def _restore(self, documents: Sequence[DocumentId]) -> None:
        self._removing.difference_update(documents)
        self._show()

    def _remove_for_good(self, documents: Sequence[DocumentId]) -> None:
        # What was removed is removed to the end: no wish to stop reaches it.
        for document in documents:
            self._tidy(partial(self._removal, document), partial(self._removing.discard, document))

    def _removal(self, document: DocumentId, assistant: Assistant) -> Iterator[Rebuilding]:
        return assistant.documents.remove(document, Stop())

    def unwatch(self, source: SourceId, keep: bool) -> None:
        """Watch a folder no more. keep: its documents stay."""
        self._tidy(lambda assistant: assistant.documents.unwatch(source, Stop(), keep), lambda: None)

    def _tidy(self, work: Callable[[Assistant], Iterator[Rebuilding]], done: Callable[[], None]) -> None:
        assistant = self._assistant
        if assistant is None:
            return

        def ended() -> None:
            self._view.tidying.hide()
            self._refresh(done)

        self._bridge.stream(
            lambda _: work(assistant),
            self._on_rebuilding,
            self.fault.emit,
            ended,
            Lane.DOCUMENTS,
        )

    def do(
        self, work: Callable[[Assistant], T], lane: Lane = Lane.VAULT, then: Callable[[T], None] = lambda _: None
    ) -> None:
        """Have something done behind the window, and look how things are then."""
        assistant = self._assistant

        def done(result: T) -> None:
            then(result)
            self._refresh()

        if assistant is not None:
            self._bridge.call(lambda: work(assistant), done, self.fault.emit, lane)

    def _on_rebuilding(self, event: Rebuilding) -> None:
        words = tr("Tidying up: {done} of {total} passages", done=number(event.done), total=number(event.total))
        self._view.tidying.show_progress(words, event.done / event.total if event.total else None)

    def _on_event(self, event: DocumentEvent) -> None:
        match event:
            case Reading(path, page, pages):
                words = tr("Reading page {page} of {pages}", page=number(page), pages=number(pages))
                self._put(path, words if pages else tr("Reading"), page / pages if pages else 0.0)
                self._show()
                return
            case Embedding(path, done, total, left):
                words = tr("Learning {done} of {total} passages", done=number(done), total=number(total))
                if left is not None:
                    words = tr("{words}, about {time} left", words=words, time=seconds(left))
                self._put(path, words, done / total if total else 1.0)
                self._show()
                return
            case Indexed(path, document):
                self._progress.pop(str(path), None)
                self.added.emit(document)
                announce(self._view, tr("{title} can be asked about now.", title=title_of(document)))
            case Learned(document):
                self._progress.pop(str(document.path), None)
            case NotAdded(path, what, do):
                self._progress.pop(str(path), None)
                if not any(item.path == path for item in self._seen.items):
                    words = f"{what} {do}".strip()
                    self._refused[str(path)] = Row(
                        str(path), path.name or str(path), words, tone=Tone.WARN, end="close",
                        picture=refused_picture(path),
                    )  # fmt: skip
                announce(self._view, what)
            case Working(status):
                self._view.show_status(status_words(status))
        self._refresh()

    def _put(self, path: Path, detail: str, share: float) -> None:
        picture = reading_picture(path, share)
        self._progress[str(path)] = Row(str(path), path.name, detail, progress=share, tone=Tone.BUSY, picture=picture)

    def _reading(self) -> bool:
        known = {str(one.path) for one in self._seen.documents}
        return any(key not in known for key in self._progress)

    def _failed(self, error: PrivetError) -> None:
        self.fault.emit(error)

    def _ended(self) -> None:
        self._progress.clear()
        self._show()

    def _refresh(self, then: Callable[[], None] = lambda: None) -> None:
        """Ask the engine how things are; while it is asked already, once more when it has answered."""
        assistant = self._assistant
        if assistant is None:
            return
        if self._asking:
            self._ask_again = True
            then()
            return
        self._asking = True
        documents, workspaces, workspace = assistant.documents, assistant.workspaces, self.workspace()

        def ask() -> Seen:
            collections, here = documents.collections.list(), workspaces.reach(workspace, EVERYTHING)
            known = documents.list(), documents.waiting(), documents.watched(), documents.status()
            return Seen(*known, collections, here)

        def answered(seen: Seen) -> None:
            self._asking = False
            then()
            self._listed(seen)
            if self._ask_again:
                self._ask_again = False
                self._refresh()

        def failed(error: PrivetError) -> None:
            self._asking = False
            self.fault.emit(error)

        self._bridge.call(ask, answered, failed)

    def _listed(self, seen: Seen) -> None:
        self._seen = seen
        waiting = {str(item.path) for item in seen.items if not item.failed}
        learning = {str(one.path) for one in seen.documents if one.unlearned}
        self._progress = {key: row for key, row in self._progress.items() if key in waiting or key in learning}
        failed = {str(item.path) for item in seen.items if item.failed}
        self._refused = {key: row for key, row in self._refused.items() if key not in failed}
        self._view.show_status(status_words(seen.status))
        self._show()

    def _show(self) -> None:
        there, listed, seen = self._there, self.documents, self._seen
        hidden = {str(one.path) for one in there} - {str(one.path) for one in listed}
        progress = {key: row for key, row in self._progress.items() if key not in hidden}
        rows = rows_of(listed, seen, progress, self._refused)
        self._view.show_documents(rows, self.adding, self.paused)
        more = len(there) - len(listed)
        if more:
            self._view.show_elsewhere(counted(more, "Show {n} of another workspace", "Show {n} of other workspaces"))
        else:
            others = self.everywhere and seen.here is not None and len(seen.here) < len(there)
            self._view.show_elsewhere(tr("Only those of this workspace") if others else "")
        self.changed.emit()
