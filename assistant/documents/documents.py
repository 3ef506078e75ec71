"""Add, list and remove documents: one transaction a document, one line a file, whatever happens."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from assistant.conversations import Conversations
from assistant.embedding import Embedder
from assistant.errors import DocumentUnreadable, NotFound, PrivetError, Stopped
from assistant.ingestion import chunk, read_document, walk
from assistant.retrieval import Retrieval
from assistant.values import (
    AddFinished,
    DocumentEvent,
    DocumentId,
    DocumentInfo,
    Embedding,
    Indexed,
    NotAdded,
    Passage,
    ReadDocument,
    Reading,
    Rebuilding,
    Stop,
)

_log = logging.getLogger("privet.documents")

_HASH_BYTES: Final = 1 << 20


class Documents:
    """The person's documents: what is kept of each is its text, cut into passages, in the vault."""

    def __init__(self, embedder: Embedder, retrieval: Retrieval, conversations: Conversations) -> None:
        self._embedder = embedder
        self._retrieval = retrieval
        self._conversations = conversations

    def list(self) -> tuple[DocumentInfo, ...]:
        """Every document, newest first."""
        return self._retrieval.documents()

    def add(self, paths: Sequence[Path], stop: Stop) -> Iterator[DocumentEvent]:
        """Add files and folders, one after the other; a file that is known is brought up to date.

        Yields per file Reading, Embedding, then Indexed or NotAdded; AddFinished last. A document is
        there as a whole or not at all. After `stop`, files that are in stay in.
        """
        added = failed = 0
        for found in walk(paths):
            if stop.requested:
                break
            if isinstance(found, NotAdded):
                failed += 1
                yield found
                continue
            try:
                yield from self._add(found, stop)
                added += 1
            except Stopped:
                break
            except PrivetError as error:
                failed += 1
                _log.info("not added: %s", type(error).__name__)
                yield NotAdded(found, error.what, error.do)
        yield AddFinished(added, failed, stop.requested)

    def remove(self, document: DocumentId, stop: Stop) -> Iterator[Rebuilding]:
        """Remove every trace of a document: text, passages, words, vectors, quotes in old answers.

        The passages are gone from the first event on; the rest of the work, writing the indexes anew
        without them, goes on at the next start if it is stopped. Raises NotFound.
        """
        # In this order: until the last step the document is listed, and removing it can be tried again.
        self._conversations.forget_document(document)
        self._retrieval.remove(document)
        yield from self._retrieval.compact(stop)

    def find(self, name: str) -> DocumentInfo:
        """The document with this number, path or file name. Raises NotFound if there is none, or more than one."""
        documents = self.list()
        exact = [info for info in documents if name in (str(info.id), str(info.path), str(Path(name).absolute()))]
        found = exact or [info for info in documents if name in (info.path.name, info.title)]
        if len(found) == 1:
            return found[0]
        if found:
            raise NotFound(f"More than one document is called {name}.", "Name it by its number.")
        raise NotFound(f"There is no document {name}.", "List the documents to see what is there.")

    def _add(self, path: Path, stop: Stop) -> Iterator[DocumentEvent]:
        path = path.absolute()
        yield Reading(path, 0, 0)
        digest = _sha256(path, stop)
        known = self._retrieval.known(path)
        if known is not None and known.sha256 == digest:
            yield Indexed(path, known.document, unchanged=True)
            return
        read: ReadDocument | None = None
        for event in read_document(path, stop):
            if isinstance(event, ReadDocument):
                read = event
            else:
                yield event
        if stop.requested or read is None:
            raise Stopped
        passages = chunk(read.blocks, self._embedder.count_tokens)
        if not passages:
            raise DocumentUnreadable(f"{path.name} holds no text.", "Open it to see whether it is the right file.")
        vectors = bytearray()
        yield from self._embed(path, passages, vectors, stop)
        stored = self._retrieval.put(
            path,
            sha256=digest,
            title=path.name,  # what a person calls it; titles inside files are often a template's
            pages=read.pages,
            size=path.stat().st_size,
            warnings=read.warnings,
            passages=passages,
            dimensions=self._embedder.dimensions,
            vectors=bytes(vectors),
            model=self._embedder.name,
        )
        yield Indexed(path, stored.document, replaced=bool(stored.replaced))

    def _embed(
        self, path: Path, passages: Sequence[Passage], vectors: bytearray, stop: Stop
    ) -> Iterator[DocumentEvent]:
        """Fill `vectors` in the order of `passages`. Raises Stopped."""
        texts = [embedded_text(passage) for passage in passages]
        began = time.monotonic()
        done = 0
        yield Embedding(path, 0, len(texts), None)
        for batch in self._embedder.stream(texts, stop=stop):
            vectors += batch.data
            done += batch.count
            left = (time.monotonic() - began) / done * (len(texts) - done)
            yield Embedding(path, done, len(texts), left)
        if done < len(texts):
            raise Stopped


def embedded_text(passage: Passage) -> str:
    """What of a passage is turned into a vector: its headings say what it is about, so they come first."""
    return "\n".join((" > ".join(passage.heading), passage.text)) if passage.heading else passage.text


def _sha256(path: Path, stop: Stop) -> str:
    """The file's checksum. Raises DocumentUnreadable, Stopped."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(_HASH_BYTES):
                digest.update(part)
                if stop.requested:
                    raise Stopped
    except PermissionError as error:
        raise DocumentUnreadable(
            f"You have no permission to read {path.name}.", "Ask its owner, or copy it to a folder of yours."
        ) from error
    except OSError as error:
        raise DocumentUnreadable(f"{path.name} could not be read.", "See whether it is still there.") from error
    return digest.hexdigest()
