"""The passages for a question, found and numbered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from assistant.answering.followup import standalone
from assistant.errors import ChildDied
from assistant.retrieval import Query, Retrieval
from assistant.settings import Settings, options
from assistant.values import Citation, Hit, Turn

_NO_DOCUMENTS: Final = "There are no documents yet, so there is nothing to search. Add one and ask again."
_NOTHING_FOUND: Final = "I found nothing about this in your documents."


class Finding:
    """Searches as the settings say."""

    def __init__(self, retrieval: Retrieval, embed: Callable[[str], bytes], settings: Settings) -> None:
        self._retrieval = retrieval
        self._embed = embed
        self._settings = settings

    def search(self, question: str, history: Sequence[Turn] = ()) -> tuple[Citation, ...]:
        """The passages that fit a question closely enough, best first, numbered from 1.

        history: the turns before it. A question that leans on an earlier one is searched as it is, and complete.
        """
        count = self._settings.get(options.PASSAGES_PER_ANSWER)
        complete = standalone(question, history)
        beside = Query(complete, self._vector(complete)) if complete else None
        hits = self._retrieval.search(question, self._vector(question), count, beside=beside)
        found = self._retrieval.relevant(hits, self._settings.get(options.RELEVANCE_THRESHOLD))
        return tuple(_citation(number, hit) for number, hit in enumerate(found, 1))

    def _vector(self, text: str) -> bytes:
        """Words alone still find most of it, and that beats no answer: b"" where the embedder died; it starts again."""
        try:
            return self._embed(text)
        except ChildDied:
            return b""

    def nothing(self) -> str:
        """The whole answer where nothing was found."""
        return _NOTHING_FOUND if self._retrieval.documents() else _NO_DOCUMENTS

    def expected(self) -> float:
        """The length of an answer's passages in tokens of the embedder, if they are as long as most here."""
        count, mean = self._retrieval.passage_lengths()
        return min(count, self._settings.get(options.PASSAGES_PER_ANSWER)) * mean


def _citation(number: int, hit: Hit) -> Citation:
    return Citation(
        number=number,
        document=hit.document,
        place=hit.passage.place,
        page=hit.passage.page,
        text=hit.passage.text,
        score=hit.score,
        document_id=hit.document_id,
        passage_id=hit.id,
    )
