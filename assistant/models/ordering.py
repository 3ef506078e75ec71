"""The model that orders what a search found, where the person chose one: within the time they allow, or not at all.

It is a reranker, or the language model itself by how likely it finds the question behind each passage (query
likelihood; Sachan et al., EMNLP 2022, arXiv 2204.07496). That tells less, so the search's own order counts there too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from assistant.errors import BadInput, PrivetError
from assistant.modelstore import ModelStore, shown
from assistant.reranking import Ranked, Reranker
from assistant.settings import Settings, options
from assistant.values import InstalledModel, Likelihood, Message, Role

_MOST: Final = 50  # passages: more than that a search does not weigh
_FIRST: Final = 20
"""Passages that are asked for before it is known how long one takes."""
_LEAST: Final = 2
"""Of fewer passages there is no order."""
_WARMTH: Final = 0.5  # of a new measurement, in the running mean
_READ: Final = 900
"""Characters of a passage that the language model reads: about what most have."""
_RANK_OFFSET: Final = 10
_LIKELY: Final = 2.0
"""How much the rank by likelihood counts against the search's. With SmolLM2-135M on the first eight passages, what
answers about excerpts of reports is among four for .95 so, for .90 at equal weights, and .84 without (19 questions)."""
_ASK: Final = "Write a question that this passage answers."

Score = Callable[[Sequence[Message], Sequence[str]], Sequence[Likelihood]]
"""As `Engine.score`."""


class Ordering:
    """Scores passages with the reranker that the settings name. Raises nothing: without scores the order stays."""

    def __init__(
        self,
        settings: Settings,
        store: ModelStore,
        reranker: Callable[[Path], Reranker] = Reranker,
        score: Score | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """reranker: makes one of a model's path. score: the language model's, which loads it where needed."""
        self._score = score
        self._clock = clock
        self._settings = settings
        self._store = store
        self._make = reranker
        self._reranker: Reranker | None = None
        self._milliseconds = 0.0
        self._lock = threading.Lock()
        self._said: list[str] = []

    @property
    def depth(self) -> int:
        """How many of the passages that were found are read: as many as there is time for; 0 without a model."""
        if not self._settings.get(options.RERANKER) and not self._asks_chat_model:
            return 0
        if not self._milliseconds:
            return _FIRST
        return max(_LEAST, min(_MOST, int(1000 * self._settings.get(options.RERANK_SECONDS) / self._milliseconds)))

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """How well the first of `texts` answer, as many as there was time for; none where the order is to stay."""
        with self._lock:
            try:
                reranker = self._chosen()
                if len(texts) < _LEAST or (reranker is None and not self._asks_chat_model):
                    return ()
                seconds = self._settings.get(options.RERANK_SECONDS)
                ranked = reranker.rank(question, texts, seconds) if reranker else self._likely(question, texts, seconds)
            except PrivetError as error:
                self._say(f"What was found is in the order of the search alone. {error.what} {error.do}")
                return ()
            before = self._milliseconds or ranked.milliseconds
            self._milliseconds = before + _WARMTH * (ranked.milliseconds - before)
            if len(ranked.scores) < _LEAST:
                self._say(
                    "What was found is in the order of the search alone: the model that orders passages takes"
                    f" {ranked.milliseconds:,.0f} ms for each, which is more than the time it is allowed."
                )
                return ()
            return ranked.scores

    def notes(self) -> tuple[str, ...]:
        """What a person should know and was not told yet, in sentences."""
        with self._lock:
            said, self._said = tuple(self._said), []
        return said

    def close(self) -> None:
        """End the model's child."""
        reranker = self._reranker
        if reranker is not None:
            reranker.close()

    @property
    def _asks_chat_model(self) -> bool:
        return self._score is not None and self._settings.get(options.ORDER_BY_CHAT_MODEL)

    def _likely(self, question: str, texts: Sequence[str], seconds: float) -> Ranked:
        """By the search's order and by how likely the question is behind each passage, a token; both by rank."""
        assert self._score is not None
        began = self._clock()
        found: list[float] = []
        for done, text in enumerate(texts):
            spent = self._clock() - began
            if done and spent + spent / done > seconds:
                break
            told = self._score([Message(Role.USER, f"{text[:_READ]}\n\n{_ASK}")], [question])
            if not told:
                break
            found.append(told[0].total / max(1, len(told[0].tokens)))
        spent = self._clock() - began
        order = sorted(range(len(found)), key=lambda at: -found[at])
        likely = {at: rank for rank, at in enumerate(order, 1)}
        return Ranked(
            tuple(1 / (_RANK_OFFSET + at + 1) + _LIKELY / (_RANK_OFFSET + likely[at]) for at in range(len(found))),
            spent,
        )

    def _chosen(self) -> Reranker | None:
        wanted = self._settings.get(options.RERANKER)
        if self._reranker is not None and str(self._reranker.path) != wanted:
            self._reranker.close()
            self._reranker, self._milliseconds = None, 0.0
        if wanted and self._reranker is None:
            self._store.hold_reranker(Path(wanted))
            self._reranker = self._make(Path(wanted))
        return self._reranker

    def _say(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.append(sentence)


def use_reranker(store: ModelStore, settings: Settings, model: InstalledModel | None) -> None:
    """Have a reranker order what is found; None for none. Raises BadInput, ModelMissing, ModelUnreadable."""
    if model is None:
        settings.set(options.RERANKER, "")
        return
    if model.kind != "reranker":
        raise BadInput(
            f"{shown(model.name)} is no model that orders passages.", "Import a reranker as a GGUF file, and choose it."
        )
    store.hold_reranker(model.path)
    settings.set(options.RERANKER, str(model.path))
