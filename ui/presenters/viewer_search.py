"""Searches in the document that is looked at, while the words are typed, and goes from place to place."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from assistant.values import DocumentId, FoundText, Stop, Stretch
from ui.bridge import Bridge, Lane
from ui.panels.viewer import ViewerView
from ui.ports import Viewing

_SEARCH_MILLISECONDS: Final = 180


class DocumentSearch(QObject):
    """`sought`: other words are searched, "" for none. `found`: where they are is known. `gone_to`: a FoundText.

    `fault`: a PrivetError.
    """

    sought = Signal(str)
    found = Signal()
    gone_to = Signal(object)
    fault = Signal(object)

    def __init__(self, bridge: Bridge, view: ViewerView, viewing: Viewing) -> None:
        super().__init__(view)
        self._bridge, self._view, self._viewing = bridge, view, viewing
        self._document: DocumentId | None = None
        self._here = 1
        self._words = ""
        self._found: tuple[FoundText, ...] = ()
        self._at = 0
        self._goes = True
        self._stop = Stop()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SEARCH_MILLISECONDS)
        self._soon.timeout.connect(self._search)
        view.searched.connect(lambda words: self._typed())
        view.found_stepped.connect(self.step)

    def begin(self, document: DocumentId) -> None:
        """Search in this document from now on; the words that stand in the field are searched in it too."""
        self._stop.set()
        self._document, self._words, self._found = document, "", ()
        if self._view.searching:
            self._goes = False  # what was asked for now is the citation
            self._soon.start()

    def look_at(self, page: int) -> None:
        """The page that is in sight: a search begins with it."""
        self._here = page

    def on(self, page: int) -> list[Stretch]:
        """Where the words are in a page's text."""
        return [Stretch(one.start, one.end) for one in self._found if one.page == page]

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) place with the words that are searched."""
        self._goes = True
        if self._soon.isActive():
            self._soon.stop()
            self._search()
        elif self._found:
            self._at = (self._at + by) % len(self._found)
            self._view.show_found(self._at, len(self._found))
            self.gone_to.emit(self._found[self._at])

    def _typed(self) -> None:
        self._goes = True
        self._soon.start()

    def _search(self) -> None:
        document, words = self._document, self._view.search.text().strip()
        self._stop.set()
        if document is None or words == self._words:
            return
        self._words, self._found = words, ()
        if not words:
            self._view.show_found(None, None)
            self.sought.emit("")
            return
        stop = self._stop = Stop()
        viewing = self._viewing
        self._bridge.call(
            lambda: viewing.find(document, words, stop),
            lambda found: self._came(words, found),
            self.fault.emit,
            Lane.SEARCH,
        )

    def _came(self, words: str, found: tuple[FoundText, ...]) -> None:
        if words != self._words:
            return
        self._found = found
        self._at = next((at for at, one in enumerate(found) if one.page >= self._here), 0)
        self._view.show_found(self._at, len(found))
        self.sought.emit(words)
        goes, self._goes = self._goes, True
        if found and goes:
            self.gone_to.emit(found[self._at])
        elif found:
            self.found.emit()
