"""Ways to read a file in a test: through the child, or with a format's reader right here."""

from __future__ import annotations

from pathlib import Path

from assistant.ingestion import read_document
from assistant.ingestion.formats.events import About, Reader
from assistant.values import Block, BlockKind, ReadDocument


def read(path: Path) -> ReadDocument:
    """The document, read as the product reads it."""
    *_, document = read_document(path)
    assert isinstance(document, ReadDocument)
    return document


def read_here(reader: Reader, path: Path) -> tuple[list[Block], About]:
    """What a format's reader says, without a child."""
    with path.open("rb") as file:
        events = list(reader(file, path.stat().st_size))
    about = events[-1]
    assert isinstance(about, About)
    return [event for event in events if isinstance(event, Block)], about


def short(blocks: list[Block]) -> list[tuple[str, str]]:
    """Kind and text of each block; a heading's kind with its level, as "h2"."""
    return [(f"h{b.level}" if b.kind is BlockKind.HEADING else b.kind.value, b.text) for b in blocks]
