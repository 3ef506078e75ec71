"""EPUB (W3C EPUB 3.3, and 2): the chapters of the spine in their order, each a web page."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from lxml import etree

from assistant.ingestion import caps
from assistant.ingestion.cleaning import one_line
from assistant.ingestion.formats.events import About, Event, PageRead
from assistant.ingestion.formats.html import page_of
from assistant.ingestion.formats.package import Package
from assistant.ingestion.formats.placing import Pictures
from assistant.values import Position, Unit
from assistant.workers import Refusal

_CHAPTER: Final = Position(Unit.CHAPTER)
_FEW_LETTERS: Final = 60  # of a chapter that is a picture of a page, with its number perhaps
_PICTURE: Final = re.compile(
    rb"""<(?:img|image)\b[^>]*?\s(?:src|xlink:href|href)\s*=\s*["']([^"']{1,500})["']""", re.IGNORECASE
)
_TITLE: Final = ".//{http://purl.org/dc/elements/1.1/}title"


def read(package: Package) -> Iterator[Event]:
    """Blocks of a book, chapter by chapter. Raises Refusal: "protected", "damaged"."""
    locked = _locked(package)
    # Fonts are often encrypted in books that are open otherwise.
    if locked and "META-INF/rights.xml" in package.names:
        raise Refusal("protected")
    container = package.xml("META-INF/container.xml")
    rootfile = next(container.iter("{*}rootfile"), None) if container is not None else None
    name = rootfile.get("full-path", "") if rootfile is not None else ""
    book = package.xml(name) if name else None
    if book is None:
        raise Refusal("damaged", "book")
    chapters = list(_spine(book, posixpath.dirname(name), set(package.names)))[: caps.MAX_PAGES]
    if any(chapter in locked for chapter in chapters):
        raise Refusal("protected")
    pictures = Pictures(package)
    empty: list[int] = []
    lost: list[int] = []
    for number, chapter in enumerate(chapters, 1):
        found = False
        if not chapter:
            lost.append(number)
        letters = 0
        try:
            data = package.read(chapter) if chapter else b""
            for block in page_of(data) if data else ():
                found = True
                letters += len(block.text)
                yield replace(block, page=number, position=_CHAPTER)
            if letters < _FEW_LETTERS:
                for shown in _PICTURE.findall(data):
                    name = posixpath.normpath(
                        posixpath.join(posixpath.dirname(chapter), unquote(shown.decode("utf-8", "replace")))
                    )
                    yield from pictures.placed(name, None, number, _CHAPTER)
        except (Refusal, etree.LxmlError):
            lost.append(number)
        if not found and number not in lost:
            empty.append(number)
        yield PageRead(number, len(chapters))
    title = one_line(book.findtext(_TITLE) or "")
    yield About(title, len(chapters), tuple(empty), tuple(lost), notes=tuple(pictures.notes), unit=Unit.CHAPTER)


def _locked(package: Package) -> set[str]:
    """The members under a key (Open Container Format 3.3, 4.2.6.3.2)."""
    told = package.xml("META-INF/encryption.xml")
    references = told.iter("{*}CipherReference") if told is not None else ()
    return {posixpath.normpath(unquote(reference.get("URI", ""))) for reference in references}


def _spine(book: etree._Element, folder: str, names: set[str]) -> Iterator[str]:
    """The files of the chapters; "" for one that is not there. All pages of a book that names no order."""
    items = {item.get("id", ""): item.get("href", "") for item in book.iter("{*}item")}
    order = [items.get(reference.get("idref", ""), "") for reference in book.iter("{*}itemref")]
    pages = [item.get("href", "") for item in book.iter("{*}item") if item.get("media-type", "").endswith("html+xml")]
    for place in order or pages:
        path = posixpath.normpath(posixpath.join(folder, unquote(place)))
        yield path if path in names else ""
