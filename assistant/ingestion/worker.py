"""The child's side of reading: one file, by its descriptor, in a process that can do nothing else."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from assistant.ingestion import caps
from assistant.ingestion.families import Family
from assistant.ingestion.formats.events import About, PageRead, Reader
from assistant.privacy import narrow_to_descriptors
from assistant.values import Block
from assistant.workers import Handler, Part, Refusal, Request

_CODECS = ("ascii", "latin-1", "utf-8", "utf-16-le", "cp437")  # cp437: names in ZIP files


def handlers() -> Mapping[str, Handler]:
    """What this child does: "read" {descriptor, size, family}, once."""
    return {"read": _read}


def _read(request: Request) -> Iterator[Part]:
    descriptor, size = request.arguments.get("descriptor"), request.arguments.get("size")
    if not isinstance(descriptor, int) or not isinstance(size, int):
        raise Refusal("bug", "arguments")
    with os.fdopen(descriptor, "rb") as file:
        for name in _CODECS:
            codecs.lookup(name)  # Python imports a codec when it is first used, which would be too late
        read = _reader(Family(str(request.arguments.get("family"))), file)
        narrow_to_descriptors()
        yield Part()  # from here on it is the file's fault if this process ends
        batch = _Batch()
        for event in read(file, size):
            if request.cancelled.is_set():
                return
            match event:
                case PageRead(page, pages):
                    yield Part({"page": page, "pages": pages, "blocks": batch.empty()})
                case About():
                    yield Part({"blocks": batch.empty()})
                    if not batch.characters:
                        raise Refusal(_without_text(event))
                    yield Part({"about": _about(event, cut=batch.full)})
                case Block():
                    for piece in _pieces(event):
                        if batch.add(piece):
                            yield Part({"blocks": batch.empty()})


def _reader(family: Family, file: BinaryIO) -> Reader:
    """The reader of one kind of document, with all it will ever import: nothing can be opened afterwards."""
    if family in (Family.HTML, Family.MARKDOWN, Family.TEXT):
        from assistant.ingestion.formats import decoding

        decoding.prepare(file)
    match family:
        case Family.PDF:
            from assistant.ingestion.formats import pdf

            return pdf.read
        case Family.DOCX:
            from assistant.ingestion.formats import docx

            return docx.read
        case Family.HTML:
            from assistant.ingestion.formats import html

            return html.read
        case Family.MARKDOWN:
            from assistant.ingestion.formats import markdown

            return markdown.read
        case Family.TEXT:
            from assistant.ingestion.formats import text

            return text.read


@dataclass(slots=True)
class _Batch:
    """Blocks on their way out. characters: of the whole document so far. full: the cap was reached."""

    waiting: list[tuple[str, str, int, int]] = field(default_factory=list)
    size: int = 0
    characters: int = 0
    blocks: int = 0
    full: bool = False

    def add(self, block: Block) -> bool:
        """Take a block in, as far as the document's caps allow; True if it is time to send."""
        text = block.text[: caps.MAX_TEXT - self.characters]
        self.full = self.full or len(text) < len(block.text) or self.blocks >= caps.MAX_BLOCKS
        if text and self.blocks < caps.MAX_BLOCKS:
            self.waiting.append((block.kind.value, text, block.page or 0, min(max(block.level, 0), 9)))
            self.size += len(text)
            self.characters += len(text)
            self.blocks += 1
        return self.size >= caps.BATCH_CHARACTERS

    def empty(self) -> list[tuple[str, str, int, int]]:
        """What waited, which waits no longer."""
        waiting, self.waiting, self.size = self.waiting, [], 0
        return waiting


def _pieces(block: Block) -> Iterator[Block]:
    """A block, in several where it is very long."""
    if len(block.text) <= caps.MAX_BLOCK:
        yield block
        return
    for start in range(0, len(block.text), caps.MAX_BLOCK):
        yield replace(block, text=block.text[start : start + caps.MAX_BLOCK])


def _without_text(about: About) -> str:
    """The code for a document in which nothing was found."""
    if not about.pages:
        return "no-text"
    return "scan" if about.pictures else "blank"


def _about(about: About, cut: bool) -> dict[str, object]:
    return {
        "title": about.title[: caps.MAX_TITLE],
        "pages": about.pages,
        "empty_pages": list(about.empty_pages),
        "lost_pages": list(about.lost_pages),
        "notes": list(about.notes),
        "cut": cut,
    }
