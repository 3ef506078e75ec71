"""The figures behind a chart of an office document, as a table. Source: ISO/IEC 29500-1, 21.2 (DrawingML charts)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from assistant.ingestion.cleaning import clean, one_line
from assistant.ingestion.formats.tables import Cell, markdown_rows
from assistant.values import Block, BlockKind

_C: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MOST_POINTS: Final = 10_000


def chart_blocks(root: etree._Element | None) -> Iterator[Block]:
    """The title of a chart, and a row for each of its categories with the value of each series."""
    if root is None:
        return
    title = root.find(f"{_C}chart/{_C}title")
    text = one_line(" ".join(each.text or "" for each in title.iter(f"{_A}t"))) if title is not None else ""
    if text:
        yield Block(BlockKind.PARAGRAPH, text)
    series = list(root.iter(f"{_C}ser"))
    categories: dict[str, str] = {}
    for each in series:
        categories |= _points(each, "cat", "xVal")
    header = [Cell("")] + [Cell(" ".join(_points(each, "tx").values())) for each in series]
    values = [_points(each, "val", "yVal") for each in series]
    places = dict.fromkeys(place for each in (categories, *values) for place in each)
    rows = [[Cell(categories.get(place, "")), *(Cell(each.get(place, "")) for each in values)] for place in places]
    table = markdown_rows([header, *rows]) if rows else ""
    if table:
        yield Block(BlockKind.TABLE, clean(table))


def _points(series: etree._Element, *names: str) -> dict[str, str]:
    """What the document remembers of a row of cells: place -> text."""
    found: dict[str, str] = {}
    for name in names:
        for point in series.iterfind(f"{_C}{name}//{_C}pt"):
            if len(found) < _MOST_POINTS:
                found[point.get("idx", "")] = point.findtext(f"{_C}v") or ""
    return found
