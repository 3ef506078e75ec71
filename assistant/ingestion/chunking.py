"""Cuts a document into passages that fit the embedder, on the borders of sentences, sections and pages; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.ingestion.packing import Packer
from assistant.ingestion.pieces import split
from assistant.values import Block, BlockKind, Passage

_BATCH_CHARACTERS: Final = 4_000_000
_PATH_TOKENS: Final = 48
_LONGEST_HEADING: Final = 160  # characters

Count = Callable[[Sequence[str]], Sequence[int]]


def chunk(blocks: Sequence[Block], count: Count, limit: int = 200) -> tuple[Passage, ...]:
    """The passages of a document, in order; together they hold all of its text.

    count: the length of each text in tokens of the embedder, without the marks it adds around a text; asked once
    for a document of usual size. limit: the most tokens of a passage. A passage never goes on past the heading of
    another section, and stays on one page unless a sentence runs over its border. Where a section is cut, the
    next passage begins with the last sentence of the one before, if that is short. The rows of a table stay whole
    while they fit, under the table's header row. A heading stands at the start of its section's first passage; the path
    of headings that each passage carries has at most about 48 tokens, so that both fit an embedder of 256.
    """
    packer = Packer(blocks, limit)
    path: list[_Heading] = []
    for block, pieces in zip(blocks, split(blocks, _in_batches(count), limit), strict=True):
        if block.kind is BlockKind.HEADING:
            path = [above for above in path if above.level < block.level]
            tokens = sum(piece.tokens for piece in pieces)
            path.append(_Heading(block.level, " ".join(block.text.split()), tokens))
            packer.begin_section(_shown(path))
        packer.add(pieces)
    return packer.finish()


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str
    tokens: int


def _shown(path: Sequence[_Heading]) -> tuple[str, ...]:
    """The innermost headings that together stay small: they are embedded along with each passage under them."""
    shown: list[str] = []
    left = _PATH_TOKENS
    for heading in reversed(path):
        # One more than its own: for what stands between two headings.
        if shown and heading.tokens + 1 > left:
            break
        share = min(1.0, left / (heading.tokens + 1))
        shown.append(heading.text[: min(_LONGEST_HEADING, int(len(heading.text) * share))])
        left -= heading.tokens + 1
    return tuple(reversed(shown))


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
