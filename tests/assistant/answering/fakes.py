"""An engine that says what it is told and a search that finds what it is given: answers one can work out by hand."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.engine import LoadedModel
from assistant.values import (
    DocumentId,
    FinishReason,
    Generated,
    Hit,
    Message,
    ModelFile,
    Passage,
    PassageId,
    Prefilling,
    Sampling,
    Stop,
    Token,
)

MODEL = ModelFile(Path("/scripted.gguf"), "Scripted", "llama", "chatml", 4096, 1)


class ScriptedEngine:
    """Answers with the next script in its queue; a token is a word; an exception in a script is raised there."""

    def __init__(self, *scripts: Sequence[str | Exception], context: int = 400) -> None:
        assert "PYTEST_CURRENT_TEST" in os.environ, "a fake works in tests only"
        self.scripts = deque(scripts)
        self.prompts: list[tuple[Message, ...]] = []
        self.context = context

    def load(self) -> LoadedModel:
        return LoadedModel(MODEL, self.context, 0.0)

    def count(self, messages: Sequence[Message]) -> int:
        return sum(len(message.text.split()) + 4 for message in messages)

    def stream(
        self, messages: Sequence[Message], sampling: Sampling, stop: Stop | None = None
    ) -> Iterator[Prefilling | Token | Generated]:
        self.prompts.append(tuple(messages))
        written = 0
        for piece in self.scripts.popleft():
            if isinstance(piece, Exception):
                raise piece
            if stop is not None and stop.requested:
                yield Generated(FinishReason.STOPPED, self.count(messages), 0, written, 0.0, 0.0)
                return
            written += 1
            yield Token(piece)
        yield Generated(FinishReason.COMPLETE, self.count(messages), 0, written, 0.0, 0.0)


class ScriptedRetrieval:
    """Finds the hits it was given, whatever is asked."""

    def __init__(self, *hits: Hit, documents: int = 1) -> None:
        assert "PYTEST_CURRENT_TEST" in os.environ, "a fake works in tests only"
        self.hits = list(hits)
        self.asked: list[tuple[str, bytes]] = []
        self._documents = documents

    def search(self, question: str, vector: bytes, k: int) -> list[Hit]:
        self.asked.append((question, vector))
        return self.hits[:k]

    def relevant(self, hits: Sequence[Hit], threshold: float) -> list[Hit]:
        return [hit for hit in hits if (hit.similarity or 0.0) >= threshold]

    def documents(self) -> tuple[object, ...]:
        return (object(),) * self._documents


def hit(number: int, text: str, similarity: float = 0.9) -> Hit:
    """A hit on page `number` of "report.pdf"."""
    passage = Passage(text, number, len(text.split()), page=number, last_page=number)
    return Hit(PassageId(number), DocumentId(1), "report.pdf", passage, 1.0 / number, similarity, 1.0)
