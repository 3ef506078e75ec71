"""Has the pages in sight drawn off the window's thread, and marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from assistant.errors import PrivetError
from assistant.values import Citation, DocumentId, DrawnPage, Opened
from ui.bridge import Bridge, Lane
from ui.panels.viewer import PageArea, PageMarks
from ui.ports import Viewing


@dataclass(frozen=True, slots=True)
class _Look:
    """A page as it came: its picture, made off the window's thread, and what is marked on it."""

    page: DrawnPage
    image: QImage
    marks: PageMarks


class PageDrawing(QObject):
    """`torn`: a page in sight can't be drawn (its number, a sentence). `fault`: a PrivetError."""

    torn = Signal(int, str)
    fault = Signal(object)

    def __init__(self, bridge: Bridge, area: PageArea, viewing: Viewing) -> None:
        super().__init__(area)
        self._bridge, self._area, self._viewing = bridge, area, viewing
        self._opened: Opened | None = None
        self._citation: Citation | None = None
        self._round = 0  # what was asked for before another document was opened is not shown any more
        self._words: dict[int, DrawnPage] = {}  # pages that are kept, without their points
        self._wanted: dict[int, int] = {}  # pages that are being drawn, and how wide
        self._sought = ""
        area.wanted.connect(self._draw)

    def begin(self, opened: Opened, citation: Citation | None, same: bool) -> None:
        """Draw pages of this document from now on. same: those that are drawn already are its own."""
        self._round += 1
        self._opened, self._citation = opened, citation
        self._sought = ""
        self._wanted.clear()
        if not same:
            self._words.clear()
            self._area.set_pages(opened.sizes)
        self._area.clear_marks()

    def seek(self, words: str) -> None:
        """Mark these words on the pages; "" for none."""
        self._sought = words
        self.mark_again()

    def citation_on(self, page: int) -> Citation | None:
        """The citation, on the pages that its passage may stand on."""
        return self._citation if self._opened is not None and page in self._opened.marked else None

    def mark_again(self, pages: Sequence[int] | None = None) -> None:
        """Mark on pages that are drawn already, on all of them if None."""
        viewing, turn = self._viewing, self._round
        for page, words in list(self._words.items()):
            if pages is not None and page not in pages:
                continue
            citation, sought = self.citation_on(page), self._sought
            self._bridge.call(
                lambda words=words, citation=citation, sought=sought: _marks(viewing, words, citation, sought),  # type: ignore[misc]
                lambda marks, page=page: self._area.mark(page, marks) if turn == self._round else None,  # type: ignore[misc]
                self.fault.emit,
                Lane.VIEWER,
            )

    def _draw(self, page: int, width: int) -> None:
        opened = self._opened
        if opened is None or self._wanted.get(page) == width:
            return
        self._wanted[page] = width
        turn, document = self._round, opened.document.id
        sought, citation = self._sought, self.citation_on(page)
        viewing, wanted, wants = self._viewing, self._wanted, self._area.wants

        def work() -> _Look | None:
            # Scrolled past meanwhile, or wanted in another size by now.
            return _look(viewing, document, page, width, citation, sought) if wanted.get(page) == width else None

        def failed(error: PrivetError) -> None:
            if turn == self._round and wants(page):
                self.torn.emit(page, error.what)

        self._bridge.call(work, lambda look: self._drawn(turn, page, width, sought, look), failed, Lane.VIEWER)

    def _drawn(self, turn: int, page: int, width: int, sought: str, look: _Look | None) -> None:
        if self._wanted.get(page) == width:
            del self._wanted[page]
        if look is None or turn != self._round:
            return
        self._area.put(page, look.image, look.page.words)
        self._words[page] = look.page
        for gone in self._words.keys() - self._area.kept:
            del self._words[gone]
        if sought == self._sought:
            self._area.mark(page, look.marks)
        else:  # other words are searched by now
            self.mark_again([page])
        for old in [one for one in self._wanted if not self._area.wants(one)]:
            del self._wanted[old]


def _look(
    viewing: Viewing, document: DocumentId, page: int, width: int, citation: Citation | None, sought: str
) -> _Look:
    drawn = viewing.draw(document, page, width)
    stride = 4 * drawn.width
    image = QImage(drawn.data, drawn.width, drawn.height, stride, QImage.Format.Format_RGB32).copy()
    return _Look(replace(drawn, data=b""), image, _marks(viewing, drawn, citation, sought))


def _marks(viewing: Viewing, page: DrawnPage, citation: Citation | None, sought: str) -> PageMarks:
    passage, quote = viewing.marked(page, citation) if citation is not None else ((), ())
    return PageMarks(passage, quote, viewing.found(page, sought) if sought else ())
