"""ODT and ODP (OASIS OpenDocument 1.3) read from content.xml; spreadsheets go another way, for their cells."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, Final

from lxml import etree

from assistant.ingestion import caps
from assistant.ingestion.cleaning import one_line, tidy
from assistant.ingestion.formats.events import About, Event, PageRead, Placed
from assistant.ingestion.formats.package import Package
from assistant.ingestion.formats.placing import Pictures, centimetres
from assistant.ingestion.formats.tables import Cell, markdown_rows
from assistant.ingestion.formats.xml import number
from assistant.values import NOWHERE, Block, BlockKind, Position, Unit
from assistant.workers import Refusal

_OASIS: Final = "{urn:oasis:names:tc:opendocument:xmlns:"
TEXT: Final = _OASIS + "text:1.0}"
TABLE: Final = _OASIS + "table:1.0}"
DRAW: Final = _OASIS + "drawing:1.0}"
OFFICE: Final = _OASIS + "office:1.0}"
_STYLE: Final = _OASIS + "style:1.0}"
_PRESENTATION: Final = _OASIS + "presentation:1.0}"
_TITLE: Final = "{http://purl.org/dc/elements/1.1/}title"
_SVG: Final = _OASIS + "svg-compatible:1.0}"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_SPREADSHEET: Final = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST: Final = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
_DEEPEST: Final = 60
_MOST_REPEATED: Final = 200
_LISTS: Final = (TEXT + "list",)
_TEXTS: Final = (TEXT + "h", TEXT + "p")
_SKIPPED: Final = frozenset(
    {TEXT + "tracked-changes", TEXT + "sequence-decls", OFFICE + "forms", _SVG + "title", _SVG + "desc"}
    | {TEXT + "note-citation", TEXT + "bibliography-mark", OFFICE + "annotation-end"}
)
_LETTERS: Final = {TEXT + "tab": "\t", TEXT + "line-break": "\n"}


def read(package: Package) -> Iterator[Event]:
    """Blocks of a text document, or of a presentation slide by slide. Raises Refusal "password" or "damaged"."""
    root = _content(package)
    title = _own_title(package)
    pictures = Pictures(package)
    body = next((each for each in root.iter(OFFICE + "presentation", OFFICE + "drawing")), None)
    if body is None:
        reader = Body(None, NOWHERE, numbered_lists(root))
        text = next(root.iter(OFFICE + "text"), root)
        for child in text:
            yield from reader.child(child, text)
            yield from _placed(child, pictures)
        yield from reader.beside()
        yield from _running(package)
        yield About(title, notes=tuple(pictures.notes))
        return
    slides = list(body.iterchildren(DRAW + "page"))[: caps.MAX_PAGES]
    empty: list[int] = []
    numbered = numbered_lists(root)
    for page, slide in enumerate(slides, 1):
        reader = Body(page, Position(Unit.SLIDE), numbered)
        blocks = [*reader.blocks(slide), *reader.beside()]
        blocks.sort(key=lambda block: block.kind is not BlockKind.HEADING or block.level > 1)
        title = title or next((block.text for block in blocks if block.kind is BlockKind.HEADING), "")
        yield from blocks
        yield from _placed(slide, pictures, page, Position(Unit.SLIDE))
        if not blocks:
            empty.append(page)
        yield PageRead(page, len(slides))
    yield from _on_every_slide(package, _declared(body), len(slides))
    yield About(title, len(slides), tuple(empty), notes=tuple(pictures.notes), unit=Unit.SLIDE)


def _placed(
    element: etree._Element, pictures: Pictures, page: int | None = None, position: Position = NOWHERE
) -> Iterator[Placed]:
    """The pictures that an element shows, which are members of the package."""
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:
        return
    for image in element.iter(DRAW + "image"):
        frame = image.getparent()
        sides = [centimetres(frame.get(_SVG + side, "")) if frame is not None else None for side in ("width", "height")]
        size = (sides[0], sides[1]) if sides[0] is not None and sides[1] is not None else None
        of_object = (
            frame is not None and next(frame.iterchildren(DRAW + "object", DRAW + "object-ole"), None) is not None
        )
        if not of_object:
            yield from pictures.placed(image.get(_HREF, "").removeprefix("./"), size, page, position)


def numbered_lists(root: etree._Element) -> frozenset[tuple[str, int]]:
    """The styles of lists, each with the levels on which its items have numbers."""
    return frozenset(
        (style.get(_STYLE + "name", ""), number(level.get(TEXT + "level", "1"), 1))
        for style in root.iter(TEXT + "list-style")
        for level in style.iterchildren(TEXT + "list-level-style-number")
        if level.get(_STYLE + "num-format")
    )


def refuse_encrypted(package: Package) -> None:
    """Raise Refusal("password") for a document that needs one."""
    manifest = package.xml("META-INF/manifest.xml") if "META-INF/manifest.xml" in package.names else None
    if manifest is not None and next(manifest.iter("{*}encryption-data"), None) is not None:
        raise Refusal("password")


def beside_cells(package: Package, pictures: Pictures) -> dict[str, list[Block | Placed]]:
    """Comments, charts' and drawings' text and the pictures of a spreadsheet, by the name of the sheet they are on."""
    found: dict[str, list[Block | Placed]] = {}
    root = package.xml("content.xml", large=True)
    for sheet in root.iter(TABLE + "table") if root is not None else ():
        blocks: list[Block | Placed] = []
        for note in sheet.iter(OFFICE + "annotation"):
            text = " ".join(block.text for block in Body(None, NOWHERE).blocks(note, 1))
            blocks += [Block(BlockKind.PARAGRAPH, f"Comment: {text}")] if text else []
        for shapes in sheet.iterchildren(TABLE + "shapes"):
            blocks += Body(None, NOWHERE).blocks(shapes, 1)
        blocks += _placed(sheet, pictures)
        if blocks:
            found[sheet.get(TABLE + "name", "")] = blocks
    return found


def without_gaps(package: Package) -> BinaryIO | None:
    """A spreadsheet's cells without the blanks and line ends between them, which some programs write."""
    root = package.xml("content.xml", large=True)
    if root is None:
        return None
    for element in root.iter(*(TABLE + name for name in ("table", "table-row", "table-cell", "covered-table-cell"))):
        if element.text is not None and not element.text.strip():
            element.text = None
        for child in element:
            if child.tail is not None and not child.tail.strip():
                child.tail = None
    spelled = io.BytesIO()
    with zipfile.ZipFile(spelled, "w") as archive:
        archive.writestr("mimetype", _SPREADSHEET)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", etree.tostring(root, encoding="utf-8", xml_declaration=True))
    spelled.seek(0)
    return spelled


