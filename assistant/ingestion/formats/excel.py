"""What stands beside the cells of an Excel workbook: comments, charts and the text of drawings (ISO/IEC 29500-1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from assistant.ingestion.cleaning import one_line
from assistant.ingestion.formats.charts import chart_blocks
from assistant.ingestion.formats.events import Placed
from assistant.ingestion.formats.package import Package
from assistant.ingestion.formats.placing import Pictures
from assistant.values import Block, BlockKind

_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MOST_SHEETS: Final = 2_000


def beside_cells(package: Package, pictures: Pictures) -> dict[str, list[Block | Placed]]:
    """Comments, charts, text boxes and pictures by the name of the sheet that they are on."""
    found: dict[str, list[Block | Placed]] = {}
    workbook = "xl/workbook.xml"
    root = package.xml(workbook)
    if root is None:
        return found
    targets = {relation.id: relation.target for relation in package.relations(workbook)}
    for sheet in list(root.iter("{*}sheet"))[:_MOST_SHEETS]:
        part = targets.get(sheet.get(_RELATION, ""), "")
        blocks = list(_of_sheet(package, part, pictures)) if part else []
        if blocks:
            found[sheet.get("name", "")] = blocks
    return found


def _of_sheet(package: Package, part: str, pictures: Pictures) -> Iterator[Block | Placed]:
    people = {
        person.get("id", ""): person.get("displayName", "")
        for name in package.parts("xl/persons/person")
        for person in _root(package, name).iter("{*}person")
    }
    relations = package.relations(part)
    threaded = any(relation.kind == "threadedComment" for relation in relations)
    for relation in relations:
        if relation.kind == "comments" and not threaded:
            yield from _comments(_root(package, relation.target))
        elif relation.kind == "threadedComment":
            for comment in _root(package, relation.target).iter("{*}threadedComment"):
                author, text = people.get(comment.get("personId", ""), ""), one_line(_text(comment))
                yield _comment(comment.get("ref", ""), author, text, comment.get("dT", ""))
        elif relation.kind == "drawing":
            yield from _drawing(package, relation.target)
            yield from pictures.under(_root(package, relation.target), package.targets(relation.target))
    if threaded:  # the older spelling repeats them, and holds those that are not in the newer one
        for relation in relations:
            if relation.kind == "comments":
                yield from (
                    block for block in _comments(_root(package, relation.target)) if "[Threaded" not in block.text
                )


def _comments(root: etree._Element) -> Iterator[Block]:
    authors = [one_line(author.text or "") for author in root.iter("{*}author")]
    for comment in root.iter("{*}comment"):
        number = comment.get("authorId", "")
        author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
        text = one_line("".join(each.text or "" for each in comment.iter("{*}t")))
        if text:
            yield _comment(comment.get("ref", ""), author, text)


def _comment(cell: str, author: str, text: str, time: str = "") -> Block:
    by = " by ".join(
        part for part in (f"Comment on {cell[:12]}", author if not author.startswith("tc=") else "") if part
    )
    return Block(BlockKind.PARAGRAPH, f"{by}{f' ({time[:30]})' if time else ''}: {text}")


def _drawing(package: Package, part: str) -> Iterator[Block]:
    for paragraph in _root(package, part).iter("{http://schemas.openxmlformats.org/drawingml/2006/main}p"):
        text = one_line("".join(each.text or "" for each in paragraph.iter("{*}t")))
        if text:
            yield Block(BlockKind.PARAGRAPH, text)
    for relation in package.relations(part):
        if relation.kind in ("chart", "chartEx"):
            yield from chart_blocks(package.xml(relation.target))
        elif relation.kind == "diagramData":
            for point in _root(package, relation.target).iter("{*}pt"):
                text = one_line(" ".join(each.text or "" for each in point.iter("{*}t")))
                if text:
                    yield Block(BlockKind.LIST, f"- {text}")


def _root(package: Package, part: str) -> etree._Element:
    """The root of a part; an empty one where it is not there."""
    root = package.xml(part)
    return root if root is not None else etree.Element("none")


def _text(element: etree._Element) -> str:
    return "".join(str(each) for each in element.itertext())
