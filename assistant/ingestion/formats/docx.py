"""DOCX (ISO/IEC 29500, WordprocessingML) read from its XML, one paragraph or table at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final
from zipfile import BadZipFile, LargeZipFile

from lxml import etree

from assistant.ingestion.cleaning import one_line
from assistant.ingestion.formats.events import About, Event
from assistant.ingestion.formats.package import Package
from assistant.ingestion.formats.styles import Styles
from assistant.ingestion.formats.word import BODY_TAGS, Word, is_inside
from assistant.ingestion.formats.xml import SAFE_XML
from assistant.values import Block
from assistant.workers import Refusal

_TITLE: Final = "{http://purl.org/dc/elements/1.1/}title"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SCAN_BYTES: Final = 64 << 20


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of a Word document: its body, then notes, comments, headers and footers. Raises Refusal."""
    head = file.read(8)
    if head == _OLE:
        # Word wraps an encrypted document into the container that old Word files are.
        raise Refusal("password" if _ENCRYPTED in head + (file.read(_SCAN_BYTES) or b"") else "old-word")
    if not head.startswith(b"PK"):
        raise Refusal("not-word")
    try:
        yield from _read(Package(file))
    except (BadZipFile, LargeZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Refusal("damaged", "zip") from error
    except RuntimeError as error:
        raise Refusal("password" if "encrypted" in str(error) else "damaged", "zip") from error


def _read(package: Package) -> Iterator[Event]:
    main = package.main_part()
    word = Word(Styles(package.xml(main.sibling("styles.xml")), package.xml(main.sibling("numbering.xml"))))
    seen: set[str] = set()
    complete = True
    try:
        for block in _blocks(package.open(main.name), word):
            yield block
    except etree.XMLSyntaxError as error:
        complete = False
        if not word.found:
            raise Refusal("damaged", "xml") from error
    for kind in ("footnotes", "endnotes", "comments", "header", "footer"):
        for name in package.parts(main.sibling(kind)):
            try:
                for block in _blocks(package.open(name), word):
                    if block.text not in seen:  # every section of a document has headers of its own, mostly the same
                        seen.add(block.text)
                        yield block
            except etree.XMLSyntaxError:
                complete = False
    core = package.xml("docProps/core.xml")
    title = core.findtext(f".//{_TITLE}") if core is not None else None
    yield About(one_line(title or ""), notes=() if complete else ("damaged-part",))


def _blocks(part: BinaryIO, word: Word) -> Iterator[Block]:
    """The blocks of one part; what was read is let go of, so that memory stays small."""
    for _, element in etree.iterparse(part, events=("end",), tag=BODY_TAGS, **SAFE_XML):
        if is_inside(element):
            continue
        yield from word.blocks(element)
        parent = element.getparent()
        element.clear()
        while parent is not None and len(parent) > 1:
            del parent[0]