def _content(package: Package) -> etree._Element:
    refuse_encrypted(package)
    root = package.xml("content.xml", large=True)
    if root is None:
        raise Refusal("damaged", "content")
    return root


def _own_title(package: Package) -> str:
    meta = package.xml("meta.xml")
    return one_line(meta.findtext(f".//{_TITLE}") or "") if meta is not None else ""


def _running(package: Package) -> Iterator[Block]:
    """Headers and footers, once."""
    styles = package.xml("styles.xml")
    if styles is None:
        return
    seen: set[str] = set()
    for part in styles.iter("{*}header", "{*}footer", "{*}header-left", "{*}footer-left"):
        for block in Body(None, NOWHERE).blocks(part):
            if block.text not in seen and not block.text.isdecimal():
                if not seen:
                    yield Block(BlockKind.HEADING, "Headers and footers", level=1)
                seen.add(block.text)
                yield block


def _on_every_slide(package: Package, declared: list[str], last: int) -> Iterator[Block]:
    """What the masters of slides, notes and handouts say themselves, and what is declared for the foot and head of
    slides, once and after the last slide; placeholders say nothing."""
    styles = package.xml("styles.xml")
    position, seen = Position(Unit.SLIDE), set[str]()
    found = [Block(BlockKind.PARAGRAPH, text, last, 0, position) for text in declared]
    for master in styles.iter(_STYLE + "master-page", _STYLE + "handout-master") if styles is not None else ():
        for shape in (*master, *(shape for notes in master.iterchildren(_PRESENTATION + "notes") for shape in notes)):
            kind = shape.get(_PRESENTATION + "class")
            if shape.get(_PRESENTATION + "placeholder") == "true" or not str(shape.tag).startswith(DRAW):
                continue
            if kind not in (None, "header", "footer"):  # numbers and dates, and where a slide's own text goes
                continue
            found += Body(last, position).blocks(shape)
    for block in found if last else ():
        if block.text in seen:
            continue
        if not seen:
            yield Block(BlockKind.HEADING, "On every slide", last, 1, position)
        seen.add(block.text)
        yield block


