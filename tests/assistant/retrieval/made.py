"""Documents and vectors made by arithmetic, so that what a search finds can be worked out by hand."""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.retrieval import NewDocument, Retrieval, Stored
from assistant.values import Passage
from assistant.vault import Vault
from tests.assistant.vault.opening import by_passphrase

DIMENSIONS = 32
MODEL = "made-1"


def unit(*numbers: float, dimensions: int = DIMENSIONS) -> bytes:
    """A vector of unit length that begins with `numbers`, the rest zero."""
    length = math.sqrt(sum(number * number for number in numbers))
    return array("f", [number / length for number in numbers] + [0.0] * (dimensions - len(numbers))).tobytes()


def drawn(count: int, seed: int = 0, dimensions: int = DIMENSIONS) -> list[bytes]:
    """`count` vectors in all directions."""
    chance = random.Random(seed)
    return [unit(*(chance.gauss(0, 1) for _ in range(dimensions)), dimensions=dimensions) for _ in range(count)]


def passages(texts: Sequence[str]) -> list[Passage]:
    """One passage a text, one a page."""
    return [Passage(text, number, len(text.split()), number + 1, number + 1) for number, text in enumerate(texts)]


def put(retrieval: Retrieval, name: str, texts: Sequence[str], vectors: Sequence[bytes], model: str = MODEL) -> Stored:
    """Keep a made document."""
    new = NewDocument(Path("/made") / name, "0" * 64, name, pages=len(texts), size=1, passages=passages(texts))
    return retrieval.put(new, b"".join(vectors), model)


@contextmanager
def opened(folder: Path, model: str = MODEL) -> Iterator[Retrieval]:
    """A retrieval over a vault in `folder`, as one run of Privet has it."""
    vault = Vault.open(folder, by_passphrase("a passphrase"))
    retrieval = Retrieval(vault, folder / "index", model)
    try:
        yield retrieval
    finally:
        retrieval.close()
        vault.close()
