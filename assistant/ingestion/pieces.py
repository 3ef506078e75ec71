"""The smallest parts of a document that chunking moves as a whole: sentences, rows and lines; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.ingestion.sentences import sentence_spans
from assistant.values import Block, BlockKind

MAX_PASSAGE_CHARACTERS: Final = 4_000
"""The longest passage: an embedder may count a word of any length as one unknown token."""

_LONGEST_WORD: Final = 40
_LINE: Final = re.compile(r"[^\n]*\S[^\n]*")
_CLAUSE_END: Final = (",", ";", ":", "—", "–", "،", "、", "，", "；", "：", "|")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one block's text. block: its place among the blocks. tokens: its length, at most."""

    block: int
    start: int
    end: int
    tokens: int


def split(blocks: Sequence[Block], count: Callable[[Sequence[str]], Sequence[int]], limit: int) -> list[list[Piece]]:
    """The pieces of each block, none longer than `limit` tokens; only white space lies between them."""
    spans = [(number, start, end) for number, block in enumerate(blocks) for start, end in _spans(block)]
    lengths = count([blocks[number].text[start:end] for number, start, end in spans])
    pieces: list[list[Piece]] = [[] for _ in blocks]
    long: dict[tuple[int, int], list[Piece]] = {}
    for (number, start, end), tokens in zip(spans, lengths, strict=True):
        if tokens > limit or end - start > MAX_PASSAGE_CHARACTERS:
            long[number, start] = list(_words(number, blocks[number].text, start, end, limit))
        pieces[number].append(Piece(number, start, end, tokens))
    if long:
        _count_words(blocks, long, count)
        for number in {number for number, _ in long}:
            pieces[number] = [
                part
                for piece in pieces[number]
                for part in (
                    _parts(long[number, piece.start], blocks[number].text, limit)
                    if (number, piece.start) in long
                    else (piece,)
                )
            ]
    return pieces


def _spans(block: Block) -> list[tuple[int, int]]:
    """Where the pieces of a block begin and end: rows, lines or sentences."""
    if block.kind is BlockKind.HEADING:
        text = block.text
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        return [(start, end)] if end > start else []
    if block.kind in (BlockKind.TABLE, BlockKind.CODE):
        return [match.span() for match in _LINE.finditer(block.text)]
    return sentence_spans(block.text)


def _words(number: int, text: str, start: int, end: int, limit: int) -> Iterator[Piece]:
    """The words of a stretch, those that are very long in several parts, not counted yet."""
    for match in re.compile(rf"\S{{1,{max(1, min(_LONGEST_WORD, limit))}}}").finditer(text, start, end):
        yield Piece(number, match.start(), match.end(), 0)


def _count_words(
    blocks: Sequence[Block], long: dict[tuple[int, int], list[Piece]], count: Callable[[Sequence[str]], Sequence[int]]
) -> None:
    different = list(
        dict.fromkeys(blocks[word.block].text[word.start : word.end] for words in long.values() for word in words)
    )
    known = dict(zip(different, count(different), strict=True))
    for words in long.values():
        words[:] = [
            Piece(word.block, word.start, word.end, known[blocks[word.block].text[word.start : word.end]])
            for word in words
        ]


def _parts(words: list[Piece], text: str, limit: int) -> Iterator[Piece]:
    """As many words a part as fit; a part ends after a clause where there is one in its second half."""
    first = 0
    while first < len(words):
        last, tokens, clause = first, 0, first
        while last < len(words):
            word = words[last]
            too_long = word.end - words[first].start > MAX_PASSAGE_CHARACTERS
            if last > first and (tokens + word.tokens > limit or too_long):
                break
            tokens += word.tokens
            last += 1
            if tokens * 2 > limit and text.startswith(_CLAUSE_END, word.end - 1):
                clause = last
        if last < len(words) and clause > first:
            last = clause
        part = words[first:last]
        yield Piece(part[0].block, part[0].start, part[-1].end, sum(word.tokens for word in part))
        first = last