def _declared(body: etree._Element) -> list[str]:
    """What slides say at their head and foot, which is kept once beside them."""
    found: list[str] = []
    users = list(body.iter(DRAW + "page", _PRESENTATION + "notes"))
    for kind in ("header", "footer", "date-time"):
        used = {page.get(f"{_PRESENTATION}use-{kind}-name", "") for page in users}
        for each in body.iterchildren(f"{_PRESENTATION}{kind}-decl"):
            text = one_line("".join(map(str, each.itertext())))
            found += [text] if text and each.get(_PRESENTATION + "name") in used else []
    return found


class Body:
    """Turns elements into blocks in reading order; notes and comments are gathered for the end."""

    def __init__(
        self, page: int | None, position: Position, numbered: frozenset[tuple[str, int]] = frozenset()
    ) -> None:
        self._page = page
        self._numbered = numbered
        self._position = position
        self._notes: list[tuple[str, list[Block]]] = []

    def blocks(self, element: etree._Element, depth: int = 0, listed: int = 0, marker: str = "-") -> Iterator[Block]:
        """The blocks under an element. listed: how deep in lists it is. marker: what its items begin with."""
        if depth > _DEEPEST:
            return
        first = True
        for child in element:
            yield from self.child(child, element, depth, listed if first or child.tag not in _TEXTS else 0, marker)
            first = first and child.tag not in _TEXTS

    def child(
        self, child: etree._Element, parent: etree._Element, depth: int = 0, listed: int = 0, marker: str = "-"
    ) -> Iterator[Block]:
        """The blocks of one element under `parent`. listed, marker: as for `blocks`."""
        tag = child.tag
        if not isinstance(tag, str) or tag in _SKIPPED:
            return
        if tag in _TEXTS:
            title = parent.get(_PRESENTATION + "class") == "title" or parent.tag == "title"
            yield from self._paragraph(child, listed, marker, title)
        elif tag in _LISTS:
            yield from self._list(child, depth, listed + 1)
        elif tag == TABLE + "table":
            yield from self._table(child, depth)
        elif tag == _PRESENTATION + "notes":
            self._notes.append(("Notes", list(Body(self._page, self._position).blocks(child, depth + 1))))
        elif tag == DRAW + "frame" and child.get(_PRESENTATION + "class") == "title":
            text = one_line(" ".join(block.text for block in self.blocks(child, depth + 1)))
            if text:
                yield self._block(BlockKind.HEADING, text, 1)
        elif tag == OFFICE + "annotation":
            self._comment(child)
        else:
            yield from self.blocks(child, depth + 1, listed, marker)

    def beside(self) -> Iterator[Block]:
        """Notes and comments, under a heading of ours each."""
        for heading in dict.fromkeys(heading for heading, _ in self._notes):
            blocks = [block for name, found in self._notes if name == heading for block in found]
            if blocks:
                yield self._block(BlockKind.HEADING, heading, 2 if self._page else 1)
                yield from blocks

    def _block(self, kind: BlockKind, text: str, level: int = 0) -> Block:
        return Block(kind, text, self._page, level, self._position)

    def _paragraph(self, element: etree._Element, listed: int, marker: str, title: bool) -> Iterator[Block]:
        pieces: list[str] = []
        framed: list[etree._Element] = []
        self._gather(element, pieces, framed, 0)
        text = tidy("".join(pieces))
        if text and element.tag == TEXT + "h":
            level = min(max(1, number(element.get(TEXT + "outline-level", "1"), 1)), 9)
            yield self._block(BlockKind.HEADING, one_line(text), level)
        elif text and listed:
            yield self._block(BlockKind.LIST, f"{'  ' * (listed - 1)}{marker} {text}")
        elif text:
            yield self._block(BlockKind.PARAGRAPH, text)
        for frame in framed:
            yield from self.blocks(frame, 1)

    def _gather(self, element: etree._Element, pieces: list[str], framed: list[etree._Element], depth: int) -> None:
        pieces.append(element.text or "")
        for child in element:
            tag = child.tag
            if isinstance(tag, str) and depth < _DEEPEST:
                if tag == TEXT + "note":
                    body = child.find(TEXT + "note-body")
                    if body is not None:
                        self._notes.append(("Notes", list(Body(self._page, self._position).blocks(body, 1))))
                elif tag == OFFICE + "annotation":
                    self._comment(child)
                elif tag == TEXT + "s":
                    pieces.append(" " * min(max(1, number(child.get(TEXT + "c", "1"), 1)), 100))
                elif tag in _LETTERS:
                    pieces.append(_LETTERS[tag])
                elif tag.startswith(DRAW) and tag != DRAW + "a":
                    framed.append(child)
                elif tag not in _SKIPPED and tag != TEXT + "ruby-text":
                    self._gather(child, pieces, framed, depth + 1)
            pieces.append(child.tail or "")

    def _comment(self, element: etree._Element) -> None:
        said = [block.text for block in Body(self._page, self._position).blocks(element, 1)]
        if said:
            self._notes.append(("Comments", [self._block(BlockKind.PARAGRAPH, "\n".join(said))]))

    def _list(self, element: etree._Element, depth: int, listed: int) -> Iterator[Block]:
        above = element.iterancestors(TEXT + "list")
        style = next((name for each in (element, *above) if (name := each.get(TEXT + "style-name"))), "")
        count = max(1, number(element.get(TEXT + "start-value", "1"), 1)) - 1
        for item in element.iterchildren(TEXT + "list-item", TEXT + "list-header"):
            count += 1
            marker = f"{count}." if (style, listed) in self._numbered else "-"
            yield from self.blocks(item, depth + 1, listed, marker)

    def _table(self, table: etree._Element, depth: int) -> Iterator[Block]:
        rows = [row for row in table.iter(TABLE + "table-row") if next(row.iterancestors(TABLE + "table")) is table]
        cells = [[cell for cell in row if cell.tag == TABLE + "table-cell"] for row in rows]
        if max((len(row) for row in cells), default=0) <= 1:
            for row in cells:
                for cell in row:
                    yield from self.blocks(cell, depth + 1)
            return
        text = markdown_rows([[found for cell in row for found in self._cell(cell, depth)] for row in cells])
        if text:
            yield self._block(BlockKind.TABLE, text)

    def _cell(self, cell: etree._Element, depth: int) -> Iterator[Cell]:
        text = " ".join(block.text for block in self.blocks(cell, depth + 1))
        columns, rows = (number(cell.get(f"{TABLE}number-{what}-spanned", "1"), 1) for what in ("columns", "rows"))
        repeated = min(max(1, number(cell.get(TABLE + "number-columns-repeated", "1"), 1)), _MOST_REPEATED)
        for _ in range(repeated):
            yield Cell(one_line(text), columns, rows)
