"""Opens what a citation points to, draws what comes into sight, and searches in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage

from assistant.errors import PrivetError
from assistant.values import Citation, DocumentId, DrawnPage, FoundText, Opened, ShownText, Stop, Stretch
from ui.bridge import Bridge, Lane
from ui.i18n import number, tr
from ui.panels.viewer import CELLS, PAGES, TEXT, PageMarks, ViewerView
from ui.ports import Viewing
from ui.widgets import announce

_SEARCH_MILLISECONDS: Final = 180
_SPOKEN: Final = 400  # characters of a quote that are read aloud


@dataclass(frozen=True, slots=True)
class _Look:
    """A page as it came: its picture, made off the window's thread, and what is marked on it."""

    page: DrawnPage
    image: QImage
    marks: PageMarks


class ViewerPresenter(QObject):
    """`shown`: a document is there to be looked at. `closed`: the person wants the viewer away. `fault`: a PrivetError.

    `followed`: which citation it shows now (its number in the answer).
    """

    shown = Signal()
    closed = Signal()
    followed = Signal(int)
    fault = Signal(object)

    def __init__(self, bridge: Bridge, view: ViewerView, viewing: Viewing) -> None:
        super().__init__(view)
        self._bridge, self._view, self._viewing = bridge, view, viewing
        self._citations: tuple[Citation, ...] = ()
        self._at = 0
        self._opened: Opened | None = None
        self._turn = 0  # what was asked for before another document was opened is not shown any more
        self._number = 1  # of the page of the text
        self._words: dict[int, DrawnPage] = {}  # pages that are kept, without their points
        self._wanted: dict[int, int] = {}  # pages that are being drawn, and how wide
        self._sought = ""
        self._found: tuple[FoundText, ...] = ()
        self._found_at = 0
        self._goes_to_found = True
        self._searching = Stop()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SEARCH_MILLISECONDS)
        self._soon.timeout.connect(self._search)
        view.pages.wanted.connect(self._draw)
        view.pages.moved.connect(lambda page: self._show_place())
        view.pages.zoomed.connect(self._show_place)
        view.stepped.connect(self.step)
        view.turned.connect(self.turn)
        view.searched.connect(lambda words: self._typed())
        view.found_stepped.connect(self.step_found)
        view.copied.connect(self.copy)
        view.outside.connect(self.ask_outside)
        view.switched.connect(self.switch)
        view.closed.connect(self.closed)

    @property
    def opened(self) -> Opened | None:
        """The document that is shown."""
        return self._opened

    @property
    def citation(self) -> Citation | None:
        """The citation that it is shown for."""
        return self._citations[self._at] if self._citations else None

    def open(self, number: int, citations: Sequence[Citation]) -> None:
        """Show the document of a citation at its passage; the others can be stepped through."""
        there = [citation for citation in citations if citation.document_id is not None]
        place = next((place for place, citation in enumerate(there) if citation.number == number), None)
        if place is not None:
            self._citations, self._at = tuple(there), place
            self._load()

    def step(self, by: int) -> None:
        """Go to the next (1) or the previous (-1) citation."""
        if 0 <= self._at + by < len(self._citations):
            self._at += by
            self._load()
            self.followed.emit(self._citations[self._at].number)

    # --- opening ----------------------------------------------------------------------------

    def _load(self) -> None:
        citation = self._citations[self._at]
        document = citation.document_id
        assert document is not None
        self._turn += 1
        turn, viewing = self._turn, self._viewing
        self._view.show_place(citation.place, self._at, len(self._citations))
        self._bridge.call(
            lambda: viewing.open(document, citation),
            lambda opened: self._show(turn, opened),
            self.fault.emit,
            Lane.VIEWER,
        )

    def _show(self, turn: int, opened: Opened) -> None:
        if turn != self._turn:
            return
        before, self._opened = self._opened, opened
        same = before is not None and before.document == opened.document and before.sizes == opened.sizes
        self._number = opened.page
        self._view.show_document(opened.document.title, opened.why)
        self._forget_search()
        if not same:
            self._words.clear()
        self._wanted.clear()
        self.shown.emit()
        if opened.sizes:
            self._view.show_part(PAGES, switchable=True)
            if not same:
                self._view.pages.set_pages(opened.sizes)
            self._view.pages.clear_marks()
            self._view.pages.go_to(opened.page)
            self._mark_again()
        elif opened.table is not None:
            self._view.show_part(CELLS, switchable=True)
            self._view.show_table(opened.table)
        else:
            self._view.show_part(TEXT, switchable=False)
            self._show_text(opened.page)
        self._show_place()
        self._speak()

    def _speak(self) -> None:
        """For who hears the screen: what is open, where, and what is marked."""
        opened, citation = self._opened, self.citation
        if opened is None or citation is None:
            return
        quote = citation.text[citation.start : citation.end] or citation.text
        self._view.pages.setAccessibleDescription(quote)
        self._view.pages.setAccessibleName(
            tr("{document}, {place}", document=opened.document.title, place=citation.place)
        )
        announce(
            self._view,
            tr("{document}, {place}. Marked: {quote}", document=opened.document.title, place=citation.place,
               quote=quote[:_SPOKEN]),
        )  # fmt: skip

    def _show_place(self) -> None:
        opened = self._opened
        if opened is None:
            return
        part = self._view.shown
        pages = len(opened.sizes) if part == PAGES else len(opened.numbers)
        at = self._view.pages.current if part == PAGES else self._number
        if part == CELLS:
            words = self.citation.place if self.citation else ""
        elif part == TEXT and not opened.document.pages:
            words = tr("part {n} of {all}", n=number(at), all=number(pages)) if pages > 1 else ""
        else:
            unit = tr(opened.document.unit.value)
            words = tr("{unit} {n} of {all}", unit=unit, n=number(at), all=number(pages))
        if part == PAGES:
            words = tr("{place}, {n} percent", place=words, n=number(self._view.pages.zoom))
        self._view.show_place(words, self._at, len(self._citations))

    # --- pages as pictures ------------------------------------------------------------------

    def _draw(self, page: int, width: int) -> None:
        opened = self._opened
        if opened is None or self._wanted.get(page) == width:
            return
        self._wanted[page] = width
        turn, document = self._turn, opened.document.id
        sought, citation = self._sought, self._citation_on(page)
        viewing, wanted, wants = self._viewing, self._wanted, self._view.pages.wants

        def work() -> _Look | None:
            # Scrolled past meanwhile, or wanted in another size by now.
            return _look(viewing, document, page, width, citation, sought) if wanted.get(page) == width else None

        def failed(error: PrivetError) -> None:
            if turn == self._turn and wants(page):
                self._not_drawn(page, error)

        self._bridge.call(work, lambda look: self._drawn(turn, page, width, sought, look), failed, Lane.VIEWER)

    def _drawn(self, turn: int, page: int, width: int, sought: str, look: _Look | None) -> None:
        if self._wanted.get(page) == width:
            del self._wanted[page]
        if look is None or turn != self._turn:
            return
        self._view.pages.put(page, look.image, look.page.words)
        self._words[page] = look.page
        for gone in self._words.keys() - self._view.pages.kept:
            del self._words[gone]
        if sought == self._sought:
            self._view.pages.mark(page, look.marks)
        else:  # other words are searched by now
            self._mark_again([page])
        for old in [one for one in self._wanted if not self._view.pages.wants(one)]:
            del self._wanted[old]

    def _not_drawn(self, page: int, error: PrivetError) -> None:
        """A page that can't be drawn is shown as its text, with a sentence about it; beside another it is empty."""
        if self._opened is None or self._view.shown != PAGES:
            return
        self._view.pages.refuse(page, error.what)
        if page == self._view.pages.current:
            self._view.show_document(self._opened.document.title, error.what)
            self._view.show_part(TEXT, switchable=True)
            self._show_text(page)
            self._show_place()

    def _citation_on(self, page: int) -> Citation | None:
        """The citation, on the pages that its passage may stand on."""
        opened = self._opened
        return self.citation if opened is not None and page in opened.marked else None

    def _mark_again(self, pages: Sequence[int] | None = None) -> None:
        """Mark on pages that are drawn already, on all of them if None."""
        viewing, turn = self._viewing, self._turn
        for page, words in list(self._words.items()):
            if pages is not None and page not in pages:
                continue
            citation, sought = self._citation_on(page), self._sought
            self._bridge.call(
                lambda words=words, citation=citation, sought=sought: _marks(viewing, words, citation, sought),  # type: ignore[misc]
                lambda marks, page=page: self._view.pages.mark(page, marks) if turn == self._turn else None,  # type: ignore[misc]
                self.fault.emit,
                Lane.VIEWER,
            )

    # --- text -------------------------------------------------------------------------------

    def switch(self) -> None:
        """Show the text instead of what the document looks like, or the other way round."""
        opened = self._opened
        if opened is None or not (opened.sizes or opened.table):
            return
        if self._view.shown != TEXT:
            page = self._view.pages.current if opened.sizes else opened.page
            self._view.show_part(TEXT, switchable=True)
            self._show_text(page)
        elif opened.sizes:
            self._view.show_part(PAGES, switchable=True)
            self._view.pages.go_to(self._number)
        else:
            self._view.show_part(CELLS, switchable=True)
        self._show_place()
        self._view.take_focus()

    def turn(self, by: int) -> None:
        """Go to the next (1) or previous (-1) page."""
        opened = self._opened
        if opened is None:
            return
        if self._view.shown == PAGES:
            self._view.pages.turn_to(self._view.pages.current + by)
        elif self._number + by in opened.numbers:
            self._show_text(self._number + by)
            self._show_place()

    def _show_text(self, page: int, at: int | None = None) -> None:
        """Show a page's text. at: which of the places found on it is gone to."""
        opened = self._opened
        assert opened is not None
        self._number = page
        turn, viewing, document = self._turn, self._viewing, opened.document.id
        citation = self._citation_on(page)
        self._bridge.call(
            lambda: viewing.text(document, page, citation),
            lambda shown: self._text_came(turn, shown, at),
            self.fault.emit,
            Lane.VIEWER,
        )

    def _text_came(self, turn: int, shown: ShownText, at: int | None) -> None:
        opened = self._opened
        if turn != self._turn or shown.page.number != self._number or opened is None:
            return
        text = shown.page.text or tr("There is no text on this page.")
        self._view.text.show_text(text, shown.marked, opened.mail)
        self._view.text.setAccessibleName(
            tr("{document}, text of {unit} {n}", document=opened.document.title, unit=tr(opened.document.unit.value),
               n=number(shown.page.number))
        )  # fmt: skip
        found = [Stretch(one.start, one.end) for one in self._found if one.page == shown.page.number]
        if found:
            self._view.text.show_found(found, at)

    # --- search -----------------------------------------------------------------------------

    def _typed(self) -> None:
        self._goes_to_found = True
        self._soon.start()

    def _search(self) -> None:
        opened, words = self._opened, self._view.search.text().strip()
        self._searching.set()
        if opened is None or words == self._sought:
            return
        self._sought, self._found = words, ()
        if not words:
            self._view.show_found(None, None)
            self._mark_again()
            return
        stop = self._searching = Stop()
        viewing, document = self._viewing, opened.document.id
        self._bridge.call(
            lambda: viewing.find(document, words, stop),
            lambda found: self._found_them(words, found),
            self.fault.emit,
            Lane.SEARCH,
        )

    def _found_them(self, words: str, found: tuple[FoundText, ...]) -> None:
        if words != self._sought:
            return
        self._found = found
        here = self._view.pages.current if self._view.shown == PAGES else self._number
        self._found_at = next((at for at, one in enumerate(found) if one.page >= here), 0)
        self._view.show_found(self._found_at, len(found))
        self._mark_again()
        goes, self._goes_to_found = self._goes_to_found, True
        if found and goes:
            self._go_to_found()
        elif found and self._view.shown == TEXT:
            self._show_text(self._number)

    def step_found(self, by: int) -> None:
        """Go to the next (1) or previous (-1) place with the words that are searched."""
        self._goes_to_found = True
        if self._soon.isActive():
            self._soon.stop()
            self._search()
        elif self._found:
            self._found_at = (self._found_at + by) % len(self._found)
            self._view.show_found(self._found_at, len(self._found))
            self._go_to_found()

    def _go_to_found(self) -> None:
        found = self._found[self._found_at]
        if self._view.shown == PAGES:
            self._view.pages.show_found(found.page, found.nth)
            return
        if self._view.shown == CELLS:
            self._view.show_part(TEXT, switchable=True)
        self._show_text(found.page, found.nth)
        self._show_place()

    def _forget_search(self) -> None:
        self._searching.set()
        self._sought, self._found = "", ()
        if self._view.searching:  # the words that stand there are searched in this document too
            self._goes_to_found = False  # what was asked for now is the citation
            self._soon.start()

    # --- taking along -----------------------------------------------------------------------

    def copy(self) -> None:
        """Put what is selected, or else what answers, on the clipboard, with title and page behind it."""
        opened, citation = self._opened, self.citation
        if opened is None:
            return
        selected = self._view.selected
        quote = selected or (citation.text[citation.start : citation.end] or citation.text if citation else "")
        place = citation.place if citation else ""
        if selected and self._view.shown != CELLS:
            at = self._view.pages.current if self._view.shown == PAGES else self._number
            place = f"{tr(opened.document.unit.value)} {at}" if opened.document.pages else place
        reference = ", ".join(part for part in (opened.document.title, place) if part)
        QGuiApplication.clipboard().setText(f"“{' '.join(quote.split())}” ({reference})")
        self._view.ask.say(tr("Copied, with its reference."), seconds=4)

    def ask_outside(self) -> None:
        """Ask whether the file is to be opened in the program that the system has for it."""
        if self._opened is None:
            return
        path = self._opened.document.path
        self._view.ask.say(
            tr("{path} would open in another program, which may reach a network.", path=path),
            action=tr("Open it there"),
            act=lambda: self._open_outside(path),
        )

    def _open_outside(self, path: Path) -> None:
        if not path.is_file() or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._view.ask.say(tr("{path} could not be opened.", path=path), tr("See whether it is still there."))


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
