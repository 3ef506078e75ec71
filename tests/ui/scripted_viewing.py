"""Documents to be looked at, in memory: pages of a few words, drawn as white paper with a black bar for each word."""

from __future__ import annotations

import threading
from pathlib import Path

from assistant.errors import DocumentUnreadable, NotFound
from assistant.values import (
    Box,
    Citation,
    DocumentId,
    DocumentInfo,
    DrawnPage,
    DrawnWord,
    FoundText,
    Marked,
    Opened,
    PageHow,
    PageText,
    ShownTable,
    ShownText,
    Stop,
    Stretch,
)


class ScriptedViewing:
    """One document of `texts`, a page each. drawn: what was drawn, page and width. why: said instead of its pages."""

    def __init__(self) -> None:
        self.texts = [f"Page {number} speaks of hedges. Passage {number}." for number in range(1, 31)]
        self.why = ""
        self.table: ShownTable | None = None
        self.drawn: list[tuple[int, int, str]] = []
        self.unreadable = False
        self.torn: set[int] = set()  # pages that can't be drawn
        self.gone = False
        self.mail = False

    def open(self, document: DocumentId, citation: Citation | None = None) -> Opened:
        if self.gone:
            raise NotFound("This document is no longer there.", "Choose another one.")
        path = Path("/documents/Annual report 2024.pdf")
        info = DocumentInfo(document, path, path.name, len(self.texts), 60, 1_000, 0.0)
        page = citation.page if citation and citation.page else 1
        sizes = () if self.why or self.table or self.mail else ((600.0, 800.0),) * len(self.texts)
        numbers = tuple(range(1, len(self.texts) + 1))
        return Opened(info, numbers, sizes, self.why, page, range(page, page + 1), self.table, self.mail)

    def draw(self, document: DocumentId, number: int, width: int) -> DrawnPage:
        self.drawn.append((number, width, threading.current_thread().name))
        if self.unreadable or number in self.torn:
            raise DocumentUnreadable("This page of a.pdf could not be drawn.", "Look at its text instead.")
        height = width * 4 // 3
        words = tuple(
            DrawnWord(word, Box(0.1, 0.3 + 0.04 * at, 0.5, 0.325 + 0.04 * at))
            for at, word in enumerate(self.texts[number - 1].split())
        )
        line, ink = b"\xff" * 4 * width, b"\xff" * 4 * (width // 10) + b"\0" * 4 * (width // 3)
        ink += b"\xff" * (4 * width - len(ink))
        inked = {round(height * (word.box.top + 0.01)) for word in words}
        return DrawnPage(number, width, height, b"".join(ink if y in inked else line for y in range(height)), words)

    def text(self, document: DocumentId, number: int, citation: Citation | None = None) -> ShownText:
        text = self.texts[number - 1]
        passage = _stretch(text, citation.text) if citation else ()
        quote = _stretch(text, citation.text[citation.start : citation.end]) if citation and citation.end else ()
        return ShownText(PageText(number, PageHow.TEXT, text), Marked(passage, quote))

    def find(self, document: DocumentId, words: str, stop: Stop) -> tuple[FoundText, ...]:
        return tuple(
            FoundText(number, text.find(words), text.find(words) + len(words), 0)
            for number, text in enumerate(self.texts, 1)
            if words in text
        )

    def marked(self, page: DrawnPage, citation: Citation) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
        wanted = citation.text.split()
        boxes = tuple(word.box for word in page.words if word.text in wanted)
        return boxes, boxes[:1] if citation.end else ()

    def found(self, page: DrawnPage, sought: str) -> tuple[tuple[Box, ...], ...]:
        return tuple((word.box,) for word in page.words if sought in word.text)


def _stretch(text: str, words: str) -> tuple[Stretch, ...]:
    at = text.find(words)
    return (Stretch(at, at + len(words)),) if words and at >= 0 else ()
