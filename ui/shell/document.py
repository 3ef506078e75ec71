"""One document, page by page, as Privet reads it: what became of each page, and its text."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from assistant.values import DocumentInfo, PageHow, PageText
from ui.i18n import counted, number, size, tr
from ui.lists import Key, Row, RowList
from ui.theme import theme
from ui.widgets import TextButton, label

_HOW: Final = {
    PageHow.TEXT: "{n} words",
    PageHow.OCR: "{n} words, read from a picture",
    PageHow.EMPTY: "no text",
    PageHow.LOST: "could not be read",
}


class DocumentPage(QDialog):
    """Its pages at the left, the text of the chosen one at the right; Esc closes it."""

    def __init__(self, document: DocumentInfo, pages: tuple[PageText, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(document.title)
        self.resize(theme().px(860), theme().px(620))
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
        body.setSizes([theme().px(250), theme().px(600)])
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

    def _show(self, key: Key) -> None:
        page = self._pages.get(key) if isinstance(key, int) else None
        if page is not None:
            self.text.setPlainText(page.text or tr("There is no text on this page."))


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
