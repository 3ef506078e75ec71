"""One document, page by page, as Privet reads it: what became of each page, its text, and the page of the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from assistant.values import DocumentInfo, PageHow, PageText
from ui.i18n import counted, number, size, tr
from ui.lists import Key, Row, RowList
from ui.theme import theme
from ui.widgets import TextButton, label

_DRAWN: Final = 400  # pixels of width, at the usual scale
_HOW: Final = {
    PageHow.TEXT: "{n} words",
    PageHow.OCR: "{n} words, read from a picture",
    PageHow.EMPTY: "no text",
    PageHow.LOST: "could not be read",
}


Draw = Callable[[int, int, Callable[[QImage | None], None]], None]
"""Has a page drawn (its number, width in pixels of the screen), and hands over the picture, or None."""


class DocumentPage(QDialog):
    """Its pages at the left, then the text of the chosen one, then the page of the file; Esc closes it.

    Where the file has no pages to be drawn, or is not what was read any more, the text stands alone.
    """

    def __init__(
        self, document: DocumentInfo, pages: tuple[PageText, ...], parent: QWidget, draw: Draw | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(document.title)
        self.resize(theme().px(1080 if draw else 860), theme().px(620))
        self._draw = draw
        self._wanted: Key | None = None
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.picture.setAccessibleName(tr("The page as it is in the file"))
        self.original = QScrollArea()
        self.original.setWidget(self.picture)
        self.original.setWidgetResizable(True)
        self.original.setAccessibleName(tr("The page as it is in the file"))
        self.original.hide()
        self._pages = {page.number: page for page in pages}
        self.list = RowList(tr("Pages"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Text as Privet reads it"))
        self.list.chosen.connect(self._show)
        self.list.show_rows([_row(document, page) for page in pages])
        body = QSplitter()
        body.addWidget(self.list)
        body.addWidget(self.text)
        body.addWidget(self.original)
        body.setSizes([theme().px(width) for width in (220, 400, 420)])
        body.setChildrenCollapsible(False)
        done = TextButton(tr("Done"), "primary")
        done.setDefault(True)
        done.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(label(str(document.path), "caption", wrap=True), 1)
        foot.addWidget(done)
        layout = QVBoxLayout(self)
        pad = theme().px(20)
        layout.setContentsMargins(pad, pad, pad, theme().px(16))
        layout.setSpacing(theme().px(10))
        layout.addWidget(label(document.title, "title", wrap=True))
        layout.addWidget(label(account(document), "soft", wrap=True))
        for warning in document.warnings:
            layout.addWidget(label(warning, "note", wrap=True))
        layout.addWidget(body, 1)
        layout.addLayout(foot)
        if pages:
            self.list.select(pages[0].number)
            self._show(pages[0].number)
        self.list.setFocus()
        self.finished.connect(self._forget)

    def _show(self, key: Key) -> None:
        page = self._pages.get(key) if isinstance(key, int) else None
        if page is None:
            return
        self.text.setPlainText(page.text or tr("There is no text on this page."))
        self._wanted = key
        if self._draw is not None:
            width = round(theme().px(_DRAWN) * self.devicePixelRatioF())
            self._draw(page.number, width, lambda image: self._put(key, image))

    def _forget(self) -> None:
        """A page that comes later comes to nobody."""
        self._wanted = None

    def _put(self, key: Key, image: QImage | None) -> None:
        """Take in a drawn page, unless another one is wanted by now."""
        if key != self._wanted:
            return
        self.original.setVisible(image is not None)
        if image is not None:
            shown = QPixmap.fromImage(image)
            shown.setDevicePixelRatio(self.devicePixelRatioF())
            self.picture.setPixmap(shown)


def account(document: DocumentInfo) -> str:
    """What was read of a document, in one line."""
    parts = []
    if document.pages:
        parts.append(
            tr("{read} of {pages} read", read=number(document.read_pages), pages=_many(document, document.pages))
        )
        if document.empty:
            parts.append(tr("{n} without text", n=number(len(document.empty))))
        if document.ocr:
            parts.append(tr("{n} read from pictures", n=number(len(document.ocr))))
        if document.lost:
            parts.append(tr("{n} could not be read", n=number(len(document.lost))))
    parts.append(counted(document.passages, "{n} passage", "{n} passages"))
    if document.unlearned:
        parts.append(tr("{n} of them found by their words only, so far", n=number(document.unlearned)))
    if document.language:
        parts.append(tr("language: {code}", code=document.language))
    parts.append(size(document.size))
    return ", ".join(parts)


def _many(document: DocumentInfo, amount: int) -> str:
    return counted(amount, f"{{n}} {document.unit.value}", f"{{n}} {document.unit.value}s")


def _row(document: DocumentInfo, page: PageText) -> Row:
    name = tr(document.unit.value.capitalize()) if document.pages else tr("Part")
    how = tr(_HOW[page.how], n=number(len(page.text.split())))
    if page.confidence is not None:
        how = tr("{how}, {n} % sure", how=how, n=number(100 * page.confidence))
    return Row(page.number, f"{name} {number(page.number)}", how)
