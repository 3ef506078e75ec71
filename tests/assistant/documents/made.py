"""A library of documents on a made embedder: vectors by arithmetic, no model, an index only where it counts."""

from __future__ import annotations

import hashlib
import math
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from assistant.conversations import Conversations
from assistant.documents import Documents
from assistant.embedding import Embedder
from assistant.retrieval import Retrieval
from assistant.values import DocumentEvent, IndexStatus, PassageId, Rebuilding, Stop, Vectors
from assistant.vault import Vault
from tests.assistant.vault.opening import by_passphrase

DIMENSIONS = 8
MODEL = "made-1"
PASSPHRASE = "a passphrase"


class MadeEmbedder:
    """A vector of each text's digest; `embedded` lists the texts it was asked for."""

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def stream(self, texts: Sequence[str], batch: int = 16, stop: Stop | None = None) -> Iterator[Vectors]:
        for start in range(0, len(texts), batch):
            some = texts[start : start + batch]
            self.embedded += some
            yield Vectors(len(some), DIMENSIONS, b"".join(vector(text) for text in some))


class StillIndex:
    """No index of vectors: it follows at once and finds nothing."""

    def follow(self) -> bool:
        return True

    def ensure(self, stop: Stop) -> Iterator[Rebuilding]:
        return iter(())

    def compact(self, stop: Stop) -> Iterator[Rebuilding]:
        yield Rebuilding(1, 1)

    def query(self, vector: bytes, k: int, among: Sequence[PassageId] | None = None) -> None:
        return None

    def status(self) -> IndexStatus:
        return IndexStatus("", 0, False, True, False)

    def close(self) -> None:
        pass


def vector(text: str) -> bytes:
    """Of unit length, and another for another text."""
    numbers = [byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()[:DIMENSIONS]]
    length = math.sqrt(sum(number * number for number in numbers))
    return array("f", [number / length for number in numbers]).tobytes()


class Home:
    """One run of Privet's documents in a folder."""

    def __init__(self, vault: Vault, retrieval: Retrieval) -> None:
        self.vault = vault
        self.retrieval = retrieval
        self.embedder = MadeEmbedder()
        self.conversations = Conversations(vault)
        self.on_battery = False
        self.documents = Documents(
            vault,
            cast(Embedder, self.embedder),
            self.embedder.count_tokens,
            retrieval,
            self.conversations,
            lambda: self.on_battery,
        )

    def add(self, *paths: Path) -> list[DocumentEvent]:
        """Add, to the end."""
        return list(self.documents.add(paths, Stop()))

    def work(self) -> list[DocumentEvent]:
        """Do what waits."""
        return list(self.documents.work(Stop()))

    def look(self) -> list[DocumentEvent]:
        """Look through the watched folders, and do what waits then."""
        return [*self.documents.look(), *self.work()]

    def titles(self) -> list[str]:
        """Of all documents."""
        return [info.title for info in self.documents.list()]

    def found(self, words: str) -> list[str]:
        """The titles of the documents that a search by words finds."""
        return sorted({hit.document for hit in self.retrieval.search(words, b"", 20)})


@contextmanager
def opened(folder: Path, index: bool = False) -> Iterator[Home]:
    """A home in `folder`. index: with a real index of vectors."""
    vault = Vault.open(folder, by_passphrase(PASSPHRASE))
    retrieval = Retrieval(vault, folder / "index", MODEL)
    if not index:
        retrieval._index = cast("object", StillIndex())  # type: ignore[assignment]
    home = Home(vault, retrieval)
    try:
        yield home
    finally:
        home.documents.close()
        retrieval.close()
        vault.close()


def text(folder: Path, name: str, content: str, age: float = 100.0) -> Path:
    """A text file, last changed `age` seconds ago."""
    import os
    import time

    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    then = time.time() - age
    os.utime(path, (then, then))
    return path
