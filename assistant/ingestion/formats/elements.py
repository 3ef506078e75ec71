"""XML of any kind: headings, paragraphs and tables where its words say so, else each value with its element's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from lxml import etree

from assistant.ingestion.cleaning import clean, one_line, tidy
from assistant.ingestion.formats import odf
from assistant.ingestion.formats.events import About, Event
from assistant.ingestion.formats.html import blocks_of
from assistant.ingestion.formats.styles import Styles
from assistant.ingestion.formats.tables import Cell, markdown_rows
from assistant.ingestion.formats.word import BODY_TAGS, Word, is_inside
from assistant.ingestion.formats.xml import NO_MEMORY, SAFE_XML
from assistant.values import NOWHERE, Block, BlockKind, Position
from assistant.workers import Refusal

_MOST_BYTES: Final = 64 << 20
_HEADINGS: Final = re.compile(r"(?:.*[-_.])?(?:title|heading|head|caption|subject|h[1-6])$", re.IGNORECASE)
_PROSE: Final = re.compile(
    r"(?:p|para|paragraph|text|abstract|description|summary|content|body|note|quote|li|item|td|entry|title|"
    r"heading|caption|simpara|listitem|claim|claim-text|verse|line|l|s|seg|tu|value|string)$",
    re.IGNORECASE,
)
_ROWS: Final = frozenset(("row", "tr"))
_TABLES: Final = frozenset(("table", "tgroup", "informaltable"))
_DEEPEST: Final = 200
_LONGEST_VALUE: Final = 300
_MOST_TOGETHER: Final = 40
_WORD_2003: Final = b"http://schemas.microsoft.com/office/word/2003/wordml"
_WORD_2006: Final = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MOST_SPELLED_OUT: Final = 4 << 20  # characters
_LINES_COUNT: Final = 65_535  # libxml2 counts no further


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of an XML file. Raises Refusal: "damaged", "out-of-memory"."""
    file.seek(0)
    data = file.read(_MOST_BYTES).replace(_WORD_2003, _WORD_2006)
    root = _root(data)
    whole = _spelled_out(root)
    if any(each.tag == BODY_TAGS[0] for each in root.iter(BODY_TAGS[0])):
        yield from _word(root)
    elif root.tag == odf.OFFICE + "document":
        yield from odf.Body(None, NOWHERE).blocks(root)
    elif _name(root) == "html":
        yield from blocks_of(data.decode("utf-8", "replace"))
    else:
        yield from Elements().blocks(root)
    notes = (*(("more-xml",) if size > _MOST_BYTES else ()), *(() if whole else ("entities",)))
    yield About(_title(root), notes=notes)


