"""Plain text: paragraphs between empty lines, lines that were only wrapped joined again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO, Final

from assistant.ingestion import caps
from assistant.ingestion.cleaning import clean
from assistant.ingestion.formats.decoding import decoded
from assistant.ingestion.formats.events import About, Event
from assistant.values import NOWHERE, Block, BlockKind, Position

_MOST_BYTES: Final = 4 * caps.MAX_TEXT  # a character has at most four bytes
_BORDER: Final = re.compile(r"(\n[^\S\n]*\n\s*|\f)")
_LONGEST: Final = 32_000
_SHORTEST_WRAPPED: Final = 45
_TABULAR: Final = re.compile(r"\t|\S {3,}\S")


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of a plain text. Raises Refusal("not-text")."""
    source = decoded(file)
    rest = ""
    line = 1
    for piece in source.pieces(_MOST_BYTES):
        *parts, rest = _split(rest + piece)
        for part in parts:
            yield from _blocks(part, line)
            line += part.count("\n")
    yield from _blocks(rest, line)
    yield About(notes=("some-letters",) if source.uncertain else ())


def paragraphs(text: str) -> Iterator[Block]:
    """The blocks of a text that is part of something larger, as a message's."""
    for part in _split(text):
        yield from _blocks(part, 0)


def _split(text: str) -> list[str]:
    """Paragraphs and what stands between them, in turns; the last may go on in the next piece."""
    parts = _BORDER.split(text.replace("\r\n", "\n"))
    if len(parts[-1]) > _LONGEST:
        border = parts[-1].rfind("\n")
        if border < 0:
            border = parts[-1].rfind(" ")
        if border < 0:
            border = len(parts[-1])
        parts[-1:] = [parts[-1][:border], parts[-1][border:]]
    return parts


def _blocks(paragraph: str, line: int) -> Iterator[Block]:
    """The blocks of a paragraph. line: that on which it begins, from 1; 0 where lines don't count."""
    if not paragraph.strip():
        return
    stripped = paragraph.strip("\n")
    line += (len(paragraph) - len(paragraph.lstrip("\n"))) if line else 0
    position = Position(line=line, last_line=line + stripped.count("\n")) if line else NOWHERE
    text = unwrapped(clean(paragraph).strip("\n"))
    start = 0
    while len(text) - start > _LONGEST:
        end = text.rfind("\n", start, start + _LONGEST)
        if end <= start:
            end = text.rfind(" ", start, start + _LONGEST)
        end = end if end > start else start + _LONGEST
        yield Block(BlockKind.PARAGRAPH, text[start:end], position=position)
        start = end
    if text[start:].strip():
        yield Block(BlockKind.PARAGRAPH, text[start:], position=position)


def unwrapped(text: str) -> str:
    """`text` with a space for each line feed that only kept lines short; others are meant, and stay."""
    lines = [line.rstrip() for line in text.split("\n")]
    longest = max(len(line) for line in lines)
    if len(lines) < 2 or longest < _SHORTEST_WRAPPED or longest > 200 or _TABULAR.search(text):
        return "\n".join(lines)
    parts = [lines[0]]
    for line, following in pairwise(lines):
        words = following.split(None, 1)
        full = bool(words) and len(line) + 1 + len(words[0]) > longest
        parts.append(f" {following.lstrip()}" if full else f"\n{following}")
    return "".join(parts)
