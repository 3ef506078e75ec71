"""Saved states on the disk, sealed by the vault: only ever a cache, so whatever is wrong with a file, it goes."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.engine import statefile
from assistant.engine.prefix import common_prefix
from assistant.engine.statefile import Header, NoState, Sealing

_log = logging.getLogger("privet.engine")

_SUFFIX: Final = ".state"
_UNFINISHED: Final = ".part"
_OVERHEAD: Final = 1 << 20
"""Bytes by which a file is at most larger than its state, for the room that is made before it is written."""
_LEFT_FREE: Final = 512 << 20
"""Bytes of the disk that a cache does not take from those who need them more."""


@dataclass(frozen=True, slots=True)
class SavedState:
    """A state on the disk: its file's name and size in bytes, and what it is of."""

    name: str
    file_size: int
    header: Header


class StateCache:
    """States of what a model read, in files of random names; the one not used for the longest time leaves first.

    A file is written under another name, forced to the disk and renamed, so half a file is never taken for one.
    Missing, stale, damaged, cut, sealed by another vault, no room on the disk: no method raises for that. What is
    no state is removed. Safe to use from several threads.
    """

    def __init__(self, folder: Path, sealing: Sealing, capacity: int) -> None:
        """folder: for these files alone, made when needed. capacity: bytes; 0 keeps nothing."""
        self._folder = folder
        self._sealing = sealing
        self._capacity = capacity
        self._lock = threading.RLock()
        self._saving = threading.Lock()
        self._states: dict[str, SavedState] | None = None  # least recently used first; None before the first look
        self._forgotten = 0

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        with self._lock:
            return sum(saved.file_size for saved in self._all().values())

    def best(self, maker: str, prompt: Sequence[int]) -> tuple[SavedState | None, int]:
        """The state by `maker` with the longest common beginning, and its length in tokens; (None, 0) without any."""
        best, longest, wanted = None, 0, array("i", prompt)
        with self._lock:
            candidates = [saved for saved in self._all().values() if saved.header.maker == maker]
        for saved in candidates:
            common = common_prefix(saved.header.tokens, wanted)
            if common > longest:
                best, longest = saved, common
        return best, longest

    def holds(self, maker: str, tokens: Sequence[int]) -> bool:
        """True if a state by `maker` covers `tokens`."""
        return self.best(maker, tokens)[1] == len(tokens)

    def any_by(self, maker: str) -> bool:
        """True if there is a state by `maker`."""
        with self._lock:
            return any(saved.header.maker == maker for saved in self._all().values())

    def load(self, saved: SavedState) -> Iterator[bytes]:
        """The pieces of a state, which counts as used now. One that is damaged ends too early; its file goes."""
        try:
            yield from statefile.read_pieces(self._folder / saved.name, self._sealing)
        except (OSError, NoState):
            with self._lock:
                self._remove(saved.name)
            return
        with self._lock:
            if saved.name in self._all():
                self._all()[saved.name] = self._all().pop(saved.name)
                with suppress(OSError):
                    os.utime(self._folder / saved.name)

    def save(self, maker: str, tokens: Sequence[int], size: int, pieces: Iterable[bytes]) -> bool:
        """Keep a state of `size` bytes, which comes in `pieces`; False, and nothing of it is there, where it can't be.

        States of its own beginnings leave, and old ones where there is no room.
        """
        header = Header(maker, array("i", tokens), size)
        name = os.urandom(16).hex() + _SUFFIX
        unfinished = self._folder / (name + _UNFINISHED)
        with self._saving:
            try:
                begun = self._forgotten
                if not self._make_room(size + _OVERHEAD):
                    return False
                statefile.write(unfinished, name, self._sealing, header, pieces)
                return self._take_in(SavedState(name, unfinished.stat().st_size, header), unfinished, begun)
            except (OSError, NoState) as error:
                _log.info("a state was not saved: %s", type(error).__name__)
                return False
            finally:
                with suppress(OSError):
                    unfinished.unlink(missing_ok=True)

    def forget(self) -> None:
        """Remove everything, also what is being saved now."""
        with self._lock:
            self._forgotten += 1
            self._states = {}
            for path in self._files():
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def _take_in(self, saved: SavedState, unfinished: Path, begun: int) -> bool:
        with self._lock:
            if begun != self._forgotten:
                return False
            os.replace(unfinished, self._folder / saved.name)
            _sync(self._folder)
            for other in [other for other in self._all().values() if _begins(other.header, saved.header)]:
                self._remove(other.name)
            self._all()[saved.name] = saved
            return True

    def _make_room(self, size: int) -> bool:
        """Have old states leave until `size` bytes fit; False where they never will. Raises OSError."""
        if size > self._capacity:
            return False
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock:
            states = self._all()
            while states and self.size + size > self._capacity:
                self._remove(next(iter(states)))
        return shutil.disk_usage(self._folder).free >= size + _LEFT_FREE

    def _all(self) -> dict[str, SavedState]:
        """What is there, looked at once: nobody else writes here, since a vault is open in one Privet alone."""
        if self._states is None:
            self._states = {}
            for path in sorted(self._files(), key=_used):
                try:
                    if path.suffix != _SUFFIX:
                        raise NoState
                    header = statefile.read_header(path, self._sealing)
                    self._states[path.name] = SavedState(path.name, path.stat().st_size, header)
                except (OSError, NoState):
                    self._remove(path.name)
            while self._states and self.size > self._capacity:
                self._remove(next(iter(self._states)))
        return self._states

    def _files(self) -> list[Path]:
        try:
            return [path for path in self._folder.iterdir() if path.is_file()]
        except OSError:
            return []

    def _remove(self, name: str) -> None:
        if self._states is not None:
            self._states.pop(name, None)
        with suppress(OSError):
            (self._folder / name).unlink(missing_ok=True)


def _begins(one: Header, other: Header) -> bool:
    """True if `one` is of a beginning of what `other` is of."""
    return one.maker == other.maker and one.tokens == other.tokens[: len(one.tokens)]


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _sync(folder: Path) -> None:
    """Have the new name outlive a power cut, where folders can be synced."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
