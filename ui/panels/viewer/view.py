"""The viewer: what a document is called and where one is in it, its tools, and the page or cells, the text, or both."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from assistant.values import ShownTable
from ui.i18n import number, tr
from ui.panels.viewer.cells import CellGrid
from ui.panels.viewer.pages import PageArea
from ui.panels.viewer.parting import Parting
from ui.panels.viewer.text import MarkedText
from ui.theme import theme
from ui.widgets import Banner, ElidedLabel, IconButton, announce, label

PAGES, TEXT, CELLS = 0, 1, 2
_ICON: Final = 16
_SIDE_BY_SIDE: Final = 640  # pixels of width at 100 %: narrower, one stands above the other


class ViewerView(QFrame):
    """`closed`: the person wants it away. `stepped`: another citation (-1, 1). `turned`: another page of the text.

    `searched`: these words are sought. `found_stepped`: another place with them. `copied`, `outside`, `switched`: copy
    with the reference, open elsewhere, change between page and text. `beside_pressed`: both are wanted, or one again.
    """

    closed = Signal()
    stepped = Signal(int)
    turned = Signal(int)
    searched = Signal(str)
    found_stepped = Signal(int)
    copied = Signal()
    outside = Signal()
    switched = Signal()
    beside_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("viewer")
        self.setAccessibleName(tr("Document"))
        self.pages = PageArea()
        self.text = MarkedText()
        self.cells = CellGrid()
        self.why = label("", "note", wrap=True)
        self.why.hide()
        self.ask = Banner("quiet")
        self.title = ElidedLabel("", "title", in_the_middle=True)
        self.place = ElidedLabel("", "caption")
        self.found = label("", "caption")
        self._found = -1
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search in this document"))
        self.search.setAccessibleName(tr("Search in this document"))
        self.search.setClearButtonEnabled(True)
        self.how = label("", "note", wrap=True)
        self._originals = QStackedWidget()
        for part in (self.pages, self.cells):
            self._originals.addWidget(part)
        self._reading = self._with_how()
        self.parting = Parting(tr("Border between the document and its text"))
        self.parting.put(self._originals, self._reading)
        self._part = PAGES
        self._beside = False
        self._buttons: dict[str, IconButton] = {}
        self._find = self._search_row()
        self._arrange()
        self._point()
        self.search.textChanged.connect(self.searched)
        self.search.returnPressed.connect(lambda: self.found_stepped.emit(1))
        self.text.turned.connect(self.turned)

    # --- how it is built --------------------------------------------------------------------

    def _button(self, name: str, drawing: str, words: str, keys: str = "") -> IconButton:
        button = IconButton(drawing, words, px=_ICON)
        button.name(words, keys)
        self._buttons[name] = button
        return button

    def _with_how(self) -> QWidget:
        """The text, and above it how it was come by."""
        part = QWidget()
        layout = QVBoxLayout(part)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.how)
        layout.addWidget(self.text, 1)
        self.how.setContentsMargins(theme().px(12), theme().px(4), theme().px(12), theme().px(4))
        self.how.hide()
        part.hide()
        return part

    def _search_row(self) -> QWidget:
        up = self._button("found before", "up", tr("Found before"), "Shift+F3")
        down = self._button("found after", "down", tr("Found after"), "F3")
        done = self._button("search done", "close", tr("End the search"))
        up.clicked.connect(lambda: self.found_stepped.emit(-1))
        down.clicked.connect(lambda: self.found_stepped.emit(1))
        done.clicked.connect(lambda: self.show_search(False))
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme().px(6))
        layout.addWidget(self.search, 1)
        for part in (self.found, up, down, done):
            layout.addWidget(part)
        row.hide()
        return row

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme().px(2))
        made = (
            ("before", "left", tr("Previous citation"), lambda: self.stepped.emit(-1)),
            ("after", "right", tr("Next citation"), lambda: self.stepped.emit(1)),
            ("", "", "", None),
            ("page before", "up", tr("Page before"), lambda: self.turned.emit(-1)),
            ("page after", "down", tr("Page after"), lambda: self.turned.emit(1)),
            ("smaller", "minus", tr("Smaller"), lambda: self.zoom(-1)),
            ("larger", "plus", tr("Larger"), lambda: self.zoom(1)),
            ("fit", "width", tr("As wide as there is room"), lambda: self.zoom(0)),
            ("search", "search", tr("Search in this document"), lambda: self.show_search(True)),
            ("switch", "text", tr("Text as Privet reads it"), self.switched.emit),
            ("beside", "beside", tr("Its text beside it"), self.beside_pressed.emit),
            ("copy", "copy", tr("Copy with its reference"), self.copied.emit),
            ("outside", "outside", tr("Open in its own program…"), self.outside.emit),
        )
        for name, drawing, words, act in made:
            if act is None:
                row.addStretch(1)
                continue
            button = self._button(name, drawing, words)
            button.clicked.connect(act)
            row.addWidget(button)
        return row

    def _arrange(self) -> None:
        px = theme().px
        close = self._button("close", "close", tr("Close the document"))
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(self.title, 1)
        head.addWidget(close)
        top = QVBoxLayout()
        top.setContentsMargins(px(16), px(12), px(8), px(4))
        top.setSpacing(px(4))
        top.addLayout(head)
        top.addWidget(self.place)
        top.addLayout(self._tools())
        for part in (self.why, self.ask, self._find):
            top.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.parting, 1)

    # --- what is shown ----------------------------------------------------------------------

    @property
    def shown(self) -> int:
        """PAGES, TEXT or CELLS; with the text beside them, what it stands beside."""
        return self._part

    @property
    def beside(self) -> bool:
        """True while the text stands beside pages or cells."""
        return self._beside

    @property
    def selected(self) -> str:
        """What the person selected in it, "" for nothing."""
        if self.beside and self.text.hasFocus():
            return self.text.selected
        return (self.pages.selected, self.text.selected, self.cells.selected)[self._part]

    def button(self, name: str) -> IconButton:
        """One of its buttons."""
        return self._buttons[name]

    def show_document(self, title: str, why: str) -> None:
        """Show what the document is called, and why it is not the file itself that is shown."""
        self.title.setText(title)
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.ask.dismiss()

    def show_part(self, part: int, switchable: bool, beside: bool = False) -> None:
        """Show pages, text or cells. switchable: there are both, and one can change between them. beside: show both."""
        self._part, self._beside = part, beside and part != TEXT
        if part != TEXT:
            self._originals.setCurrentWidget(self.pages if part == PAGES else self.cells)
        self._originals.setVisible(part != TEXT)
        self._reading.setVisible(part == TEXT or beside)
        self.parting.share(self.parting.percent)
        switch, both = self._buttons["switch"], self._buttons["beside"]
        for button in (switch, both):
            button.setVisible(switchable)
        switch.draw("text" if part != TEXT else "document", "soft")
        switch.name(tr("Text as Privet reads it") if part != TEXT else tr("The document as it looks"))
        both.draw("beside", "accent" if beside else "soft")
        both.name(tr("Its text no longer beside it") if beside else tr("Its text beside it"))
        for name in ("smaller", "larger", "fit"):
            self._buttons[name].setVisible(part != CELLS or beside)
        for name in ("page before", "page after"):
            self._buttons[name].setVisible(part != CELLS)

    def show_how(self, words: str) -> None:
        """Say how the text in sight was come by; "" where there is nothing to say."""
        self.how.setText(words)
        self.how.setVisible(bool(words))

    def show_place(self, words: str, citation: int, citations: int) -> None:
        """Show where one is: in the document in words, and which of the citations it is, from 0."""
        said = [words] if words else []
        if citations > 1:
            said.append(tr("source {n} of {all}", n=number(citation + 1), all=number(citations)))
        line = " · ".join(said)
        self.place.setText(line[:1].upper() + line[1:])
        self._buttons["before"].setEnabled(citation > 0)
        self._buttons["after"].setEnabled(citation + 1 < citations)

    def show_table(self, table: ShownTable) -> None:
        """Show the cells of a sheet."""
        self.cells.show_table(table)

    def show_search(self, shown: bool) -> None:
        """Open the field for a search in the document, or end the search."""
        self._find.setVisible(shown)
        if shown:
            self.search.setFocus()
            self.search.selectAll()
        else:
            self.search.clear()
            self.take_focus()

    def end_search(self) -> None:
        """End the search where one is going on; the keyboard stays where it is."""
        if self.searching:
            self._find.hide()
            self.search.clear()

    def show_found(self, at: int | None, count: int | None) -> None:
        """Show how many places have the words, and which one it is, from 0; None: not known, or nothing sought."""
        if count is None:
            self.found.setText("")
        elif not count:
            self.found.setText(tr("Not in this document"))
        else:
            self.found.setText(tr("{n} of {all}", n=number((at or 0) + 1), all=number(count)))
        for name in ("found before", "found after"):
            self._buttons[name].setEnabled(bool(count))
        if count is not None:
            announce(self, self.found.text())

    @property
    def searching(self) -> bool:
        """True while the field for the search is open."""
        return not self._find.isHidden()

    def zoom(self, by: int) -> None:
        """Larger (1), smaller (-1), or as usual (0); of two that stand beside each other the one with the keyboard."""
        if self.shown != PAGES or (self.beside and self.text.hasFocus()):
            self.text.step_zoom(by)
        else:
            self.pages.step_zoom(by)
            announce(self, tr("{n} percent", n=number(self.pages.zoom)))

    def take_focus(self) -> None:
        """Go to the document itself, to read it with the keyboard."""
        (self.pages, self.text, self.cells)[self.shown].setFocus()

    def _point(self) -> None:
        """Before and after lie the other way round where one reads from the right."""
        ways = ("right", "left") if self.isRightToLeft() else ("left", "right")
        for name, drawing in zip(("before", "after"), ways, strict=True):
            self._buttons[name].draw(drawing, "soft")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= theme().px(_SIDE_BY_SIDE)
        self.parting.lay(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._point()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.searching:
                self.show_search(False)
            else:
                self.closed.emit()
        else:
            super().keyPressEvent(event)
