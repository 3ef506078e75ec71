"""Adds and removes documents and keeps a row for each, also for those that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from assistant.errors import PrivetError
from assistant.values import (
    AddFinished,
    DocumentEvent,
    DocumentId,
    DocumentInfo,
    Embedding,
    Indexed,
    NotAdded,
    Reading,
    Rebuilding,
    Stop,
)
from ui.bridge import Bridge, Lane, Task
from ui.i18n import counted, number, seconds, tr
from ui.lists import Key, Row, Tone
from ui.panels.library import LibraryView
from ui.ports import Assistant
from ui.widgets import Banner, announce

_UNDO_SECONDS: Final = 8.0
_READING_SHARE: Final = 0.3  # of the time a file takes, roughly; the rest is embedding


class LibraryPresenter(QObject):
    """`added`: a document can be asked about now (DocumentInfo). `fault`: a PrivetError."""

    added = Signal(object)
    begun = Signal()
    fault = Signal(object)
    changed = Signal()

    def __init__(self, bridge: Bridge, view: LibraryView, notice: Banner) -> None:
        super().__init__(view)
        self._bridge = bridge
        self._view = view
        self._notice = notice
        self._assistant: Assistant | None = None
        self._documents: tuple[DocumentInfo, ...] = ()
        self._removing: set[DocumentId] = set()
        self._rows: dict[str, Row] = {}  # by path: files on their way, and those that could not be read
        self._tasks: list[Task] = []
        view.list.removed.connect(self.remove)
        view.list.menu_for = self._menu

    @property
    def documents(self) -> tuple[DocumentInfo, ...]:
        """The documents as listed."""
        return tuple(one for one in self._documents if one.id not in self._removing)

    @property
    def adding(self) -> bool:
        """True while files are being added or wait for it."""
        return any(not task.ended for task in self._tasks)

    @property
    def selected(self) -> Key | None:
        """The key of the selected row."""
        return self._view.list.current

    def attach(self, assistant: Assistant) -> None:
        """List the documents of an engine that is open now."""
        self._assistant = assistant
        self._refresh()

    def add(self, paths: Sequence[Path]) -> None:
        """Add files and folders; more can be added while these are read."""
        assistant = self._assistant
        if assistant is None or not paths:
            return
        paths = tuple(path.absolute() for path in paths)
        self.begun.emit()
        for path in paths:
            if path.is_file():
                self._rows[str(path)] = Row(str(path), path.name, tr("Waiting"), progress=0.0, tone=Tone.BUSY)
        self._tasks.append(
            self._bridge.stream(
                lambda stop: assistant.documents.add(paths, stop),
                self._on_event,
                self.fault.emit,
                self._ended,
                Lane.DOCUMENTS,
            )
        )
        self._show()

    def stop_adding(self) -> None:
        """Stop what is being added; files that are in already stay."""
        for task in self._tasks:
            task.stop.set()

    def remove(self, key: Key) -> None:
        """Dismiss a line about a file, or remove a document, with a way back for some seconds."""
        if isinstance(key, str):
            if self._rows.get(key) is not None and self._rows[key].tone is Tone.WARN:
                del self._rows[key]
                self._show()
            return
        document = next((one for one in self.documents if one.id == key), None)
        if document is None:
            return
        self._notice.say(
            tr("“{title}” is removed.", title=_title(document)),
            action=tr("Undo"),
            act=lambda: self._restore(document.id),
            gone=lambda: self._remove_for_good(document.id),
            seconds=_UNDO_SECONDS,
        )
        self._removing.add(document.id)
        self._show()

    def _restore(self, document: DocumentId) -> None:
        self._removing.discard(document)
        self._show()

    def _remove_for_good(self, document: DocumentId) -> None:
        assistant = self._assistant
        if assistant is None:
            return

        def failed(error: PrivetError) -> None:
            self._removing.discard(document)
            self.fault.emit(error)

        self._bridge.stream(
            # What was removed is removed to the end: no wish to stop reaches it.
            lambda _: assistant.documents.remove(document, Stop()),
            self._on_rebuilding,
            failed,
            lambda: self._removed(document),
            Lane.DOCUMENTS,
        )

    def _removed(self, document: DocumentId) -> None:
        if document in self._removing:
            self._documents = tuple(one for one in self._documents if one.id != document)
            self._removing.discard(document)
        self._view.tidying.hide()
        self._refresh()

    def _on_rebuilding(self, event: Rebuilding) -> None:
        words = tr("Tidying up: {done} of {total} passages", done=number(event.done), total=number(event.total))
        self._view.tidying.show_progress(words, event.done / event.total if event.total else None)

    def _on_event(self, event: DocumentEvent) -> None:
        match event:
            case Reading(path, page, pages):
                words = tr("Reading page {page} of {pages}", page=number(page), pages=number(pages))
                share = page / pages * _READING_SHARE if pages else 0.0
                self._put(path, words if pages else tr("Reading"), share)
            case Embedding(path, done, total, left):
                words = tr("Learning {done} of {total} passages", done=number(done), total=number(total))
                if left is not None:
                    words = tr("{words}, about {time} left", words=words, time=seconds(left))
                share = done / total if total else 1.0
                self._put(path, words, _READING_SHARE + (1 - _READING_SHARE) * share)
            case Indexed(path, document):
                self._rows.pop(str(path), None)
                self._documents = (document, *(one for one in self._documents if one.id != document.id))
                self.added.emit(document)
                announce(self._view, tr("{title} can be asked about now.", title=_title(document)))
            case NotAdded(path, what, do):
                self._rows[str(path)] = Row(
                    str(path), path.name or str(path), f"{what} {do}".strip(), tone=Tone.WARN, end="close"
                )
                announce(self._view, what)
            case AddFinished():
                pass
        self._show()

    def _put(self, path: Path, detail: str, share: float) -> None:
        self._rows[str(path)] = Row(str(path), path.name, detail, progress=share, tone=Tone.BUSY)

    def _ended(self) -> None:
        self._tasks = [task for task in self._tasks if not task.ended]
        if not self.adding:
            self._rows = {key: row for key, row in self._rows.items() if row.tone is Tone.WARN}
        self._refresh()

    def _refresh(self) -> None:
        if self._assistant is not None:
            self._bridge.call(self._assistant.documents.list, self._listed, self.fault.emit)

    def _listed(self, documents: tuple[DocumentInfo, ...]) -> None:
        self._documents = documents
        self._show()

    def _show(self) -> None:
        rows = [*self._rows.values(), *(_row(document) for document in self.documents)]
        self._view.show_documents(rows, self.adding)
        self.changed.emit()

    def _menu(self, key: Key) -> QMenu | None:
        if isinstance(key, str) and self._rows[key].tone is not Tone.WARN:
            return None
        menu = QMenu(self._view)
        menu.addAction(tr("Dismiss") if isinstance(key, str) else tr("Remove"), lambda: self.remove(key))
        return menu


def _title(document: DocumentInfo) -> str:
    return document.title or document.path.name


def _row(document: DocumentInfo) -> Row:
    if document.pages:
        detail = counted(document.pages, "{n} page", "{n} pages")
    else:
        detail = counted(document.passages, "{n} passage", "{n} passages")
    if document.warnings:
        detail = f"{detail}. {document.warnings[0]}"
    return Row(int(document.id), _title(document), detail, end="trash")
