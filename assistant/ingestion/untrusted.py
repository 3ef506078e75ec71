"""What comes from the child that reads, checked before a word of it is believed; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from assistant.ingestion import caps, refusals
from assistant.ingestion.cleaning import one_line, without_unseen
from assistant.values import Block, BlockKind, ReadDocument

_KINDS: Final = {kind.value: kind for kind in BlockKind}
_LEVELS: Final = range(10)


class Nonsense(ValueError):
    """An answer that no honest child gives."""


@dataclass(slots=True)
class Received:
    """One document as it comes in. Every method raises Nonsense at the first thing out of order."""

    blocks: list[Block] = field(default_factory=list)
    characters: int = 0
    page: int = 0
    pages: int = 0
    complete: bool = False
    cut: bool = False
    title: str = ""
    empty_pages: tuple[int, ...] = ()
    lost_pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    def take(self, untrusted: Mapping[str, object]) -> bool:
        """Take one part in; True if it says how far reading has come."""
        if self.complete:
            raise Nonsense("something came after the end")
        untrusted_blocks = untrusted.get("blocks", [])
        if not isinstance(untrusted_blocks, list):
            raise Nonsense("blocks")
        for untrusted_block in untrusted_blocks:
            self._take_block(untrusted_block)
        if "about" in untrusted:
            self._take_end(untrusted["about"])
        if "page" not in untrusted:
            return False
        self.pages = _number(untrusted.get("pages"), caps.MAX_PAGES)
        self.page = _number(untrusted["page"], self.pages)
        return True

    def document(self) -> ReadDocument:
        """The whole document, with a sentence for each thing that is missing in it."""
        if not self.complete:
            raise Nonsense("no end")
        warnings = [sentence for note in self.notes if (sentence := refusals.warning(note)) is not None]
        if self.cut:
            warnings.append(refusals.cut_warning(self.characters))
        if self.lost_pages:
            warnings.append(refusals.lost_pages_warning(self.lost_pages, self.pages))
        if self.empty_pages:
            warnings.append(refusals.empty_pages_warning(self.empty_pages, self.pages))
        return ReadDocument(self.title, tuple(self.blocks), self.pages, self.empty_pages, tuple(warnings))

    def _take_block(self, untrusted: object) -> None:
        match untrusted:
            case [str(kind), str(text), int(page), int(level)] if kind in _KINDS and level in _LEVELS:
                pass
            case _:
                raise Nonsense("block")
        last = self.blocks[-1].page if self.blocks else None
        if not 0 <= page <= caps.MAX_PAGES or (last or 0) > page:
            raise Nonsense("page")
        self.characters += len(text)
        if len(text) > caps.MAX_BLOCK or self.characters > caps.MAX_TEXT or len(self.blocks) >= caps.MAX_BLOCKS:
            raise Nonsense("size")
        text = without_unseen(text)
        if text.strip():
            self.blocks.append(Block(_KINDS[kind], text, page or None, level))

    def _take_end(self, untrusted: object) -> None:
        if not isinstance(untrusted, dict):
            raise Nonsense("about")
        title, notes = untrusted.get("title"), untrusted.get("notes")
        if not isinstance(title, str) or not isinstance(notes, list) or len(notes) > 20:
            raise Nonsense("about")
        self.title = one_line(title)[: caps.MAX_TITLE]
        self.notes = tuple(dict.fromkeys(note for note in notes if isinstance(note, str)))
        self.pages = _number(untrusted.get("pages"), caps.MAX_PAGES)
        self.empty_pages = _page_list(untrusted.get("empty_pages"), self.pages)
        self.lost_pages = _page_list(untrusted.get("lost_pages"), self.pages)
        self.cut = untrusted.get("cut") is True
        if self.blocks and (self.blocks[-1].page or 0) > self.pages:
            raise Nonsense("page")
        self.complete = True


def _number(untrusted: object, most: int) -> int:
    if type(untrusted) is not int or not 0 <= untrusted <= most:
        raise Nonsense("number")
    return untrusted


def _page_list(untrusted: object, pages: int) -> tuple[int, ...]:
    """Page numbers in rising order."""
    if not isinstance(untrusted, list) or len(untrusted) > pages:
        raise Nonsense("pages")
    numbers = tuple(_number(each, pages) for each in untrusted)
    if any(first >= second for first, second in pairwise(numbers)) or 0 in numbers:
        raise Nonsense("pages")
    return numbers
