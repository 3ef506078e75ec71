"""The order of the files that wait: changed by keys, from the menu or by dragging, several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from assistant.values import QueueItem
from ui.i18n import number, tr
from ui.lists import Key
from ui.panels.library import LibraryView
from ui.ports import Assistant, Documents
from ui.widgets import announce

if TYPE_CHECKING:
    from ui.presenters.library import LibraryPresenter


class QueueOrder:
    """The vault keeps the order, so that it outlives the window; the list shows what came of it."""

    def __init__(self, library: LibraryPresenter, view: LibraryView) -> None:
        self._library, self._view = library, view
        view.list.dragged.connect(self._dragged)

    @property
    def chosen(self) -> tuple[Key, ...]:
        """The selected rows that are files which wait."""
        waiting = {f"item {item.id}" for item in self._library.seen.waiting}
        return tuple(key for key in self._view.list.selected if key in waiting)

    def put_first(self, keys: Sequence[Key]) -> None:
        """Let files be the next."""
        self._change(keys, lambda documents, items: documents.put_first(*items))

    def put_last(self, keys: Sequence[Key]) -> None:
        """Let files be the last."""
        self._change(keys, lambda documents, items: documents.put_last(*items))

    def shift(self, keys: Sequence[Key], by: int) -> None:
        """Let files come one place sooner (-1) or later (1)."""
        self._change(keys, lambda documents, items: documents.shift(by, *items))

    def _dragged(self, keys: Sequence[Key], before: Key | None) -> None:
        if before is None:
            self.put_last(keys)
        else:
            (other,) = _items((before,))
            self._change(keys, lambda documents, items: documents.put_before(other, *items))

    def _change(self, keys: Sequence[Key], change: Callable[[Documents, list[int]], None]) -> None:
        items = _items(keys)

        def work(assistant: Assistant) -> tuple[QueueItem, ...]:
            change(assistant.documents, items)
            return tuple(item for item in assistant.documents.waiting() if not item.failed)

        if items:
            self._library.do(work, then=lambda waiting: self._say(items, waiting))

    def _say(self, items: Sequence[int], waiting: Sequence[QueueItem]) -> None:
        """For who hears the screen: where they stand now."""
        places = [place for place, item in enumerate(waiting, 1) if item.id in items]
        if places:
            files = waiting[places[0] - 1].path.name
            if len(places) > 1:
                files = tr("{n} files", n=number(len(places)))
            words = tr("{files}: place {n} of {all}", files=files, n=number(places[0]), all=number(len(waiting)))
            announce(self._view, words)


def _items(keys: Sequence[Key]) -> list[int]:
    return [int(key[5:]) for key in keys if isinstance(key, str) and key.startswith("item ")]
