"""HTML read as its text: headings, paragraphs, lists, tables and code, without what a browser doesn't show."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from lxml import etree

from assistant.ingestion import caps
from assistant.ingestion.cleaning import clean, one_line
from assistant.ingestion.formats.decoding import Decoded, decoded
from assistant.ingestion.formats.events import About, Event, Placed
from assistant.ingestion.formats.mathml import spell_out
from assistant.ingestion.formats.tables import Cell, markdown_rows
from assistant.values import Block, BlockKind
from assistant.workers import Refusal

_MOST_BYTES: Final = 32 << 20
_NAMED: Final = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w.:-]{3,30})""", re.IGNORECASE)
_DATA: Final = re.compile(r"\s*data:image/(?:png|jpe?g|gif|webp|bmp|tiff?)\s*;[^,]*base64\s*,", re.IGNORECASE)
_NUMBER: Final = "data-number-of-picture"  # which of them it is
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_DROPPED: Final = frozenset(
    """head script style noscript template nav svg canvas iframe object embed applet audio video map select
    textarea button input datalist dialog frameset frame""".split()
)
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_BREAKS: Final = frozenset(
    """address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form header
    hgroup hr html li main ol p section summary ul caption legend tr td th tbody thead tfoot""".split()
)


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of a web page, and the pictures that are part of it. Raises Refusal("not-text")."""
    source = _source(file)
    parser = _parser()
    root = _parsed("".join(source.pieces(_MOST_BYTES)), parser)
    title = ""
    blocks: list[Block | Placed] = []
    if root is not None:
        found = root.find(".//title")
        title = one_line(_all_text(found)) if found is not None else ""
        for number, each in enumerate(_shown(root), 1):
            each.set(_NUMBER, str(number))
        blocks = Page().events(root)
    if not blocks and any(error.level == etree.ErrorLevels.FATAL for error in parser.error_log):
        raise Refusal("damaged", "html")  # as for a page nested deeper than libxml2 goes
    yield from blocks
    notes = [*(["some-letters"] if source.uncertain else []), *(["more-bytes"] if size > _MOST_BYTES else [])]
    yield About(title, notes=tuple(notes))


def pictures(file: BinaryIO) -> list[bytes]:
    """The pictures that are part of a web page, in its order."""
    root = _parsed("".join(_source(file).pieces(_MOST_BYTES)), _parser())
    found = []
    for each in _shown(root) if root is not None else ():
        try:
            found.append(base64.b64decode(each.get("src", "").partition(",")[2]))
        except ValueError:
            found.append(b"")
    return found


def _shown(root: etree._Element) -> list[etree._Element]:
    """What shows a picture that is part of the page."""
    return [each for each in root.iter("img") if _DATA.match(each.get("src", "")[:100])][: caps.MAX_PICTURES]


def _source(file: BinaryIO) -> Decoded:
    """The text of a web page, in the encoding that it names itself, if it does."""
    file.seek(0)
    named = _NAMED.search(file.read(4096))
    return decoded(file, named.group(1).decode("ascii", "ignore") if named else "")


def _parser() -> etree.HTMLParser:
    return etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)


def page_of(data: bytes) -> list[Block]:
    """The blocks of a web page that is part of something larger, a book's chapter or a message."""
    return blocks_of("".join(_source(io.BytesIO(data)).pieces(_MOST_BYTES)))


def blocks_of(text: str) -> list[Block]:
    """The blocks of a web page's source."""
    root = _parsed(text, _parser())
    return Page().blocks(root) if root is not None else []


def _parsed(text: str, parser: etree.HTMLParser) -> etree._Element | None:
    """The root of a page, whatever is wrong with it; None where there is nothing."""
    if not text.strip():
        return None
    try:
        # Whatever the page says of its encoding, the bytes given here are UTF-8.
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None  # "Document is empty": nothing but a declaration or a comment
    if root is not None and "<math" in text:
        spell_out(root)
    return root


