"""Fills passages with pieces, one after the other; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.ingestion.languages import language
from assistant.ingestion.pieces import MAX_PASSAGE_CHARACTERS, Piece
from assistant.ingestion.places import place_of
from assistant.ingestion.sentences import runs_over
from assistant.values import Block, BlockKind, Passage

_OVERLAP_SHARE: Final = 5  # a sentence is said again only if it is at most this part of a passage
_SEPARATORS: Final = "-:| \t"


class Packer:
    """The passages of one document as they grow; `chunking.chunk` says by which rules."""

    def __init__(self, blocks: Sequence[Block], limit: int) -> None:
        self._blocks = blocks
        self._limit = limit
        self._section: tuple[str, ...] = ()
        self._passages: list[Passage] = []
        # Of the passage that grows:
        self._pieces: list[Piece] = []
        self._tokens = 0
        self._characters = 0
        self._heading: tuple[str, ...] = ()
        self._repeated = ""  # header row said again at its start

    def begin_section(self, heading: tuple[str, ...]) -> None:
        """From here on passages stand under `heading`, outermost first."""
        if self._has_body():
            self._flush()
        self._section = heading

    def add(self, pieces: list[Piece]) -> None:
        """Put the pieces of the next block where they belong."""
        if not pieces:
            return
        if self._pieces and self._block(pieces[0]).position.part != self._block(self._pieces[-1]).position.part:
            self._flush()  # another file begins
        if self._pieces and self._block(pieces[0]).page != self._block(self._pieces[-1]).page:
            pieces = self._cross_page(pieces)
        header = _header(self._blocks, pieces)
        if self._has_body() and self._should_stay_whole(pieces, header):
            self._flush()
        for piece in pieces:
            if self._pieces and not self._fits(piece.tokens, piece.end - piece.start):
                self._cut(piece, header)
            self._append(piece)

    def finish(self) -> tuple[Passage, ...]:
        """All passages, the last one included."""
        self._flush()
        return tuple(self._passages)

    def _block(self, piece: Piece) -> Block:
        return self._blocks[piece.block]

    def _has_body(self) -> bool:
        return any(self._block(piece).kind is not BlockKind.HEADING for piece in self._pieces)

    def _fits(self, tokens: int, characters: int) -> bool:
        return self._tokens + tokens <= self._limit and self._characters + characters <= MAX_PASSAGE_CHARACTERS

    def _should_stay_whole(self, pieces: Sequence[Piece], header: Sequence[Piece]) -> bool:
        """True where a block would be torn for the sake of filling a passage that is half full already."""
        total = sum(piece.tokens for piece in pieces)
        if total <= self._limit < self._tokens + total and self._tokens * 2 > self._limit:
            return True
        start = sum(piece.tokens for piece in pieces[: len(header) + 1])
        return bool(header) and start <= self._limit < self._tokens + start

    def _append(self, piece: Piece) -> None:
        self._pieces.append(piece)
        self._tokens += piece.tokens
        self._characters += piece.end - piece.start + 1
        self._heading = self._section

    def _cross_page(self, pieces: list[Piece]) -> list[Piece]:
        """End the passage at the border of a page, or after the sentence that runs over it."""
        last, first = self._pieces[-1], pieces[0]
        if not self._is_open(last, first) or last.tokens + first.tokens > self._limit:
            self._flush()
            return pieces
        if not self._fits(first.tokens, first.end - first.start):
            self._pieces.pop()
            self._tokens -= last.tokens
            self._flush()
            self._append(last)
        self._append(first)
        self._flush()
        return pieces[1:]

    def _is_open(self, last: Piece, first: Piece) -> bool:
        """True for a sentence that goes on from one page to the next."""
        before, after = self._block(last), self._block(first)
        if before.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST) or after.kind is not BlockKind.PARAGRAPH:
            return False
        if before.page is None or after.page != before.page + 1:
            return False
        return runs_over(before.text[last.start : last.end], after.text[first.start : first.end])

    def _cut(self, following: Piece, header: Sequence[Piece]) -> None:
        """End the passage inside a section, and begin the next with what makes it readable alone."""
        last = self._pieces[-1]
        kind = self._block(last).kind
        self._flush()
        if header and last.block == following.block:
            tokens = sum(piece.tokens for piece in header)
            if following not in header and tokens * 2 <= self._limit and self._fits(tokens + following.tokens, 0):
                self._repeated = self._block(last).text[header[0].start : header[-1].end] + "\n"
                self._tokens, self._characters = tokens, len(self._repeated)
            return
        alike = kind in (BlockKind.PARAGRAPH, BlockKind.LIST) and self._block(following).kind is kind
        short = last.tokens * _OVERLAP_SHARE <= self._limit
        length = last.end - last.start + following.end - following.start
        if alike and short and self._fits(last.tokens + following.tokens, length):
            self._append(last)

    def _flush(self) -> None:
        """Keep the passage that grows, if there is one, and begin another."""
        if self._pieces:
            text = self._repeated + self._text(self._pieces)
            self._passages.append(
                Passage(
                    text=text,
                    ordinal=len(self._passages),
                    tokens=self._tokens,
                    page=self._block(self._pieces[0]).page,
                    last_page=self._block(self._pieces[-1]).page,
                    heading=self._heading,
                    position=place_of(self._blocks, self._pieces),
                    language=language(text),
                )
            )
        self._pieces, self._tokens, self._characters, self._repeated = [], 0, 0, ""

    def _text(self, pieces: Sequence[Piece]) -> str:
        """The text of the pieces; those of one block with what stands between them there."""
        parts: list[str] = []
        first = 0
        for at, piece in enumerate(pieces):
            following = pieces[at + 1] if at + 1 < len(pieces) else None
            if following is None or following.block != piece.block:
                parts.append(self._block(piece).text[pieces[first].start : piece.end])
                parts.append(self._joint(piece, following) if following is not None else "")
                first = at + 1
        return "".join(parts)

    def _joint(self, last: Piece, first: Piece) -> str:
        before, after = self._block(last), self._block(first)
        if before.kind is after.kind is BlockKind.LIST:
            return "\n"
        return " " if self._is_open(last, first) else "\n\n"


def _header(blocks: Sequence[Block], pieces: Sequence[Piece]) -> Sequence[Piece]:
    """The header row of a table and the line under it; nothing where the table has none."""
    if len(pieces) < 3 or blocks[pieces[0].block].kind is not BlockKind.TABLE:
        return ()
    under = blocks[pieces[1].block].text[pieces[1].start : pieces[1].end]
    return pieces[:2] if "-" in under and not under.strip(_SEPARATORS) else ()
