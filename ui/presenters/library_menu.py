"""What can be done with a row of the documents, as its menu."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from assistant.values import CollectionId, DocumentId, DocumentInfo, QueueItem, SourceId, SourceInfo
from ui.bridge import Lane
from ui.i18n import tr
from ui.lists import Key
from ui.panels.library import LibraryView
from ui.ports import Assistant
from ui.presenters.library_rows import patterns

if TYPE_CHECKING:
    from ui.presenters.library import LibraryPresenter


class LibraryMenu:
    """Made anew for each row; what is chosen in it, the presenter does."""

    def __init__(self, library: LibraryPresenter, view: LibraryView) -> None:
        self._library, self._view = library, view

    def make(self, key: Key) -> QMenu | None:
        """The menu of a row, None where nothing can be done with it."""
        menu, library = QMenu(self._view), self._library
        if not isinstance(key, str):
            menu.addAction(tr("Open"), lambda: library.view(key))
            menu.addAction(tr("Look at its pages"), lambda: library.open(key))
            menu.addAction(tr("Summarise"), lambda: library.summarise(key))
            menu.addAction(tr("Remove"), lambda: self._remove(key))
            document = next((one for one in library.documents if one.id == key), None)
            if document is not None:
                self._offer_collections(menu, document)
                self._offer_leaving_out(menu, document)
            return menu
        kind, _, rest = key.partition(" ")
        if kind == "item":
            item = next((one for one in library.seen.items if str(one.id) == rest), None)
            if item is None:
                return None
            self._offer_order(menu, key, item)
            menu.addAction(tr("Take off the list"), lambda: self._remove(key))
        elif kind == "collection":
            menu.addAction(tr("Rename…"), lambda: self._view.list.rename(key))
            menu.addAction(tr("Move to the trash, with its documents"), lambda: library.remove(key))
        elif kind == "source":
            self._offer_watching(menu, SourceId(int(rest)))
        elif key in library.refused:
            menu.addAction(tr("Dismiss"), lambda: library.remove(key))
        else:
            return None
        return menu

    def _chosen(self, key: Key) -> tuple[Key, ...]:
        """What is selected, if this row is; else this row."""
        chosen = self._view.list.selected
        return chosen if key in chosen else (key,)

    def _remove(self, key: Key) -> None:
        self._library.remove(*self._chosen(key))

    def _offer_order(self, menu: QMenu, key: Key, item: QueueItem) -> None:
        if item.failed:
            menu.addAction(tr("Try again"), lambda: self._library.do(lambda one: one.documents.retry((item.id,))))
            return
        order, chosen = self._library.order, self._chosen(key)
        menu.addAction(tr("Read next"), lambda: order.put_first(chosen))
        menu.addAction(tr("Read sooner"), lambda: order.shift(chosen, -1))
        menu.addAction(tr("Read later"), lambda: order.shift(chosen, 1))
        menu.addAction(tr("Read last"), lambda: order.put_last(chosen))

    def _offer_watching(self, menu: QMenu, source: SourceId) -> None:
        library = self._library
        watched = next((one for one in library.seen.sources if one.id == source), None)
        if watched is not None and patterns(watched):
            menu.addAction(tr("Leave nothing out any more"), lambda: self._leave_out(watched, ()))
        menu.addAction(tr("Watch no more, keep its documents"), lambda: library.unwatch(source, keep=True))
        menu.addAction(tr("Watch no more, forget its documents"), lambda: library.unwatch(source, keep=False))

    def _offer_collections(self, menu: QMenu, document: DocumentInfo) -> None:
        """Put documents under one of the names there are, under the folder's, or under none."""
        collections = self._library.seen.collections
        chosen = tuple(one.id for one in self._library.documents if one.id in self._chosen(document.id))
        folder = document.path.parent.name
        inside = menu.addMenu(tr("Put into a collection"))
        for collection in collections:
            if collection.id != document.collection or len(chosen) > 1:
                inside.addAction(collection.name, partial(self._put_into, chosen, collection.id))
        if folder and folder.casefold() not in (one.name.casefold() for one in collections):
            inside.addAction(tr("A new one: “{name}”", name=folder), partial(self._put_into_new, chosen, folder))
        if document.collection is not None:
            menu.addAction(tr("Take out of its collection"), partial(self._put_into, chosen, None))

    def _put_into(self, documents: tuple[DocumentId, ...], collection: CollectionId | None) -> None:
        self._library.do(lambda assistant: assistant.documents.collections.put(documents, collection))

    def _put_into_new(self, documents: tuple[DocumentId, ...], name: str) -> None:
        workspace = self._library.workspace()

        def put(assistant: Assistant) -> None:
            collections = assistant.documents.collections
            collections.put(documents, collections.create(name, workspace))

        self._library.do(put)

    def _offer_leaving_out(self, menu: QMenu, document: DocumentInfo) -> None:
        """Of a watched folder: leave out what ends as this document does."""
        source = next((one for one in self._library.seen.sources if one.id == document.source), None)
        ending = document.path.suffix
        if source is not None and ending:
            pattern = f"*{ending}"
            words = tr("Leave out {pattern} in “{folder}”", pattern=pattern, folder=source.path.name)
            menu.addAction(words, lambda: self._leave_out(source, (*patterns(source), pattern)))

    def _leave_out(self, source: SourceInfo, wanted: Sequence[str]) -> None:
        self._library.do(lambda one: one.documents.watch(source.path, wanted, source.collection), Lane.FILES)
