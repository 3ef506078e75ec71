"""An engine that says what it is told and a search that finds what it is given: answers one can work out by hand."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile
from pathlib import Path

from assistant.engine import FAMILIES, LoadedModel, Pointing
from assistant.retrieval import Around, Query, content_words, terms
from assistant.values import (
    ChatFormat,
    DocumentId,
    DocumentInfo,
    FinishReason,
    Generated,
    Hit,
    Likelihood,
    Message,
    ModelFile,
    Passage,
    PassageId,
    Said,
    Sampling,
    Span,
    Speed,
    Stop,
    Thought,
    Token,
)

MODEL = ModelFile(Path("/scripted.gguf"), "Scripted", "llama", "chatml", 4096, 1)


class ScriptedEngine:
    """Answers with the next script in its queue; a token is a word, a message is four more, and so is the answer.

    An exception in a script is raised there, a Thought is a thought, a FinishReason ends the answer. Of the prompt
    before it knows what both begin with, message by message.
    """

    def __init__(self, *scripts: Sequence[str | Thought | FinishReason | Exception], context: int = 400) -> None:
        assert "PYTEST_CURRENT_TEST" in os.environ, "a fake works in tests only"
        self.scripts = deque(scripts)
        self.prompts: list[tuple[Message, ...]] = []
        self.samplings: list[Sampling] = []
        self.warmed: list[tuple[Message, ...]] = []
        self.questions_counted = 0
        self.forgot = 0
        self.in_memory = True
        self.pause = 1.0
        self.liked = ""
        self.pointed: list[tuple[Message, ...]] = []
        self.scored: list[tuple[Message, ...]] = []
        self.context = context
        self.speed: Speed | None = Speed(100.0, 50.0)

    def load(self) -> LoadedModel:
        return LoadedModel(MODEL, self.context, 0.0)

    def form(self, loaded: LoadedModel) -> ChatFormat:
        return FAMILIES[loaded.file.family]

    def counts(self, prompts: Sequence[Sequence[Message]], *, own: bool = True) -> list[int]:
        self.questions_counted += 1
        return [length(prompt) for prompt in prompts]

    def known(self, messages: Sequence[Message]) -> tuple[int, int]:
        before = self.prompts[-1] if self.prompts else ()
        alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, messages, strict=False)))
        return length(messages), sum(len(message.text.split()) + 4 for message in messages[:alike])

    def warm(self, messages: Sequence[Message], stop: Stop | None = None) -> int:
        self.warmed.append(tuple(messages))
        return length(messages)

    def forget(self) -> None:
        self.forgot += 1

    def point(self, asked: Pointing, stop: Stop | None = None) -> Iterator[Span]:
        """Finds the words `liked` likely and nothing else."""
        self.pointed.append(tuple(asked.messages))
        for number, start, end in asked.spans:
            likely = 0.0 if asked.texts[number][start:end] == self.liked else -60.0
            yield Span(number, start, end, 1, likely, likely, -30.0, -30.0)

    def score(
        self, messages: Sequence[Message], candidates: Sequence[str], stop: Stop | None = None
    ) -> list[Likelihood]:
        """Finds the words `liked` likely, and everything alike where there are none."""
        self.scored.append(tuple(messages))
        alike = self.liked not in [one.strip() for one in candidates]
        return [Likelihood((0.0 if alike or one.strip() == self.liked else -30.0,)) for one in candidates]

    def stream(self, messages: Sequence[Message], sampling: Sampling, stop: Stop | None = None) -> Iterator[Said]:
        known = self.known(messages)[1]
        self.prompts.append(tuple(messages))
        self.samplings.append(sampling)
        written, reason = 0, FinishReason.COMPLETE
        for piece in self.scripts.popleft():
            if isinstance(piece, Exception):
                raise piece
            if stop is not None and stop.requested:
                piece = FinishReason.STOPPED
            if isinstance(piece, FinishReason):
                reason = piece
                break
            written += 1
            yield piece if isinstance(piece, Thought) else Token(piece)
        yield Generated(reason, length(messages), known, written, 0.0, 0.0)


def length(messages: Sequence[Message]) -> int:
    """Tokens of a prompt as the scripted engine counts them."""
    return 4 + sum(len(message.text.split()) + 4 for message in messages)


class NoTables:
    """No document holds a table."""

    def holders(self) -> frozenset[DocumentId]:
        return frozenset()


class ScriptedRetrieval:
    """Finds the hits it was given, whatever is asked."""

    def __init__(self, *hits: Hit, documents: int = 1) -> None:
        assert "PYTEST_CURRENT_TEST" in os.environ, "a fake works in tests only"
        self.hits = list(hits)
        self.asked: list[tuple[str, bytes]] = []
        self.beside: list[str] = []
        self.pinned = ""
        self.tabulated = NoTables()
        self.beside_it: dict[PassageId, Around] = {}
        self._documents = documents

    def search(
        self,
        question: str,
        vector: bytes,
        k: int,
        scope: Collection[DocumentId] | None = None,
        beside: Query | None = None,
    ) -> list[Hit]:
        self.asked.append((question, vector))
        self.beside.append(beside.text if beside else "")
        return self.hits[:k]

    def telling(self, question: str) -> tuple[tuple[tuple[str, ...], float], ...]:
        return tuple((tuple(terms(word, "english")), 1.0) for word in content_words(question))

    def relevant(self, hits: Sequence[Hit], threshold: float) -> list[Hit]:
        return [hit for hit in hits if (hit.similarity or 0.0) >= threshold]

    def documents(self) -> tuple[object, ...]:
        return (object(),) * self._documents

    def passages(self, ids: Sequence[PassageId]) -> dict[PassageId, tuple[DocumentInfo, Passage]]:
        """Every passage is on page 3 of "hut.md", and says what `pinned` does."""
        info = DocumentInfo(DocumentId(1), Path("/hut.md"), "hut.md", 1, 1, 1, 1.0)
        return {id_: (info, Passage(self.pinned, 0, 6, page=3, last_page=3)) for id_ in ids}

    def around(self, ids: Sequence[PassageId]) -> dict[PassageId, Around]:
        return {id_: self.beside_it[id_] for id_ in ids if id_ in self.beside_it}

    def passage_lengths(self) -> tuple[int, float]:
        return len(self.hits), sum(hit.passage.tokens for hit in self.hits) / max(1, len(self.hits))


def hit(number: int, text: str, similarity: float = 0.9) -> Hit:
    """A hit on page `number` of "report.pdf"."""
    passage = Passage(text, number, len(text.split()), page=number, last_page=number)
    return Hit(PassageId(number), DocumentId(1), "report.pdf", passage, 1.0 / number, similarity, 1.0)
