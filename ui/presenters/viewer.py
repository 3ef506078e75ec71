"""Opens what a citation points to, or a document as such, and keeps its page, its text and its marks together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from assistant.settings import Option, Settings, options
from assistant.values import Citation, DocumentId, FoundText, Opened, PageHow, PageText, ShownText
from ui.bridge import Bridge, Lane
from ui.i18n import number, tr
from ui.panels.viewer import CELLS, PAGES, TEXT, ViewerView
from ui.ports import Viewing
from ui.presenters.viewer_drawing import PageDrawing
from ui.presenters.viewer_search import DocumentSearch
from ui.widgets import announce

T = TypeVar("T", bool, int)
_SPOKEN: Final = 400  # characters of a quote that are read aloud
_KEEP_MILLISECONDS: Final = 600


class ViewerPresenter(QObject):
    """`shown`: a document is there to be looked at. `closed`: the person wants the viewer away. `fault`: a PrivetError.

    `followed`: which citation it shows now (its number in the answer).
    """

    shown = Signal()
    closed = Signal()
    followed = Signal(int)
    fault = Signal(object)

    def __init__(self, bridge: Bridge, view: ViewerView, viewing: Viewing, settings: Settings) -> None:
        super().__init__(view)
        self._bridge, self._view, self._viewing, self._settings = bridge, view, viewing, settings
        self._citations: tuple[Citation, ...] = ()
        self._at = 0
        self._document: DocumentId | None = None
        self._opened: Opened | None = None
        self._turn = 0  # what was asked for before another document was opened is not shown any more
        self._number = 1  # of the page of the text
        self._beside = settings.get(options.VIEWER_BESIDE)
        view.parting.share(settings.get(options.VIEWER_SHARE))
        self._drawing = PageDrawing(bridge, view.pages, viewing)
        self._search = DocumentSearch(bridge, view, viewing)
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(_KEEP_MILLISECONDS)
        self._keeping.timeout.connect(lambda: self._keep(options.VIEWER_SHARE, view.parting.percent))
        self._join_parts()
        self._join_view()

    def _join_parts(self) -> None:
        self._drawing.torn.connect(self._not_drawn)
        self._search.sought.connect(self._sought)
        self._search.found.connect(self._mark_found)
        self._search.gone_to.connect(self._go_to_found)
        for part in (self._drawing, self._search):
            part.fault.connect(self.fault)

    def _join_view(self) -> None:
        view = self._view
        view.pages.moved.connect(self._page_moved)
        view.pages.zoomed.connect(self._show_place)
        view.pages.scrolled.connect(self._text_follows)
        view.cells.scrolled.connect(lambda share: self._text_follows(self._number, share))
        view.text.scrolled.connect(self._original_follows)
        view.parting.moved.connect(lambda percent: self._keeping.start())
        view.stepped.connect(self.step)
        view.turned.connect(self.turn)
        view.copied.connect(self.copy)
        view.outside.connect(self.ask_outside)
        view.switched.connect(self.switch)
        view.beside_pressed.connect(self.switch_beside)
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

    def open_document(self, document: DocumentId) -> None:
        """Show a document from its beginning."""
        self._citations, self._at, self._document = (), 0, document
        self._load()

    def step(self, by: int) -> None:
        """Go to the next (1) or the previous (-1) citation."""
        if 0 <= self._at + by < len(self._citations):
            self._at += by
            self._load()
            self.followed.emit(self._citations[self._at].number)

    def step_found(self, by: int) -> None:
        """Go to the next (1) or previous (-1) place with the words that are searched."""
        self._search.step(by)

    # --- opening ----------------------------------------------------------------------------

    def _load(self) -> None:
        citation = self.citation
        if citation is not None:
            self._document = citation.document_id
        document = self._document
        assert document is not None
        self._turn += 1
        turn, viewing = self._turn, self._viewing
        self._view.show_place(citation.place if citation else "", self._at, len(self._citations))
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
        self._view.show_document(opened.document.title, opened.why)
        self._search.begin(opened.document.id)
        self._search.look_at(opened.page)
        self._drawing.begin(opened, self.citation, same)
        self.shown.emit()
        self._number = opened.page  # only now: while the viewer comes into sight, the page before is still in it
        self._show_original(self._beside)
        self._show_place()
        self._speak()

    def _show_original(self, beside: bool) -> None:
        """Show the document as it looks, where that can be; beside: with its text."""
        opened = self._opened
        assert opened is not None
        if opened.sizes:
            self._view.show_part(PAGES, switchable=True, beside=beside)
            self._view.pages.go_to(self._number)
            self._drawing.mark_again()
        elif opened.table is not None:
            self._view.show_part(CELLS, switchable=True, beside=beside)
            self._view.show_table(opened.table)
        else:
            self._view.show_part(TEXT, switchable=False)
        if beside or self._view.shown == TEXT:
            self._show_text(self._number)

    def _speak(self) -> None:
        """For who hears the screen: what is open, where, and what is marked."""
        opened, citation = self._opened, self.citation
        if opened is None:
            return
        place = citation.place if citation else ""
        quote = (citation.text[citation.start : citation.end] or citation.text) if citation else ""
        named = tr("{document}, {place}", document=opened.document.title, place=place)
        named = named if place else opened.document.title
        self._view.pages.setAccessibleDescription(quote)
        self._view.pages.setAccessibleName(named)
        said = tr("{what}. Marked: {quote}", what=named, quote=quote[:_SPOKEN]) if quote else named
        announce(self._view, tr("{said}. {why}", said=said, why=opened.why) if opened.why else said)

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

    def _not_drawn(self, page: int, sentence: str) -> None:
        """A page that can't be drawn is shown as its text, with a sentence about it; beside another it is empty."""
        if self._opened is None or self._view.shown != PAGES:
            return
        self._view.pages.refuse(page, sentence)
        if page == self._view.pages.current and not self._view.beside:
            self._view.show_document(self._opened.document.title, sentence)
            self._view.show_part(TEXT, switchable=True)
            self._show_text(page)
            self._show_place()

    # --- page and text ----------------------------------------------------------------------

    def switch(self) -> None:
        """Show the text instead of what the document looks like, or the other way round."""
        opened = self._opened
        if opened is None or not (opened.sizes or opened.table):
            return
        if self._view.shown != TEXT:
            self._number = self._view.pages.current if opened.sizes else self._number
            self._view.show_part(TEXT, switchable=True)
            self._show_text(self._number)
        else:
            self._show_original(beside=False)
        self._want_beside(False)
        self._show_place()
        self._view.take_focus()

    def switch_beside(self) -> None:
        """Show the text beside what the document looks like, or no longer; where it is away, say so."""
        opened = self._opened
        if opened is None:
            return
        if not (opened.sizes or opened.table):
            why = opened.why or tr("This kind of document has no pages to look at; its text is all there is.")
            self._view.ask.say(why, seconds=8)
            announce(self._view, why)
            return
        if self._view.shown == PAGES:
            self._number = self._view.pages.current
        beside = not self._view.beside
        self._want_beside(beside)
        self._show_original(beside)
        self._show_place()
        announce(self._view, tr("Page and text, beside each other") if beside else tr("The document as it looks"))

    def _want_beside(self, beside: bool) -> None:
        if beside != self._beside:
            self._beside = beside
            self._keep(options.VIEWER_BESIDE, beside)

    def _keep(self, option: Option[T], value: T) -> None:
        """Remember how the person wants it, unless that is not theirs to choose."""
        settings = self._settings
        if settings.source(option) != "policy":
            self._bridge.call(lambda: settings.set(option, value), lambda _: None, self.fault.emit)

    def turn(self, by: int) -> None:
        """Go to the next (1) or previous (-1) page."""
        opened = self._opened
        if opened is None or self._view.shown == CELLS:
            return
        if self._view.shown == PAGES:
            self._view.pages.turn_to(self._view.pages.current + by)
        elif self._number + by in opened.numbers:
            self._show_text(self._number + by)
            self._show_place()

    def _page_moved(self, page: int) -> None:
        """Another page is in sight: its text comes beside it."""
        self._search.look_at(page)
        self._show_place()
        if self._view.beside and self._view.shown == PAGES and page != self._number:
            self._show_text(page, follows=True)

    def _text_follows(self, page: int, share: float) -> None:
        if self._view.beside and page == self._number:
            self._view.text.show_share(share)

    def _original_follows(self, share: float) -> None:
        if self._view.beside and self._view.shown == PAGES:
            self._view.pages.show_share(self._number, share)
        elif self._view.beside:
            self._view.cells.show_share(share)

    def _show_text(self, page: int, nth: int | None = None, follows: bool = False) -> None:
        """Show a page's text. nth: of the places found on it is gone to. follows: as far as the page beside it."""
        opened = self._opened
        assert opened is not None
        self._number = page
        self._search.look_at(page)
        turn, viewing, document = self._turn, self._viewing, opened.document.id
        citation = self._drawing.citation_on(page)

        def work() -> ShownText | None:
            return viewing.text(document, page, citation) if page == self._number else None  # else scrolled past

        def came(shown: ShownText | None) -> None:
            if shown is not None and turn == self._turn and page == self._number:
                self._text_came(opened, shown, nth, follows)

        self._bridge.call(work, came, self.fault.emit, Lane.VIEWER)

    def _text_came(self, opened: Opened, shown: ShownText, nth: int | None, follows: bool) -> None:
        page, view = shown.page, self._view
        share = view.pages.share if follows and view.shown == PAGES else None
        view.show_how(_how(page))
        view.text.show_text(page.text or _nothing(page), shown.marked, opened.mail, share)
        view.text.setAccessibleName(
            tr("{document}, text of {unit} {n}", document=opened.document.title, unit=tr(opened.document.unit.value),
               n=number(page.number))
        )  # fmt: skip
        view.text.setAccessibleDescription(view.how.text())
        found = self._search.on(page.number)
        if found:
            view.text.show_found(found, nth)

    # --- search -----------------------------------------------------------------------------

    def _sought(self, words: str) -> None:
        self._drawing.seek(words)
        if not words and (self._view.shown == TEXT or self._view.beside):
            self._view.text.show_found((), None)

    def _mark_found(self) -> None:
        if self._view.shown == TEXT or self._view.beside:
            self._show_text(self._number)

    def _go_to_found(self, found: FoundText) -> None:
        if self._view.shown == CELLS and not self._view.beside:
            self._view.show_part(TEXT, switchable=True)
        if self._view.shown == TEXT or self._view.beside:
            self._show_text(found.page, found.nth)
        if self._view.shown == PAGES:
            self._view.pages.show_found(found.page, found.nth)
        self._show_place()

    # --- taking along -----------------------------------------------------------------------

    def copy(self) -> None:
        """Put what is selected, or else what answers, on the clipboard, with title and page behind it."""
        opened, citation = self._opened, self.citation
        if opened is None:
            return
        selected = self._view.selected
        quote = selected or (citation.text[citation.start : citation.end] or citation.text if citation else "")
        if not quote:
            self._view.ask.say(tr("Nothing is selected that could be copied."), seconds=4)
            return
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


def _how(page: PageText) -> str:
    """How a page's text was come by, where one should know."""
    if page.how is PageHow.OCR and page.confidence is not None:
        return tr("Read from a picture of the page, {n} % sure.", n=number(100 * page.confidence))
    return tr("Read from a picture of the page.") if page.how is PageHow.OCR else ""


def _nothing(page: PageText) -> str:
    """What stands in the place of a text that is not there."""
    if page.how is PageHow.LOST:
        return tr("This page could not be read. Nothing that stands on it is found.")
    return tr("There is no text on this page.")
