"""Learns passages by meaning, in the background: batches of equal length, each kept as soon as it is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from assistant.embedding import Embedder
from assistant.errors import NotFound, PrivetError, Stopped
from assistant.retrieval import Retrieval, Unlearned
from assistant.values import DocumentEvent, DocumentId, Embedding, Learned, PassageId, Stop
from assistant.vault import Vault
from assistant.workers import side_by_side

_WINDOW: Final = 256  # passages that are sorted by length together
_BATCH: Final = 32
_FOLLOW_SECONDS: Final = 2.0
_FOLLOW_PASSAGES: Final = 500
_WAKE_SECONDS: Final = 0.5
_SPEED: Final = "learning_speed"
_NEWER: Final = 0.2  # how much the newest batch counts in the measured speed
_RECENT: Final = 2_048  # more texts than can wait to be kept


@dataclass(frozen=True, slots=True)
class _Learned:
    """Vectors of passages, and the documents that they are of."""

    vectors: dict[PassageId, bytes]
    owners: set[DocumentId]

    def add(self, one: Unlearned, vector: bytes) -> None:
        """Put one more in."""
        self.vectors[one.id] = vector
        self.owners.add(one.document)


class Learner:
    """One at a time. `fault`: why the last run ended early, None where it did not."""

    def __init__(self, vault: Vault, embedder: Embedder, retrieval: Retrieval) -> None:
        self._vault = vault
        self._embedder = embedder
        self._retrieval = retrieval
        self._news = threading.Event()
        self._followed = 0.0
        self._unfollowed = 0
        self._flying: dict[PassageId, None] = {}  # embedded, or about to be, and not kept yet
        self._speed = self._kept_speed()
        self.fault: PrivetError | None = None

    def wake(self) -> None:
        """There may be something to learn."""
        self._news.set()

    def seconds(self, passages: int) -> float | None:
        """How long so many take, by the speed measured here; None before it was."""
        return passages / self._speed if self._speed else None

    def run(self, stop: Stop, reading_ended: threading.Event, held: Callable[[], bool]) -> Iterator[DocumentEvent]:
        """Learn until nothing is left and reading ended. What goes wrong here does not keep files from being read."""
        self.fault = None

        def embed(stop: Stop) -> Iterator[_Learned]:
            return self._embed_all(stop, reading_ended, held)

        try:
            # One batch is kept, and the index told of it, while the next is embedded.
            for learned in side_by_side((embed,), stop):
                if learned.vectors:
                    yield from self._keep(learned.vectors, learned.owners)
                else:
                    self._follow()
        except Stopped:
            pass
        except PrivetError as error:
            self.fault = error
        finally:
            self._flying.clear()
            self._follow()
            self._keep_speed()

    def _embed_all(self, stop: Stop, reading_ended: threading.Event, held: Callable[[], bool]) -> Iterator[_Learned]:
        """Vectors as they are there; one of nothing where there is nothing to do for a moment."""
        recent: dict[str, bytes] = {}
        while not stop.requested and not held():
            last = reading_ended.is_set()
            flying = frozenset(self._flying)
            found = self._retrieval.next_unlearned(_WINDOW + len(flying))
            window = [one for one in found if one.id not in flying]
            if window:
                self._flying.update(dict.fromkeys(one.id for one in window))
                yield from self._embed(window, recent, stop)
            elif last:
                break
            else:
                yield _Learned({}, set())
                self._news.wait(_WAKE_SECONDS)
                self._news.clear()

    def _embed(self, window: list[Unlearned], recent: dict[str, bytes], stop: Stop) -> Iterator[_Learned]:
        """The vectors of a window. recent: of texts that were embedded last, some of which are not kept yet."""
        known = _Learned({}, set())
        equal: dict[str, list[Unlearned]] = {}
        for one in window:
            vector = one.vector or recent.get(one.text)
            if vector is None:
                equal.setdefault(one.text, []).append(one)
            else:
                known.add(one, vector)
        if known.vectors:
            yield known
        texts = sorted(equal, key=len, reverse=True)
        done = 0
        began = time.monotonic()
        for vectors in self._embedder.stream(texts, _BATCH, stop):
            now = time.monotonic()
            self._measure(vectors.count, now - began)
            learned = _Learned({}, set())
            for at in range(vectors.count):
                text, vector = texts[done + at], vectors.row(at)
                recent[text] = vector
                for one in equal[text]:
                    learned.add(one, vector)
            done += vectors.count
            while len(recent) > _RECENT:
                del recent[next(iter(recent))]
            yield learned
            began = time.monotonic()

    def _keep(self, vectors: dict[PassageId, bytes], owners: set[DocumentId]) -> Iterator[DocumentEvent]:
        self._retrieval.learn(vectors, owners)
        for id_ in vectors:
            self._flying.pop(id_, None)
        self._unfollowed += len(vectors)
        if self._unfollowed >= _FOLLOW_PASSAGES or time.monotonic() - self._followed > _FOLLOW_SECONDS:
            self._follow()
        seconds = self.seconds(self._retrieval.unlearned()[1])
        for owner in sorted(owners):
            try:
                info = self._retrieval.document(owner)
            except NotFound:
                continue  # removed meanwhile
            yield Embedding(info.path, info.passages - info.unlearned, info.passages, seconds)
            if info.unlearned == 0:
                yield Learned(info)

    def _follow(self) -> None:
        if self._unfollowed and self._retrieval.follow():
            self._unfollowed = 0
        self._followed = time.monotonic()

    def _measure(self, count: int, seconds: float) -> None:
        speed = count / max(seconds, 1e-3)
        self._speed = speed if not self._speed else (1 - _NEWER) * self._speed + _NEWER * speed

    def _kept_speed(self) -> float:
        with self._vault.read() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (_SPEED,)).fetchone()
            return float(row[0]) if row else 0.0

    def _keep_speed(self) -> None:
        if self._speed:
            with self._vault.write() as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_SPEED, repr(self._speed))
                )
