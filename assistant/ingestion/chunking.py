"""Cuts a document into passages that fit the embedder, on the borders of sentences, sections and pages; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from assistant.ingestion.packing import Packer
from assistant.ingestion.pieces import split
from assistant.values import Block, BlockKind, Passage

_BATCH_CHARACTERS: Final = 4_000_000
_MAX_HEADING: Final = 100  # characters; it is embedded together with the passage

Count = Callable[[Sequence[str]], Sequence[int]]


def chunk(blocks: Sequence[Block], count: Count, limit: int = 200) -> tuple[Passage, ...]:
    """The passages of a document, in order; together they hold all of its text.

    count: the length of each text in tokens of the embedder, without the marks it adds around a text; asked once
    for a document of usual size. limit: the most tokens of a passage. A passage never goes on past the heading of
    another section, and stays on one page unless a sentence runs over its border. Where a section is cut, the
    next passage begins with the last sentence of the one before, if that is short. The rows of a table stay whole
    while they fit, under the table's header row. A heading stands at the start of its section's first passage.
    """
    packer = Packer(blocks, limit)
    path: list[tuple[int, str]] = []
    for block, pieces in zip(blocks, split(blocks, _in_batches(count), limit), strict=True):
        if block.kind is BlockKind.HEADING:
            path = [above for above in path if above[0] < block.level]
            path.append((block.level, " ".join(block.text.split())[:_MAX_HEADING]))
            packer.begin_section(tuple(text for _, text in path))
        packer.add(pieces)
    return packer.finish()


def _in_batches(count: Count) -> Count:
    """`count`, asked for at most some megabytes at once."""

    def counted(texts: Sequence[str]) -> list[int]:
        lengths: list[int] = []
        batch: list[str] = []
        size = 0
        for text in texts:
            batch.append(text)
            size += len(text)
            if size >= _BATCH_CHARACTERS:
                lengths += count(batch)
                batch, size = [], 0
        if batch:
            lengths += count(batch)
        return lengths

    return counted