def _root(data: bytes) -> etree._Element:
    parser = etree.XMLParser(**SAFE_XML, recover=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Refusal("out-of-memory" if getattr(error, "code", None) == NO_MEMORY else "damaged", "xml") from error
    except ValueError as error:  # an encoding that lxml doesn't know
        raise Refusal("damaged", "xml") from error
    if root is None:
        raise Refusal("damaged", "xml")
    return root


def _spelled_out(root: etree._Element) -> bool:
    """Put what the file itself says an entity stands for in its place, where that is plain text; False if one is left.

    The parser expands none: they may stand for other files, or for one another without end.
    """
    declared = root.getroottree().docinfo.internalDTD
    listed = declared.iterentities() if declared is not None else ()  # type: ignore[attr-defined]  # not in the stubs
    known = {one.name: one.content or "" for one in listed}
    left, whole = _MOST_SPELLED_OUT, True
    for entity in list(root.iter(etree.Entity)):
        said = known.get((entity.text or "")[1:-1], "")  # "&name;"
        left -= len(said)
        if not said or "<" in said or "&" in said or left < 0:
            whole = False
            continue
        before, parent = entity.getprevious(), entity.getparent()
        text = said + (entity.tail or "")
        if before is not None:
            before.tail = (before.tail or "") + text
        elif parent is not None:
            parent.text = (parent.text or "") + text
        if parent is not None:
            parent.remove(entity)
    return whole


def _word(root: etree._Element) -> Iterator[Block]:
    word = Word(Styles(None, None))
    for element in root.iter(*BODY_TAGS):
        if not is_inside(element):
            yield from word.blocks(element)


def _name(element: etree._Element) -> str:
    return _local(element.tag) if isinstance(element.tag, str) else ""


def _local(name: str) -> str:
    """A name without its namespace; where that was never declared, its prefix is part of the name."""
    return name.rpartition("}")[2].rpartition(":")[2]


def _title(root: etree._Element) -> str:
    for child in root:
        if _name(child).casefold() == "title":
            return one_line("".join(str(each) for each in child.itertext()))
    return ""


class Elements:
    """Turns elements of no known kind into blocks, in their order."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._first = self._last = 0

    def blocks(self, root: etree._Element) -> Iterator[Block]:
        """All blocks under `root`; where no element holds text, what its attributes say."""
        found = False
        for block in self._said(root, _name(root), 1) if _own_text(root) else self._under(root, 1):
            found = True
            yield block
        if not found:
            for element in root.iter("*"):
                said = ", ".join(f"{_local(str(name))}: {value!s}" for name, value in element.items())
                if said:
                    yield from self._value(element, f"{_name(element)}: {one_line(said)}")
        yield from self._end()

    def _under(self, element: etree._Element, depth: int) -> Iterator[Block]:
        for child in element:
            if not isinstance(child.tag, str) or depth > _DEEPEST:
                continue
            name = _name(child)
            if name.casefold() in _TABLES and any(_name(each).casefold() in _ROWS for each in child.iter("*")):
                yield from self._end()
                yield from self._table(child)
            elif _own_text(child):
                yield from self._said(child, name, depth)
            else:
                yield from self._under(child, depth + 1)
        if depth <= 3:
            yield from self._end()

    def _said(self, element: etree._Element, name: str, depth: int) -> Iterator[Block]:
        text = tidy(clean("".join(_pieces(element, 0))))
        if not text:
            return
        if _HEADINGS.match(name) and len(text) < _LONGEST_VALUE:
            yield from self._end()
            yield Block(BlockKind.HEADING, one_line(text), level=min(max(1, depth - 1), 9), position=_line(element))
        elif len(element) or len(text) > _LONGEST_VALUE or _PROSE.match(name):
            yield from self._end()
            yield Block(BlockKind.PARAGRAPH, text, position=_line(element))
        else:
            yield from self._value(element, f"{name}: {one_line(text)}")

    def _value(self, element: etree._Element, text: str) -> Iterator[Block]:
        if len(self._waiting) >= _MOST_TOGETHER:
            yield from self._end()
        line = _line(element).line
        self._first = self._first or line
        self._last = line
        self._waiting.append(text)

    def _end(self) -> Iterator[Block]:
        if self._waiting:
            counted = 0 < self._first <= self._last < _LINES_COUNT
            position = Position(line=self._first, last_line=self._last) if counted else NOWHERE
            yield Block(BlockKind.PARAGRAPH, "\n".join(self._waiting), position=position)
        self._waiting, self._first, self._last = [], 0, 0

    def _table(self, table: etree._Element) -> Iterator[Block]:
        rows = [row for row in table.iter("*") if _name(row).casefold() in _ROWS]
        cells = [
            [Cell(one_line("".join(_pieces(cell, 0)))) for cell in row if isinstance(cell.tag, str)] for row in rows
        ]
        text = clean(markdown_rows(cells))
        if text:
            yield Block(BlockKind.TABLE if text.startswith("|") else BlockKind.PARAGRAPH, text, position=_line(table))


def _own_text(element: etree._Element) -> bool:
    """True for an element that holds text itself, between its children or without any."""
    if element.text and element.text.strip():
        return True
    return any(child.tail and child.tail.strip() for child in element)


def _pieces(element: etree._Element, depth: int) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str) and depth < _DEEPEST:
            apart = len(child) > 0 or _PROSE.match(_name(child)) is not None
            yield " " if apart else ""
            yield from _pieces(child, depth + 1)
            yield " " if apart else ""
        yield child.tail or ""


def _line(element: etree._Element) -> Position:
    line = element.sourceline
    return Position(line=line, last_line=line) if isinstance(line, int) and 0 < line < _LINES_COUNT else NOWHERE
