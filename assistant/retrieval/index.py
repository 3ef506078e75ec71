"""The vector index kept in step with the vault: generations, checks, and building it again from the vault."""

from __future__ import annotations

import json
import logging
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from assistant.errors import ChildDied, ChildTimedOut, EnvironmentFault
from assistant.retrieval.library import Library
from assistant.retrieval.vectors import BATCH, IndexBroken, VectorIndex
from assistant.values import IndexStatus, PassageId, Rebuilding, Stop

_log = logging.getLogger("privet.retrieval")

_KEY: Final = "index"
_PREFIX: Final = "gen-"
_SAMPLES: Final = 32
_MANY_SAMPLES: Final = 1_000
_REPAIRED_AT_ONCE: Final = 5_000  # passages; about three seconds, which a question may wait
_VERIFYING_SECONDS: Final = 10.0
_CLOSING_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class _State:
    """What one row of the vault says about the index.

    generation: the folder in use. model: whose vectors it holds. writing: a change began and did not
    end. leftovers: something was removed, and traces of it may still be in the files.
    """

    generation: str
    model: str
    writing: bool = False
    leftovers: bool = False


class Index:
    """The vectors of all passages, found by nearness; everything in it can be built again from the vault.

    Changes go one after the other; questions are answered from the last good generation meanwhile.
    """

    def __init__(self, library: Library, folder: Path, secret: bytes, model: str, in_memory: bool = False) -> None:
        """folder: of all generations. secret: for the rotation. model: the embedder whose vectors count.

        in_memory: nothing of it lies on the disk; it is built from the vault each time, and lost with its child.
        """
        self._in_memory = in_memory
        self._library = library
        self._folder = folder
        self._secret = secret
        self._model = model
        self._changing = threading.Lock()
        self._sound = False  # looked at, and nothing has happened since
        self._closed = False
        self._vectors: VectorIndex | None = None
        self._building: VectorIndex | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the child that searches, while it runs."""
        return self._vectors.pid if self._vectors else None

    def ensure(self, stop: Stop) -> Iterator[Rebuilding]:
        """Look whether the index is what the vault says, and build it again if not, or if traces are to go.

        Raises ChildDied, EnvironmentFault; the search goes by words alone then.
        """
        with self._changing:
            state = self._state()
            if self._look() and not (state and state.leftovers):
                self._sweep()
            else:
                yield from self._rebuild(stop)

    def compact(self, stop: Stop) -> Iterator[Rebuilding]:
        """Build a new generation without what was removed. Raises as `ensure` does; `ensure` catches up if stopped."""
        with self._changing:
            sound = self._look()  # so that questions can go to the old generation meanwhile
            if not (self._in_memory and sound):  # in memory there are no traces that outlive the child
                yield from self._rebuild(stop)

    def follow(self) -> bool:
        """Take over what changed in the vault; False where that is left for later, since a build is going on.

        A child that dies on the way costs nothing but time: the index is built again at once, or at the
        next start if that fails as well.
        """
        if not self._changing.acquire(blocking=False):
            return False
        try:
            if self._library.last_change() == 0:
                return True
            try:
                if not self._take_over():
                    self._repair()
            except (ChildDied, IndexBroken) as error:
                _log.warning("index to be repaired: %s", type(error).__name__)
                self._sound = False
                self._repair()
            return True
        finally:
            self._changing.release()

    def verify(self) -> bool:
        """True if all is as the vault says, by count and by many samples; what is not is built again when next used."""
        with self._changing:
            try:
                self._sound = self._agrees(_MANY_SAMPLES)
            except (ChildDied, IndexBroken) as error:
                _log.warning("index not sound: %s", type(error).__name__)
                self._sound = False
            return self._sound

    def status(self) -> IndexStatus:
        """What can be said of the index without looking into its files."""
        state = self._state()
        return IndexStatus(
            generation=state.generation if state else "",
            vectors=self._library.embedded(self._model),
            waiting=self._library.last_change() > 0,
            looked_at=self._sound,
            building=self._building is not None,
        )

    def query(
        self, vector: bytes, k: int, among: Sequence[PassageId] | None = None
    ) -> list[tuple[PassageId, float]] | None:
        """The `k` nearest passages with their cosines, nearest first; None while that can't be said.

        among: only these; None for all.
        """
        for _ in range(2):
            if not self._ready():
                return None
            vectors = self._vectors
            if vectors is None:
                return []
            try:
                return vectors.query(vector, k, among)
            except (ChildDied, IndexBroken) as error:
                _log.warning("index did not answer: %s", type(error).__name__)
                if vectors is self._vectors:  # otherwise a new generation took its place just now
                    self._sound = False
                if isinstance(error, ChildTimedOut):
                    return None
        return None

    def close(self) -> None:
        """End the children; a generation that is being built is given up."""
        self._closed = True
        building = self._building
        if building is not None:
            building.close()
        free = self._changing.acquire(timeout=_CLOSING_SECONDS)
        try:
            self._let_go()
        finally:
            if free:
                self._changing.release()

    def _ready(self) -> bool:
        """True if the index may be asked; looks at it, and repairs it if that is quickly done."""
        if self._sound:
            return True
        if self._building or not self._changing.acquire(timeout=_VERIFYING_SECONDS):
            return False
        try:
            if not self._sound and not self._look() and self._library.embedded(self._model) <= _REPAIRED_AT_ONCE:
                self._repair()
            return self._sound
        finally:
            self._changing.release()

    def _look(self) -> bool:
        """True if generation, model, count and samples agree with the vault."""
        if not self._sound:
            try:
                self._sound = self._agrees()
            except (ChildDied, IndexBroken) as error:
                _log.warning("index not sound: %s", type(error).__name__)
        return self._sound

    def _agrees(self, samples: int = _SAMPLES) -> bool:
        state, due = self._state(), self._library.embedded(self._model)
        if self._in_memory:
            return state is None and self._agrees_in_memory(due)
        if state is None or state.model != self._model or state.writing:
            return state is None and due == 0
        if not (self._folder / state.generation).is_dir():
            return False
        vectors = self._opened(state)
        # What changed while nobody followed, as where Privet ended before it could.
        if self._library.last_change() and not self._take_over():
            return False
        return vectors.count() == due and vectors.check(self._library.sample(self._model, samples))

    def _take_over(self) -> bool:
        """Do it in place; False where the index is not fit for that and must be built again."""
        if self._in_memory:
            return self._take_over_in_memory()
        state = self._state()
        first = state is None
        if state is None:
            state = _State(self._next_generation(), self._model)
        elif state.model != self._model or state.writing or not (self._folder / state.generation).is_dir():
            return False
        after = 0
        while changes := self._library.changes(after, BATCH):
            added = {id_: vector for _, id_, vector in changes if vector is not None}
            removed = {id_ for _, id_, _ in changes} - added.keys()
            if first:
                first = False
                # The first vectors of all: with more in the vault than are told of here, only a build finds them all.
                if self._library.embedded(self._model) != len(added) or not added:
                    return False
                self._sound = True
            state = replace(state, leftovers=state.leftovers or bool(removed))
            self._keep(replace(state, writing=True))
            index = self._opened(state)
            index.remove(sorted(removed))
            index.add(list(added), b"".join(added.values()))
            after = changes[-1][0]
            # Only now: a crash before this line leaves a mark, and the next start builds a new generation.
            self._library.taken_over(after, _KEY, _packed(state))
        return True

    def _agrees_in_memory(self, due: int) -> bool:
        if self._vectors is None:
            return due == 0
        if self._library.last_change() and not self._take_over_in_memory():
            return False
        return self._vectors.count() == due and self._vectors.check(self._library.sample(self._model, _SAMPLES))

    def _take_over_in_memory(self) -> bool:
        if self._vectors is None:
            return False
        after = 0
        while changes := self._library.changes(after, BATCH):
            added = {id_: vector for _, id_, vector in changes if vector is not None}
            self._vectors.remove(sorted({id_ for _, id_, _ in changes} - added.keys()))
            self._vectors.add(list(added), b"".join(added.values()))
            after = changes[-1][0]
            self._library.taken_over(after, _KEY, "")
        return True

    def _repair(self) -> None:
        """Build it again now, if that can be done; otherwise the mark in the vault has it done later."""
        try:
            for _ in self._rebuild(Stop()):
                pass
        except EnvironmentFault as error:
            _log.warning("index not repaired: %s", type(error).__name__)

    def _rebuild(self, stop: Stop) -> Iterator[Rebuilding]:
        """A new generation from the vault, put in the place of the old one by one row; `_changing` is held."""
        told = self._library.last_change()
        total = self._library.embedded(self._model)
        if total == 0:
            self._library.taken_over(told, _KEY, "")
            self._take(None)
            return
        name = "memory" if self._in_memory else self._next_generation()
        self._building = fresh = VectorIndex(None if self._in_memory else self._folder / name, self._secret)
        finished = False
        try:
            for done in self._fill(fresh, stop):
                yield Rebuilding(done, total)
            if stop.requested:
                return
            if not fresh.check(self._library.sample(self._model, _SAMPLES)):
                raise IndexBroken("check")
            # What changed since `told` is taken over once more, which does no harm.
            kept = "" if self._in_memory else _packed(_State(name, self._model))
            self._library.taken_over(told, _KEY, kept)
            finished = True
        except IndexBroken as error:
            if self._closed:
                return
            raise EnvironmentFault(
                "The index of your documents could not be written, so they are searched by words alone.",
                "See whether the disk is full, then start Privet again.",
            ) from error
        finally:
            self._building = None
            if finished:
                self._take(fresh)
            else:
                fresh.close()
                if fresh.folder is not None:
                    shutil.rmtree(fresh.folder, ignore_errors=True)
        _log.info("index built: %d vectors in %s", total, name)

    def _fill(self, fresh: VectorIndex, stop: Stop) -> Iterator[int]:
        """Copy the vault's vectors; yields how many are in. Raises IndexBroken if they are not all there."""
        done, after = 0, PassageId(0)
        while not stop.requested and (page := self._library.vectors(self._model, after, BATCH)):
            fresh.add([id_ for id_, _ in page], b"".join(vector for _, vector in page))
            done, after = done + len(page), page[-1][0]
            yield done
        if not stop.requested and fresh.count() != done:
            raise IndexBroken("count")

    def _take(self, fresh: VectorIndex | None) -> None:
        """Use `fresh` from now on and remove every other generation."""
        old, self._vectors, self._sound = self._vectors, fresh, True
        if old is not None:
            old.close()
        self._sweep()

    def _let_go(self) -> None:
        self._sound = False
        old, self._vectors = self._vectors, None
        if old is not None:
            old.close()

    def _opened(self, state: _State) -> VectorIndex:
        folder = self._folder / state.generation
        if self._vectors is None or self._vectors.folder != folder:
            self._let_go()
            self._vectors = VectorIndex(folder, self._secret)
        return self._vectors

    def _sweep(self) -> None:
        state = self._state()
        for folder in self._generations():
            if state is None or folder.name != state.generation:
                shutil.rmtree(folder, ignore_errors=True)

    def _generations(self) -> list[Path]:
        return sorted(self._folder.glob(f"{_PREFIX}*")) if self._folder.is_dir() else []

    def _next_generation(self) -> str:
        state = self._state()
        return next_generation(self._folder, state.generation if state else "")

    def _state(self) -> _State | None:
        text = self._library.meta(_KEY)
        return _State(**json.loads(text)) if text else None

    def _keep(self, state: _State) -> None:
        self._library.set_meta(_KEY, _packed(state))


def next_generation(folder: Path, current: str) -> str:
    """The name of a generation that was not there before. current: the one in use, "" for none."""
    names = [*(found.name for found in folder.glob(f"{_PREFIX}*")), current] if folder.is_dir() else [current]
    numbers = [int(name.removeprefix(_PREFIX)) for name in names if name.removeprefix(_PREFIX).isdecimal()]
    return f"{_PREFIX}{max(numbers, default=0) + 1:06d}"


def packed_state(generation: str, model: str) -> str:
    """The row of the vault that puts a generation with a model's vectors in force."""
    return _packed(_State(generation, model))


def _packed(state: _State) -> str:
    values = {name: getattr(state, name) for name in ("generation", "model", "writing", "leftovers")}
    return json.dumps(values)
