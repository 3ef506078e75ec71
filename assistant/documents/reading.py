"""From a file to a document that can be kept: its checksum, its text page by page, its passages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from assistant.documents.scanning import Seen
from assistant.errors import DocumentUnreadable, Stopped
from assistant.ingestion import chunk, read_document
from assistant.retrieval import NewDocument
from assistant.values import (
    Block,
    PageHow,
    PageText,
    QueueItem,
    ReadDocument,
    Reading,
    Stop,
)

_HASH_BYTES: Final = 1 << 20
_STRETCH: Final = 20_000  # characters of a document without pages that are shown, and kept, as one

Count = Callable[[Sequence[str]], Sequence[int]]


def read(seen: Seen, sha256: str, count: Count, stop: Stop, item: QueueItem) -> Iterator[Reading | NewDocument]:
    """Read a file in its sandbox: Reading as pages go by, then the document. Raises DocumentUnreadable, Stopped."""
    found: ReadDocument | None = None
    for event in read_document(seen.path, stop):
        if isinstance(event, ReadDocument):
            found = event
        else:
            yield event
    if stop.requested or found is None:
        raise Stopped
    passages = chunk(found.blocks, count)
    if not passages:
        raise DocumentUnreadable(f"{seen.path.name} holds no text.", "Open it to see whether it is the right file.")
    yield NewDocument(
        seen.path,
        sha256,
        title=seen.path.name,  # what a person calls it; titles inside files are often a template's
        pages=found.pages,
        size=seen.size,
        passages=passages,
        warnings=found.warnings,
        unit=found.unit,
        language=found.language,
        texts=page_texts(found),
        tables=found.tables,
        parts=found.parts,
        modified=seen.modified,
        inode=seen.inode,
        collection=item.collection,
        source=item.source,
        queued=item.id,
    )


def page_texts(read: ReadDocument) -> tuple[PageText, ...]:
    """Every page with its text and how it was come by; a document without pages in stretches."""
    if not read.pages:
        return _stretches(read.blocks)
    texts: dict[int, list[str]] = {}
    sure: dict[int, float] = {}
    for block in read.blocks:
        if block.page is not None:
            texts.setdefault(block.page, []).append(block.text)
            if block.position.ocr is not None:
                sure[block.page] = min(block.position.ocr, sure.get(block.page, 1.0))
    lost, recognised = set(read.lost_pages), set(read.ocr_pages) | sure.keys()
    pages = []
    for number in range(1, read.pages + 1):
        text = "\n\n".join(texts.get(number, ()))
        how = PageHow.OCR if number in recognised else PageHow.TEXT
        if number in lost:
            how = PageHow.LOST
        elif not text.strip():
            how = PageHow.EMPTY
        pages.append(PageText(number, how, text, sure.get(number)))
    return tuple(pages)


def _stretches(blocks: Sequence[Block]) -> tuple[PageText, ...]:
    texts: list[list[str]] = [[]]
    size = 0
    for block in blocks:
        if size and size + len(block.text) > _STRETCH:
            texts.append([])
            size = 0
        texts[-1].append(block.text)
        size += len(block.text)
    return tuple(PageText(number, PageHow.TEXT, "\n\n".join(some)) for number, some in enumerate(texts, 1) if some)


def checksum(path: Path, stop: Stop) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal. Raises DocumentUnreadable, Stopped."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(_HASH_BYTES):
                digest.update(part)
                if stop.requested:
                    raise Stopped
    except FileNotFoundError as error:
        raise DocumentUnreadable(
            f"{path.name} is not there any more.", "Take it off the list, or put it back and try again."
        ) from error
    except PermissionError as error:
        raise DocumentUnreadable(
            f"You have no permission to read {path.name}.", "Ask its owner, or copy it to a folder of yours."
        ) from error
    except OSError as error:
        raise DocumentUnreadable(f"{path.name} could not be read.", "See whether it is still there.") from error
    return digest.hexdigest()
