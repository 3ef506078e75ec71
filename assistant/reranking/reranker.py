"""The reranker as the rest of Privet sees it: a question and passages in, scores out, as many as there is time for."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import ModelUnreadable
from assistant.privacy import Confinement
from assistant.workers import Child, ChildSpec, Limits, Refusal, usable_cores

_LOAD_SECONDS: Final = 60.0
_RANK_SECONDS: Final = 60.0
_LONGEST_TEXT: Final = 8_000
"""Characters of a passage that are sent: more than any reranker reads of one."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """scores: of the first passages, as many as there was time for; the higher, the better one answers.

    seconds: what that took, without loading the model.
    """

    scores: tuple[float, ...]
    seconds: float

    @property
    def milliseconds(self) -> float:
        """A passage, 0 where none was read."""
        return 1000 * self.seconds / len(self.scores) if self.scores else 0.0


class Reranker:
    """A long-lived child with one reranker; started when first needed, again after its death, from any thread."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """path: a GGUF file of a model with a head that ranks, looked at before. threads: 0 for all cores."""
        self.path = path
        self._threads = threads or usable_cores()
        self._child = Child(
            ChildSpec(
                "The part of Privet that orders passages",
                "assistant.reranking.worker",
                Limits(niceness=5),
                confinement=Confinement(reads=(str(path.parent),)),
            )
        )
        self._loaded = 0
        self._loading = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid

    def warm(self) -> None:
        """Have the model in memory. Raises ModelUnreadable, ChildDied, ChildTimedOut."""
        with self._loading:
            if self._child.alive and self._child.starts == self._loaded:
                return
            try:
                arguments = {"path": str(self.path), "threads": self._threads}
                self._child.call("load", arguments, deadline=_LOAD_SECONDS)
            except Refusal as refusal:
                raise _unreadable(self.path) from refusal
            self._loaded = self._child.starts

    def rank(self, question: str, texts: Sequence[str], seconds: float) -> Ranked:
        """Scores of `texts` from the first on, as many as can be read in so many seconds, at least one.

        Raises as `warm` does.
        """
        self.warm()
        began = time.monotonic()
        arguments = {"question": question, "texts": [text[:_LONGEST_TEXT] for text in texts], "seconds": seconds}
        scores: list[float] = []
        try:
            for part in self._child.stream("rank", arguments, deadline=_RANK_SECONDS):
                score = part.values.get("score")
                if isinstance(score, float | int):
                    scores.append(float(score))
        except Refusal as refusal:
            raise _unreadable(self.path) from refusal
        return Ranked(tuple(scores), time.monotonic() - began)

    def close(self) -> None:
        """End the child."""
        self._child.close()


def _unreadable(path: Path) -> ModelUnreadable:
    return ModelUnreadable(
        f"The model “{path.stem}” can't put passages in order here.", "Choose another one, or none, to order them."
    )
