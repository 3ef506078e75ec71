"""What messages of every kind become: who wrote to whom, about what, the text, and what is attached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from assistant.ingestion.cleaning import one_line
from assistant.ingestion.formats.events import Event, Inside
from assistant.ingestion.formats.html import blocks_of
from assistant.ingestion.formats.text import paragraphs
from assistant.values import Block, BlockKind, Position, Unit

_LONGEST_LINE: Final = 4_000
SUFFIXES_OF: Final = {
    "message/rfc822": ".eml", "text/html": ".html", "text/plain": ".txt", "text/csv": ".csv", "text/calendar": ".txt",
    "application/pdf": ".pdf", "application/rtf": ".rtf", "application/json": ".json", "image/png": ".png",
    "image/jpeg": ".jpg", "image/tiff": ".tif", "image/gif": ".gif",
}  # fmt: skip
"""How the name of an attachment ends that has none, by what it is said to be."""

MESSAGE: Final = Position(Unit.MESSAGE)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message. heads: as ("From", "Ann <ann@example.org>"). plain, html: its text in either form, or ""."""

    subject: str
    heads: tuple[tuple[str, str], ...]
    plain: str = ""
    html: str = ""
    blocks: tuple[Block, ...] = ()
    attached: tuple[Inside, ...] = ()


def letter_events(letter: Letter, number: int | None, level: int = 1) -> Iterator[Event]:
    """The blocks of a message and the files attached to it. number: of the message, from 1, None where it is alone."""
    position = MESSAGE if number is not None else Position()
    subject = one_line(letter.subject)[:_LONGEST_LINE]
    if subject:
        yield Block(BlockKind.HEADING, subject, number, level, position)
    heads = [f"{name}: {one_line(value)[:_LONGEST_LINE]}" for name, value in letter.heads if value.strip()]
    if heads:
        yield Block(BlockKind.PARAGRAPH, "\n".join(heads), number, 0, position)
    for block in _body(letter):
        deeper = min(block.level + level, 9) if block.level else 0
        yield replace(block, page=number, level=deeper, position=position)
    yield from letter.attached


def _body(letter: Letter) -> list[Block]:
    """The plain form where there is one; the web page where it says more."""
    if letter.blocks:
        return list(letter.blocks)
    plain = list(paragraphs(letter.plain)) if letter.plain.strip() else []
    web = blocks_of(letter.html) if letter.html.strip() else []
    lengths = [sum(len(block.text) for block in blocks) for blocks in (plain, web)]
    # Tables are worth having as tables; and some programs put one line there that says "open this in a browser".
    better = any(block.kind is BlockKind.TABLE for block in web) or lengths[1] > 1.5 * lengths[0]
    return web if web and (not plain or better) else plain
