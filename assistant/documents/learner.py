"""Learns passages by meaning, in the background: batches of equal length, each kept as soon as it is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from assistant.embedding import Embedder
from assistant.errors import NotFound, PrivetError, Stopped
from assistant.retrieval import Retrieval, Unlearned
from assistant.values import DocumentEvent, DocumentId, Embedding, Learned, PassageId, Stop
from assistant.vault import Vault

_WINDOW: Final = 256  # passages that are sorted by length together
_BATCH: Final = 32
_FOLLOW_SECONDS: Final = 2.0
_FOLLOW_PASSAGES: Final = 500
_WAKE_SECONDS: Final = 0.5
_SPEED: Final = "learning_speed"
_NEWER: Final = 0.2  # how much the newest batch counts in the measured speed


class Learner:
    """One at a time. `fault`: why the last run ended early, None where it did not."""

    def __init__(self, vault: Vault, embedder: Embedder, retrieval: Retrieval) -> None:
        self._vault = vault
        self._embedder = embedder
        self._retrieval = retrieval
        self._news = threading.Event()
        self._followed = 0.0
        self._unfollowed = 0
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
        try:
            while not stop.requested and not held():
                last = reading_ended.is_set()
                window = self._retrieval.next_unlearned(_WINDOW)
                if window:
                    yield from self._learn(window, stop)
                elif last:
                    break
                else:
                    self._follow()
                    self._news.wait(_WAKE_SECONDS)
                    self._news.clear()
        except Stopped:
            pass
        except PrivetError as error:
            self.fault = error
        finally:
            self._follow()
            self._keep_speed()

    def _learn(self, window: list[Unlearned], stop: Stop) -> Iterator[DocumentEvent]:
        known = {one.id: one.vector for one in window if one.vector is not None}
        if known:
            yield from self._keep(known, {one.document for one in window if one.vector is not None})
        equal: dict[str, list[Unlearned]] = {}
        for one in window:
            if one.vector is None:
                equal.setdefault(one.text, []).append(one)
        texts = sorted(equal, key=len, reverse=True)
        done = 0
        began = time.monotonic()
        for vectors in self._embedder.stream(texts, _BATCH, stop):
            learned: dict[PassageId, bytes] = {}
            owners: set[DocumentId] = set()
            for at in range(vectors.count):
                for one in equal[texts[done + at]]:
                    learned[one.id] = vectors.row(at)
                    owners.add(one.document)
            done += vectors.count
            now = time.monotonic()
            self._measure(vectors.count, now - began)
            began = now
            yield from self._keep(learned, owners)

    def _keep(self, vectors: dict[PassageId, bytes], owners: set[DocumentId]) -> Iterator[DocumentEvent]:
        self._retrieval.learn(vectors, owners)
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
