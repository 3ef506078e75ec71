"""States between the child, which makes them, and the cache on the disk, which keeps them sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.engine.cache import StateCache
from assistant.engine.maker import with_adapters
from assistant.engine.replies import integers, whole
from assistant.engine.turns import Turns
from assistant.values import Stop
from assistant.workers import Child

_SECONDS: Final = 30.0
_MOMENT: Final = 0.1
"""Seconds that saving waits for a child that is at work; then it is for another time."""
_READ_PER_SECOND: Final = 300e6
"""Bytes of a state read, unsealed and put back; measured 0.5e9 to 1e9 with the file in the system's cache."""
_WORTH: Final = 64
"""Tokens that a state has to spare the model, where no speed was measured yet."""


@dataclass(frozen=True, slots=True)
class _Offered:
    """A state that the child would have kept."""

    name: str
    maker: str
    tokens: Sequence[int]
    size: int


class SavedStates:
    """Brings what is worth it. The child is to be loaded, and the caller to have its turn, but for `save`."""

    def __init__(self, child: Child, turns: Turns, cache: StateCache) -> None:
        self._child = child
        self._turns = turns
        self._cache = cache
        self.maker = ""  # of the loaded model, without its adapters

    def any_for(self, adapters: str) -> bool:
        """True if asking for a state can help at all."""
        return self._cache.any_by(with_adapters(self.maker, adapters))

    def known(self, adapters: str, prompt: Sequence[int]) -> int:
        """How many tokens of `prompt` a saved state covers, the last one left out, as it is always read."""
        return self._cache.best(with_adapters(self.maker, adapters), prompt[:-1])[1]

    def fetch(self, adapters: str, prompt: Sequence[int], known: int, speed: float, stop: Stop | None) -> None:
        """Give the child a saved state that spares it more than it costs. known: tokens that it knows already.

        speed: tokens that it reads a second, 0 before that was measured.
        """
        saved, length = self._cache.best(with_adapters(self.maker, adapters), prompt[:-1])
        if saved is None or not _spares(length - known, saved.header.size, speed):
            return
        arguments = {"tokens": list(saved.header.tokens), "adapters": adapters, "size": saved.header.size}
        at = 0
        for piece in self._cache.load(saved):
            if stop is not None and stop.requested:
                return
            self._child.call("remember", {**arguments, "at": at}, piece, deadline=_SECONDS, start=False)
            at += len(piece)

    def save(self, stop: Stop) -> None:
        """Save what the child would have kept and is not on the disk, the live sequence first, until `stop`."""
        for offered in self._offered(stop):
            if stop.requested:
                return
            if not self._cache.holds(offered.maker, offered.tokens):
                self._cache.save(offered.maker, offered.tokens, offered.size, self._pieces(offered, stop))

    def forget(self) -> None:
        """Remove all that was saved."""
        self._cache.forget()

    def _offered(self, stop: Stop) -> list[_Offered]:
        with self._turns.taken(_MOMENT) as taken:
            if not taken or stop.requested or not self._child.alive:
                return []
            replies = self._child.stream("states", deadline=_SECONDS, start=False)
            return [_offer(self.maker, reply.values) for reply in replies]

    def _pieces(self, offered: _Offered, stop: Stop) -> Iterator[bytes]:
        """The state, as long as nobody else wants the child; the turn is over before the file is forced to the disk."""
        with self._turns.taken(_MOMENT) as taken:
            if not taken or not self._child.alive:
                return
            for reply in self._child.stream("state", {"name": offered.name}, deadline=_SECONDS, start=False):
                if stop.requested:
                    return
                yield reply.payload


def _offer(made: str, values: Mapping[str, object]) -> _Offered:
    maker = with_adapters(made, str(values.get("adapters")))
    return _Offered(str(values.get("name")), maker, integers(values, "tokens"), whole(values, "size"))


def _spares(tokens: int, size: int, speed: float) -> bool:
    return tokens / speed > size / _READ_PER_SECOND if speed else tokens >= _WORTH
