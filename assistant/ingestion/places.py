"""Where a passage stands, out of where its pieces stand: cells, lines, and how sure recognition was; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from assistant.ingestion.pieces import Piece
from assistant.values import NOWHERE, Block, BlockKind, Position

_RANGE: Final = re.compile(r"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?")


def place_of(blocks: Sequence[Block], pieces: Sequence[Piece]) -> Position:
    """The position of all `pieces` together: that of the first, widened to the cells and lines of the others."""
    positions = [_of_piece(blocks[piece.block], piece) for piece in pieces]
    first = positions[0]
    if all(position is first or position == first for position in positions):
        return first
    # A heading of ours stands nowhere; what follows it says where the passage is.
    first = next((position for position in positions if position != NOWHERE), first)
    cells = [position.cells for position in positions if position.cells]
    lines = [(position.line, position.last_line) for position in positions if position.line]
    sure = [position.ocr for position in positions if position.ocr is not None]
    return replace(
        first,
        cells=_around(cells) if cells else "",
        line=min((start for start, _ in lines), default=0),
        last_line=max((end for _, end in lines), default=0),
        ocr=min(sure) if sure else None,
    )


def _of_piece(block: Block, piece: Piece) -> Position:
    """The position of a part of a block, where its rows or lines can be told."""
    at = block.position
    if block.kind is BlockKind.CODE and at.line:
        start = at.line + block.text.count("\n", 0, piece.start)
        return replace(at, line=start, last_line=start + block.text.count("\n", piece.start, piece.end))
    if block.kind is BlockKind.TABLE and ":" in at.cells and (found := _RANGE.fullmatch(at.cells)) is not None:
        left, top, right, bottom = found.groups()
        # The last line of the text is the last row; the header and the line under it may belong to rows far above.
        end = int(bottom) - block.text.count("\n", piece.end)
        start = end - block.text.count("\n", piece.start, piece.end)
        first, last = (max(int(top), min(row, int(bottom))) for row in (start, end))
        return replace(at, cells=f"{left}{first}:{right}{last}")
    return at


def _around(ranges: Sequence[str]) -> str:
    """The smallest range that holds all of `ranges`."""
    columns: list[tuple[int, str]] = []
    rows: list[int] = []
    for each in ranges:
        found = _RANGE.fullmatch(each)
        if found is not None:
            left, top, right, bottom = found.groups()
            columns += [(len(name), name) for name in (left, right) if name]
            rows += [int(row) for row in (top, bottom) if row]
    if not columns:
        return ""
    start, end = f"{min(columns)[1]}{min(rows)}", f"{max(columns)[1]}{max(rows)}"
    return start if start == end else f"{start}:{end}"
