"""DOCX (ISO/IEC 29500, WordprocessingML) read from its XML, one paragraph or table at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final
from zipfile import BadZipFile, LargeZipFile

from lxml import etree

from assistant.ingestion.cleaning import one_line
from assistant.ingestion.formats.charts import chart_blocks
from assistant.ingestion.formats.events import About, Event
from assistant.ingestion.formats.package import Package
from assistant.ingestion.formats.styles import Styles
from assistant.ingestion.formats.word import BODY_TAGS, Word, is_inside
from assistant.ingestion.formats.xml import SAFE_XML
from assistant.values import Block, BlockKind
from assistant.workers import Refusal

_TITLE: Final = "{http://purl.org/dc/elements/1.1/}title"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SCAN_BYTES: Final = 64 << 20
_NO_MEMORY: Final = 2  # XML_ERR_NO_MEMORY of libxml2's xmlerror.h
_BESIDE_THE_BODY: Final = {
    "Notes": ("footnotes", "endnotes"),
    "Comments": ("comments",),
    "Headers and footers": ("header", "footer"),
}


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
    notes: list[str] = []
    try:
        yield from _blocks(package.open(main.name), word)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) == _NO_MEMORY:
            raise Refusal("out-of-memory", "xml") from error
        if not word.found:
            raise Refusal("damaged", "xml") from error
        notes.append("damaged-part")
    for heading, kinds in _BESIDE_THE_BODY.items():
        parts = [name for kind in kinds for name in package.parts(main.sibling(kind))]
        yield from _beside(package, parts, heading, word)
    for name in package.parts(main.sibling("charts/chart")):
        yield from chart_blocks(package.xml(name))
    core = package.xml("docProps/core.xml")
    title = core.findtext(f".//{_TITLE}") if core is not None else None
    yield About(one_line(title or ""), notes=tuple(notes))


def _beside(package: Package, parts: list[str], heading: str, word: Word) -> Iterator[Block]:
    """What stands beside the body, under a heading of ours; what is there several times comes once."""
    seen: set[str] = set()
    for name in parts:
        try:
            for block in _blocks(package.open(name), word):
                if block.text in seen or block.text.isdecimal():  # a page number, as Word last saw it
                    continue
                if not seen:
                    yield Block(BlockKind.HEADING, heading, level=1)
                seen.add(block.text)
                yield block
        except etree.XMLSyntaxError:
            return  # a damaged footer is no reason to refuse the text


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
