"""The passages for a question, found and numbered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from typing import Final

from assistant.answering.evidence import WEIGHED, Answering, Evidence, Near, Read, weigh
from assistant.answering.followup import standalone
from assistant.answering.neighbours import MOST, brought
from assistant.answering.reordering import Ranks, reordered, text_of
from assistant.answering.spans import Telling
from assistant.embedding import Nearness, Reading
from assistant.errors import ChildDied, ModelUnreadable
from assistant.retrieval import Query, Retrieval, cosine
from assistant.settings import Settings, options
from assistant.values import NOTHING_FOUND, Citation, DocumentId, Hit, PassageId, Turn

_log = logging.getLogger("privet.answering")

EmbedAll = Callable[[Sequence[str]], Sequence[bytes]]
"""Texts to vectors of unit length, float32 little-endian; raises ChildDied."""

_CANDIDATES: Final = 12
_NEAREST: Final = 3
_NO_DOCUMENTS: Final = "There are no documents yet, so there is nothing to search. Add one and ask again."
_NOTHING_WITHIN: Final = (
    "None of your documents is among those that this conversation asks, so there is nothing to search. "
    "Add one here, or choose others to ask."
)


class Finding:
    """Searches as the settings say."""

    def __init__(
        self,
        retrieval: Retrieval,
        embed: EmbedAll,
        near: Near,
        settings: Settings,
        ranks: Ranks | None = None,
        read: Read | None = None,
    ) -> None:
        """near, read: as `Embedder.near` and `Embedder.read`; raise ChildDied. ranks: a model that orders what was
        found.
        """
        self._read = read
        self._ranks = ranks
        self._retrieval = retrieval
        self._embed = embed
        self._near = near
        self._settings = settings

    def search(
        self, question: str, history: Sequence[Turn] = (), within: Collection[DocumentId] | None = None
    ) -> tuple[Citation, ...]:
        """The passages that fit a question closely enough, best first, numbered from 1.

        history: the turns before it. A question that leans on an earlier one is searched as it is, and complete.
        within: the documents that it may be put to; None for all.
        """
        count = self._settings.get(options.PASSAGES_PER_ANSWER)
        complete = standalone(question, history)
        beside = Query(complete, self.vector(complete)) if complete else None
        wanted, whole = max(count, WEIGHED), complete or question
        depth = self._ranks.depth if self._ranks is not None else 0
        hits = self._retrieval.search(question, self.vector(question), max(wanted, depth), within, beside)
        scores = self._ranks.scores(whole, [text_of(hit) for hit in hits]) if self._ranks is not None and depth else ()
        hits = reordered(hits, scores)[:wanted]
        evidence = weigh(whole, hits, self._retrieval.telling(whole), self.near, self.read)
        threshold = self._settings.get(options.RELEVANCE_THRESHOLD)
        if evidence is None:  # meaning can't be told just now: the words must do
            return citations_of(self._retrieval.relevant(hits[:count], threshold))
        if evidence.sureness < threshold:
            return ()
        return citations_of(hits[:count], evidence, ordered=bool(scores))

    def telling(self, question: str, history: Sequence[Turn] = ()) -> Telling:
        """What the words of a question tell, of its complete form where it leans on an earlier one."""
        return self._retrieval.telling(standalone(question, history) or question)

    def candidates(
        self, question: str, history: Sequence[Turn] = (), within: Collection[DocumentId] | None = None
    ) -> tuple[Citation, ...]:
        """Passages that might answer, best first, however unsure that is; within: as of `search`."""
        text = standalone(question, history) or question
        hits = self._retrieval.search(text, self.vector(text), _CANDIDATES, within)
        return tuple(_citation(at, hit) for at, hit in enumerate(hits, 1))

    def nearest(
        self, question: str, history: Sequence[Turn] = (), within: Collection[DocumentId] | None = None
    ) -> tuple[Citation, ...]:
        """The few passages that came nearest to a question that none of them answers surely enough."""
        return self.candidates(question, history, within)[:_NEAREST]

    def these(
        self, passages: Sequence[PassageId], within: Collection[DocumentId] | None = None
    ) -> tuple[Citation, ...]:
        """These passages, numbered from 1; those no longer there, or out of reach, are left out."""
        known = self._retrieval.passages(passages).items()
        found = {id_: one for id_, one in known if within is None or one[0].id in within}
        return tuple(
            Citation(number, document.title, passage.place, passage.page, passage.text, 1.0, document.id, id_)
            for number, (id_, (document, passage)) in enumerate(found.items(), 1)
        )

    def with_neighbours(self, found: Sequence[Citation]) -> tuple[Citation, ...]:
        """What was found, and behind it the neighbours that complete some of it."""
        first = [citation.passage_id for citation in found[:MOST] if citation.passage_id is not None]
        return brought(found, self._retrieval.around(first)) if first else tuple(found)

    def alike(self, text: str, others: Sequence[str]) -> list[float]:
        """The cosines of a text with others, nothing where meaning can't be told just now."""
        own, *vectors = self.embed_all([text, *others]) or [b""]
        near = [cosine(own, vector) for vector in vectors]
        return [one for one in near if one is not None]

    def vector(self, text: str) -> bytes:
        """The vector of a text, b"" where meaning can't be told just now."""
        vectors = self.embed_all([text])
        return vectors[0] if vectors else b""

    def embed_all(self, texts: Sequence[str]) -> Sequence[bytes]:
        """Words alone still find most of it, and that beats no answer: nothing where the embedder died."""
        try:
            return self._embed(texts)
        except ChildDied:
            return []

    def near(self, question: str, texts: Sequence[str], spans: Sequence[tuple[int, int, int]]) -> Nearness | None:
        """As `Embedder.near`, None too where the embedder died."""
        try:
            return self._near(question, texts, spans)
        except ChildDied:
            return None

    def read(self, question: str, texts: Sequence[str]) -> Sequence[Reading] | None:
        """As `Embedder.read`, None too where its process died or can't read."""
        if self._read is None:
            return None
        try:
            return self._read(question, texts)
        except (ChildDied, ModelUnreadable) as error:
            _log.warning("the reader did not answer: %s", type(error).__name__)
            return None

    def nothing(self, within: Collection[DocumentId] | None = None) -> str:
        """The whole answer where nothing was found. within: as for `search`."""
        if not self._retrieval.documents():
            return _NO_DOCUMENTS
        return NOTHING_FOUND if within is None or within else _NOTHING_WITHIN

    def expected(self) -> float:
        """The length of an answer's passages in tokens of the embedder, if they are as long as most here."""
        count, mean = self._retrieval.passage_lengths()
        return min(count, self._settings.get(options.PASSAGES_PER_ANSWER)) * mean


def citations_of(
    hits: Sequence[Hit], evidence: Evidence | None = None, *, ordered: bool = False
) -> tuple[Citation, ...]:
    """The hits as an answer cites them, numbered from 1, with the sentences that answer where they are told.

    The one whose sentence answers best comes first: of XQuAD-en's questions (304, five-fold) it holds the answer for
    .921, and the hit that the search had first for .901. ordered: a model put them in order, which stays.
    """
    told = {one.place: one for one in evidence.sentences if one.place < len(hits)} if evidence else {}
    places = list(range(len(hits)))
    if told and not ordered:
        places.sort(key=lambda place: place != max(told.values(), key=lambda one: one.score).place)
    return tuple(_citation(number, hits[place], told.get(place)) for number, place in enumerate(places, 1))


def _citation(number: int, hit: Hit, told: Answering | None = None) -> Citation:
    return Citation(
        number=number,
        document=hit.document,
        place=hit.passage.place,
        page=hit.passage.page,
        text=hit.passage.text,
        score=hit.score,
        document_id=hit.document_id,
        passage_id=hit.id,
        start=told.start if told else 0,
        end=told.end if told else 0,
        span_start=told.span_start if told else 0,
        span_end=told.span_end if told else 0,
    )
