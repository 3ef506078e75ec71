"""DOCX (ISO/IEC 29500, WordprocessingML) read from its XML, one paragraph or table at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from lxml import etree

from assistant.ingestion.cleaning import one_line
from assistant.ingestion.formats.charts import chart_blocks
from assistant.ingestion.formats.events import About, Event
from assistant.ingestion.formats.package import MainPart, Package
from assistant.ingestion.formats.placing import Pictures
from assistant.ingestion.formats.styles import Styles
from assistant.ingestion.formats.word import BODY_TAGS, Word, is_inside
from assistant.ingestion.formats.xml import NO_MEMORY, SAFE_XML
from assistant.values import Block, BlockKind
from assistant.workers import Refusal

_TITLE: Final = "{http://purl.org/dc/elements/1.1/}title"
_BESIDE_THE_BODY: Final = {
    "Notes": ("footnotes", "endnotes"),
    "Comments": ("comments",),
    "Headers and footers": ("header", "footer"),
}


def read(package: Package, main: MainPart) -> Iterator[Event]:
    """Blocks of a Word document: its body, then notes, comments, headers and footers. Raises Refusal."""
    word = Word(Styles(package.xml(main.sibling("styles.xml")), package.xml(main.sibling("numbering.xml"))))
    notes: list[str] = []
    pictures, targets = Pictures(package), package.targets(main.name)
    try:
        for element in _elements(package.open(main.name)):
            yield from word.blocks(element)
            yield from pictures.under(element, targets)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", None) == NO_MEMORY:
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
    yield About(one_line(title or ""), notes=(*notes, *pictures.notes))


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
    """The blocks of one part."""
    for element in _elements(part):
        yield from word.blocks(element)


def _elements(part: BinaryIO) -> Iterator[etree._Element]:
    """The paragraphs and tables of one part; what was read is let go of, so that memory stays small."""
    for _, element in etree.iterparse(part, events=("end",), tag=BODY_TAGS, **SAFE_XML):
        if is_inside(element):
            continue
        yield element
        parent = element.getparent()
        element.clear()
        while parent is not None and len(parent) > 1:
            del parent[0]
