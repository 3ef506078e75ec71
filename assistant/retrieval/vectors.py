"""One generation of the vector index, in a child process: ids and vectors in, nearest ids out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from assistant.errors import ChildDied
from assistant.privacy import Confinement
from assistant.values import PassageId
from assistant.workers import Child, ChildSpec, Refusal, Reply

BATCH: Final = 1_000
"""Vectors in one request; Chroma takes 5,461 at once at most."""

_QUERY_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 120.0
"""For what is asked of files that may have to be read first: 200 MB for 100,000 passages, from a slow disk, on a busy
computer. That this takes long doesn't mean that they are damaged."""
_WRITE_SECONDS: Final = 120.0
_OPEN_SECONDS: Final = 60.0
_CLOSE_SECONDS: Final = 5.0


class IndexBroken(Exception):
    """The index's files are not what was written; it must be built again. code: a stable word."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code


class VectorIndex:
    """The vectors of one generation. Every method may raise ChildDied, ChildTimedOut and IndexBroken.

    May be used from any thread; the child is started, and the files opened, when first needed.
    """

    def __init__(self, folder: Path | None, secret: bytes) -> None:
        """folder: of this generation; made where it is not there; None to hold it in memory alone.

        secret: that the rotation is drawn from.
        """
        self._began = False
        self.folder = folder
        self._secret = secret
        self._child = Child(
            ChildSpec(
                "The search by meaning",
                "assistant.retrieval.worker",
                confinement=Confinement(reads=(), writes=() if folder is None else (str(folder),)),
            )
        )
        self._turn = threading.Lock()
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid

    def add(self, ids: Sequence[PassageId], vectors: bytes) -> None:
        """Add vectors, float32 little-endian, one after the other in the order of `ids`."""
        width = len(vectors) // len(ids) if ids else 0
        for start in range(0, len(ids), BATCH):
            some = ids[start : start + BATCH]
            payload = vectors[start * width : (start + len(some)) * width]
            self._ask("add", {"ids": _texts(some)}, payload, _WRITE_SECONDS)

    def remove(self, ids: Sequence[PassageId]) -> None:
        """Remove vectors from what is found; traces stay in the files until a new generation is built."""
        for start in range(0, len(ids), BATCH):
            self._ask("remove", {"ids": _texts(ids[start : start + BATCH])}, b"", _WRITE_SECONDS)

    def query(self, vector: bytes, k: int, among: Sequence[PassageId] | None = None) -> list[tuple[PassageId, float]]:
        """The `k` (at most 100) nearest passages with their cosines, nearest first. among: only these; None is all."""
        only = {} if among is None else {"ids": _texts(among)}
        values = self._ask("query", {"k": k, **only}, vector, _QUERY_SECONDS).values
        ids, cosines = values.get("ids"), values.get("cosines")
        if not isinstance(ids, list) or not isinstance(cosines, list):
            raise IndexBroken("answer")
        return [(PassageId(int(id_)), float(cosine)) for id_, cosine in zip(ids, cosines, strict=True)]

    def count(self) -> int:
        """How many vectors there are."""
        count = self._ask("count", {}, b"", _LOOK_SECONDS).values.get("count")
        if not isinstance(count, int):
            raise IndexBroken("answer")
        return count

    def check(self, samples: Sequence[tuple[PassageId, bytes]]) -> bool:
        """True if each sampled vector is found by itself."""
        if not samples:
            return True
        ids = _texts([id_ for id_, _ in samples])
        found = self._ask("check", {"ids": ids}, b"".join(vector for _, vector in samples), _LOOK_SECONDS)
        return found.values.get("found") == ids

    def close(self) -> None:
        """Let the child close its files, then end it for good: whoever asks later gets IndexBroken."""
        with self._turn:
            self._closed = True
            if self._child.alive:
                try:
                    self._child.call("close", deadline=_CLOSE_SECONDS)
                except (ChildDied, Refusal):
                    pass  # it is ended all the same, and files that suffer from it are noticed at the next start
            self._child.close()

    def _ask(self, op: str, arguments: dict[str, object], payload: bytes, deadline: float) -> Reply:
        with self._turn:
            if self._closed:
                raise IndexBroken("closed")
            try:
                return self._ask_open(op, arguments, payload, deadline)
            except Refusal as refusal:
                raise IndexBroken(refusal.code, refusal.detail) from refusal
            except OSError as error:
                raise IndexBroken("folder", type(error).__name__) from error

    def _ask_open(self, op: str, arguments: dict[str, object], payload: bytes, deadline: float) -> Reply:
        if self.folder is not None and not self._child.alive:
            # Before it starts: the child may write there and nowhere else, and that needs a folder.
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            return self._child.call(op, arguments, payload, deadline=deadline)
        except Refusal as refusal:
            if refusal.code != "not-open":
                raise
        # A child that was just started, perhaps because the last one died: what only it held went with it.
        if self.folder is None and self._began:
            raise Refusal("gone")
        self._child.call("open", {"folder": str(self.folder or "")}, self._secret, deadline=_OPEN_SECONDS)
        self._began = True
        return self._child.call(op, arguments, payload, deadline=deadline)


def _texts(ids: Sequence[PassageId]) -> list[str]:
    return [str(id_) for id_ in ids]