class Page:
    """Collects the blocks of one page in reading order."""

    def __init__(self) -> None:
        self._blocks: list[Block | Placed] = []
        self._text: list[str] = []
        self._marker = ""
        self._depth = 0

    def blocks(self, root: etree._Element) -> list[Block]:
        """All blocks under `root`."""
        return [event for event in self.events(root) if isinstance(event, Block)]

    def events(self, root: etree._Element) -> list[Block | Placed]:
        """All blocks under `root`, and the pictures that have a number."""
        self._visit(root)
        self._end()
        return self._blocks

    def _visit(self, element: etree._Element) -> None:
        tag = element.tag
        if not isinstance(tag, str) or _is_hidden(element):
            return
        if tag in _HEADINGS:
            self._end()
            text = one_line(flat_text(element))
            if text:
                self._blocks.append(Block(BlockKind.HEADING, text, level=_HEADINGS[tag]))
            self._pictures(element)
        elif tag == "table":
            self._end()
            self._table(element)
            self._pictures(element)
        elif tag == "img":
            self._pictures(element)
        elif tag in ("pre", "xmp", "listing"):
            self._end()
            text = clean(_all_text(element)).strip("\n")
            if text.strip():
                self._blocks.append(Block(BlockKind.CODE, text))
        elif tag == "br":
            self._text.append("\n")
        elif tag in ("ul", "ol", "dl", "menu"):
            self._end()
            self._list(element)
        elif tag in _BREAKS:
            self._end()
            self._inside(element)
            self._end()
        else:
            self._inside(element)

    def _pictures(self, element: etree._Element) -> None:
        """The pictures in an element, after the text before them."""
        for each in element.iter("img"):
            if number := each.attrib.pop(_NUMBER, ""):
                self._end()
                self._blocks.append(Placed(int(number)))

    def _inside(self, element: etree._Element) -> None:
        if element.text:
            self._text.append(_spaces(element.text))
        for child in element:
            self._visit(child)
            if child.tail:
                self._text.append(_spaces(child.tail))

    def _list(self, element: etree._Element) -> None:
        self._depth += 1
        number = 0
        for item in element:
            if item.tag in ("li", "dt", "dd") and not _is_hidden(item):
                number += 1
                self._marker = f"{number}." if element.tag == "ol" else "-"
                depth = self._depth
                self._depth += item.tag == "dd"
                self._inside(item)
                self._end()
                self._marker, self._depth = "", depth
            else:
                self._visit(item)
        self._end()
        self._depth -= 1

    def _table(self, table: etree._Element) -> None:
        for caption in table.iterchildren("caption"):
            self._inside(caption)
            self._end()
        rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table and not _is_hidden(row)]
        cells = [[cell for cell in row if cell.tag in ("td", "th") and not _is_hidden(cell)] for row in rows]
        if max((len(row) for row in cells), default=0) <= 1 or _is_layout(cells):
            for row in cells:
                for cell in row:
                    self._inside(cell)
                    self._end()
            return
        text = markdown_rows([[_cell(cell) for cell in row] for row in cells])
        if text:
            self._blocks.append(Block(BlockKind.TABLE, clean(text)))

    def _end(self) -> None:
        """End the block that grows."""
        text = "\n".join(" ".join(line.split()) for line in clean("".join(self._text)).split("\n")).strip()
        self._text = []
        if not text:
            return
        if self._depth:
            indent = "  " * (self._depth - 1)
            self._blocks.append(Block(BlockKind.LIST, f"{indent}{self._marker or ' '} {text}"))
            self._marker = ""
        else:
            self._blocks.append(Block(BlockKind.PARAGRAPH, text))


def _spaces(text: str) -> str:
    """Source lines end where the writer liked; a browser shows a space there."""
    return text.replace("\n", " ").replace("\r", " ")


def _is_hidden(element: etree._Element) -> bool:
    if element.tag in _DROPPED or "hidden" in element.attrib:
        return True
    return element.get("aria-hidden") == "true" or bool(_HIDDEN.search(element.get("style", "")))


def _is_layout(rows: list[list[etree._Element]]) -> bool:
    """True for a table that only arranges the page: it holds headings, other tables or very long cells."""
    for row in rows:
        for cell in row:
            if next(cell.iter("table", "h1", "h2", "form"), None) is not None:
                return True
    return False


def _cell(cell: etree._Element) -> Cell:
    columns, rows = cell.get("colspan", "1"), cell.get("rowspan", "1")
    return Cell(
        one_line(flat_text(cell)),
        int(columns) if columns.isdecimal() and len(columns) < 5 else 1,
        int(rows) if rows.isdecimal() and len(rows) < 5 else 1,
    )


def _all_text(element: etree._Element) -> str:
    return "".join(str(each) for each in element.itertext())


def flat_text(element: etree._Element) -> str:
    """The text under an element as one run, with a space where a browser would begin another line."""
    pieces: list[str] = []
    _flatten(element, pieces)
    return "".join(pieces)


def _flatten(element: etree._Element, pieces: list[str]) -> None:
    if not isinstance(element.tag, str) or _is_hidden(element):
        return
    apart = element.tag in _BREAKS or element.tag in _HEADINGS or element.tag in ("br", "table", "pre")
    pieces.append(" " if apart else "")
    pieces.append("- " if element.tag == "li" else "")
    pieces.append(element.text or "")
    for child in element:
        _flatten(child, pieces)
        pieces.append(child.tail or "")
    pieces.append(" " if apart else "")
