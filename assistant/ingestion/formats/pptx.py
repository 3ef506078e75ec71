"""PPTX (ISO/IEC 29500, PresentationML) read from its XML, slide by slide, with notes, comments, tables and charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from assistant.ingestion import caps
from assistant.ingestion.cleaning import one_line, tidy
from assistant.ingestion.formats.charts import chart_blocks
from assistant.ingestion.formats.events import About, Event, PageRead, Placed
from assistant.ingestion.formats.package import Package
from assistant.ingestion.formats.placing import Pictures
from assistant.ingestion.formats.tables import Cell, markdown_rows
from assistant.ingestion.formats.xml import number
from assistant.values import Block, BlockKind, Position, Unit
from assistant.workers import Refusal

A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TITLES: Final = ("title", "ctrTitle")
_NUMBERS: Final = ("dt", "sldNum")  # date and number, which run along on every slide
_RUNNING: Final = ("ftr", "hdr")
_DEEPEST: Final = 30
_SLIDE: Final = Position(Unit.SLIDE)


def read(package: Package, main: str) -> Iterator[Event]:
    """Blocks of a presentation. main: the name of its main part. Raises Refusal."""
    root = package.xml(main)
    if root is None:
        raise Refusal("damaged", "presentation")
    targets = package.targets(main)
    pictures = Pictures(package)
    names = [targets.get(each.get(f"{_R}id", ""), "") for each in root.iter("{*}sldId")][: caps.MAX_PAGES]
    empty: list[int] = []
    lost: list[int] = []
    title = ""
    running: dict[str, None] = {}
    for at, name in enumerate(names, 1):
        try:
            blocks = list(_slide(package, name, at, running, pictures)) if name else []
        except Refusal:
            lost.append(at)
            blocks = []
        title = title or next(
            (each.text for each in blocks if isinstance(each, Block) and each.kind is BlockKind.HEADING), ""
        )
        yield from blocks
        if at not in lost and not any(isinstance(each, Block) for each in blocks):
            empty.append(at)
        yield PageRead(at, len(names))
    for text in [text for text in running if text]:
        yield Block(BlockKind.PARAGRAPH, text, len(names), 0, _SLIDE)
    yield About(title, len(names), tuple(empty), tuple(lost), notes=tuple(pictures.notes), unit=Unit.SLIDE)


def _slide(
    package: Package, name: str, page: int, running: dict[str, None], pictures: Pictures
) -> Iterator[Block | Placed]:
    """The blocks of a slide, and where its pictures stand.

    running: takes in what its footer and its master say, in their order.
    """
    root = package.xml(name)
    if root is None:
        raise Refusal("damaged", "slide")
    slide = Slide(package, name, page)
    tree = next(root.iter("{*}spTree"), None)
    blocks = list(slide.shapes(tree)) if tree is not None else []
    blocks.sort(key=lambda block: block.kind is not BlockKind.HEADING)  # the title first, wherever it was drawn
    yield from blocks
    yield from pictures.under(root, package.targets(name), page, _SLIDE)
    running |= dict.fromkeys([*slide.running, *_of_masters(package, name)])
    for relation in package.relations(name):
        if relation.kind == "notesSlide":
            notes = package.xml(relation.target)
            tree = next(notes.iter("{*}spTree"), None) if notes is not None else None
            found = list(Slide(package, relation.target, page).shapes(tree)) if tree is not None else []
            if found:
                yield Block(BlockKind.HEADING, "Notes", page, 2, _SLIDE)
                yield from (Block(BlockKind.PARAGRAPH, block.text, page, 0, _SLIDE) for block in found)
        elif relation.kind == "comments":
            comments = package.xml(relation.target)
            for text in comments.iter("{*}text", "{*}t") if comments is not None else ():
                if said := one_line(text.text or ""):
                    yield Block(BlockKind.PARAGRAPH, f"Comment: {said}", page, 0, _SLIDE)


def _of_masters(package: Package, name: str) -> Iterator[str]:
    """What the layout and the master of a slide show on it themselves, apart from places for its own text."""
    for _ in range(2):
        kinds = ("slideLayout", "slideMaster")
        name = next((each.target for each in package.relations(name) if each.kind in kinds), "")
        root = package.xml(name) if name else None
        for shape in root.iter("{*}sp") if root is not None else ():
            if next(shape.iter("{*}ph"), None) is None:
                yield one_line(" ".join(runs(paragraph) for paragraph in shape.iter(f"{A}p")))


class Slide:
    """The shapes of one slide, as blocks."""

    def __init__(self, package: Package, name: str, page: int) -> None:
        self._package = package
        self._relations = {relation.id: relation for relation in package.relations(name)}
        self._page = page
        self.running: list[str] = []
        """Headers and footers, which say the same on many slides."""

    def shapes(self, tree: etree._Element, depth: int = 0) -> Iterator[Block]:
        """The blocks of what is drawn, in the order of the file."""
        for shape in tree:
            kind = etree.QName(shape).localname if isinstance(shape.tag, str) else ""
            if kind in ("grpSp", "Choice") and depth < _DEEPEST:
                yield from self.shapes(shape, depth + 1)
            elif kind == "AlternateContent" and depth < _DEEPEST:
                chosen = shape.find("{*}Choice")
                chosen = chosen if chosen is not None else shape.find("{*}Fallback")
                yield from self.shapes(chosen, depth + 1) if chosen is not None else ()
            elif kind == "graphicFrame":
                yield from self._graphic(shape)
            else:
                # Shapes of a kind that nobody knows may hold text all the same.
                yield from self._text(shape)

    def _text(self, shape: etree._Element) -> Iterator[Block]:
        place = next(shape.iter("{*}ph"), None)
        kind = place.get("type", "obj") if place is not None else ""
        if kind in _NUMBERS:
            return
        if kind in _RUNNING:
            self.running.append(one_line(" ".join(runs(paragraph) for paragraph in shape.iter(f"{A}p"))))
            return
        paragraphs = list(shape.iter(f"{A}p"))
        if kind in _TITLES:
            text = one_line(" ".join(runs(paragraph) for paragraph in paragraphs))
            if text:
                yield Block(BlockKind.HEADING, text, self._page, 1, _SLIDE)
            return
        listed = kind in ("obj", "body")
        for paragraph in paragraphs:
            text = tidy(runs(paragraph))
            if text:
                yield self._paragraph(paragraph, text, listed)

    def _paragraph(self, paragraph: etree._Element, text: str, listed: bool) -> Block:
        properties = paragraph.find(f"{A}pPr")
        level = 0
        if properties is not None:
            level = min(number(properties.get("lvl", "0")), 8)
            bullets = properties.find(f"{A}buChar") is not None or properties.find(f"{A}buAutoNum") is not None
            listed = bullets or (listed and properties.find(f"{A}buNone") is None)
        if listed:
            return Block(BlockKind.LIST, f"{'  ' * level}- {text}", self._page, 0, _SLIDE)
        return Block(BlockKind.PARAGRAPH, text, self._page, 0, _SLIDE)

    def _graphic(self, frame: etree._Element) -> Iterator[Block]:
        for table in frame.iter(f"{A}tbl"):
            text = markdown_rows(_rows(table))
            if text:
                yield Block(BlockKind.TABLE, text, self._page, 0, _SLIDE)
        for chart in frame.iter("{*}chart"):
            relation = self._relations.get(chart.get(f"{_R}id", ""))
            if relation is not None:
                for block in chart_blocks(self._package.xml(relation.target)):
                    yield Block(block.kind, block.text, self._page, 0, _SLIDE)
        for diagram in frame.iter("{*}relIds"):
            relation = self._relations.get(diagram.get(f"{_R}dm", ""))
            root = self._package.xml(relation.target) if relation is not None else None
            for paragraph in root.iter(f"{A}p") if root is not None else ():
                if text := one_line(runs(paragraph)):
                    yield Block(BlockKind.LIST, f"- {text}", self._page, 0, _SLIDE)


def _rows(table: etree._Element) -> Iterator[list[Cell]]:
    for row in table.iterchildren(f"{A}tr"):
        cells: list[Cell] = []
        for cell in row.iterchildren(f"{A}tc"):
            if cell.get("hMerge") in ("1", "true") or cell.get("vMerge") in ("1", "true"):
                continue  # the cell that it belongs to says how far it goes
            text = " ".join(runs(paragraph) for paragraph in cell.iter(f"{A}p"))
            cells.append(Cell(tidy(text), number(cell.get("gridSpan", "1"), 1), number(cell.get("rowSpan", "1"), 1)))
        yield cells


def runs(paragraph: etree._Element) -> str:
    """The text of a paragraph of DrawingML."""
    pieces = []
    for each in paragraph.iter(f"{A}t", f"{A}br", "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"):
        pieces.append("\n" if each.tag == f"{A}br" else each.text or "")
    return "".join(pieces)
