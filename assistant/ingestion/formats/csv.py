"""CSV and its relatives (RFC 4180): rows of cells, whatever stands between them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from assistant.ingestion import caps
from assistant.ingestion.cleaning import one_line
from assistant.ingestion.formats.cells import Row, table_events
from assistant.ingestion.formats.decoding import decoded
from assistant.ingestion.formats.events import About, Event
from assistant.values import NOWHERE, CellValue
from assistant.workers import Refusal

_DELIMITERS: Final = ",;\t|"
_SAID: Final = re.compile(r'"?sep=([,;\t|])"?\s*$', re.IGNORECASE)
_LOOKED_AT: Final = 60  # lines
_CHUNK_CELLS: Final = 200_000
_LONGEST_CELL: Final = 32_767
_LONGEST_LINE: Final = 4 << 20
_MOST_COLUMNS: Final = 16_384

csv.field_size_limit(10 << 20)


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks and data of a table of text. Raises Refusal("not-text")."""
    source = decoded(file)
    lines = _lines(source.pieces(4 * caps.MAX_TEXT))
    start = [line for line, _ in zip(lines, range(_LOOKED_AT), strict=False)]
    said = _SAID.match(start[0]) if start else None  # Excel's own first line, which is no row
    if said:
        start = start[1:]
    rows = csv.reader(_chained(start, lines), delimiter=said[1] if said else delimiter(start))
    head: Row | None = None
    waiting: list[Row] = []
    cells = characters = 0
    cut = False
    try:
        for row in rows:
            cut = cut or len(row) > _MOST_COLUMNS
            values = [_value(each) for each in row[:_MOST_COLUMNS]]
            if not any(value is not None for value in values):
                continue
            waiting.append(Row(rows.line_num, values))
            cells += len(values)
            characters += sum(len(each) for each in row)
            if cells >= _CHUNK_CELLS or characters > 8 * caps.BATCH_CHARACTERS:
                first = waiting[0]
                yield from table_events(waiting, None, NOWHERE, head=head)
                head, waiting, cells, characters = head or first, [], 0, 0
    except csv.Error as error:
        raise Refusal("not-text", "csv") from error
    if waiting:
        yield from table_events(waiting, None, NOWHERE, head=head)
    yield About(notes=(*(("some-letters",) if source.uncertain else ()), *(("more-columns",) if cut else ())))


def delimiter(lines: Iterable[str]) -> str:
    """What stands between the cells: what is in most lines, and the same number of times in them."""
    best, best_score = ",", 0.0
    for each in _DELIMITERS:
        counts = [count for line in lines if line.strip() and (count := line.count(each)) >= 0]
        often = max(set(counts), key=counts.count) if counts else 0
        score = counts.count(often) / len(counts) * (often > 0) + (0.1 * any(counts)) if counts else 0.0
        if score > best_score:
            best, best_score = each, score
    return best


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    rest = ""
    for piece in pieces:
        *whole, rest = (rest + piece).replace("\0", "").splitlines(keepends=True) or [""]
        if rest.endswith(("\n", "\r")) and not rest.endswith("\r"):
            whole.append(rest)
            rest = ""
        yield from whole
        if len(rest) > _LONGEST_LINE:
            yield rest
            rest = ""
    if rest:
        yield rest


def _chained(first: Iterable[str], then: Iterable[str]) -> Iterator[str]:
    yield from first
    yield from then


def _value(text: str) -> CellValue:
    """A number where the text is how programs write one, else the text."""
    text = one_line(text)[:_LONGEST_CELL]
    if not text:
        return None
    if len(text) < 16 and text.isascii() and (text[0] in "-." or text[0].isdigit()):
        body = text[1:] if text[0] == "-" else text
        if body.isdigit() and (body == "0" or body[0] != "0"):
            return int(text)
        whole, dot, part = body.partition(".")
        if dot and part.isdigit() and whole.isdigit() and (whole == "0" or whole[0] != "0") and not part.endswith("0"):
            return float(text)
    return text
