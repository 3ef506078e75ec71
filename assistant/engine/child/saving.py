"""States on their way to the parent, which keeps them encrypted, and back again; in pieces that fit a frame."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.engine.child.arguments import integers, text, whole
from assistant.engine.child.memory import Kept
from assistant.engine.child.reading import put_away, worth
from assistant.engine.child.state import State
from assistant.workers import Part, Refusal, Request

_PIECE: Final = 32 << 20
_LARGEST: Final = 4 << 30


@dataclass
class Arriving:
    """A state of which not all pieces have come yet."""

    state: bytearray
    filled: int = 0


def states(state: State) -> Iterator[Part]:
    """Answers a part for each state worth keeping, the live one first: tokens, name, adapters, size in bytes."""
    size = state.loaded.state_size()
    live = tuple(state.read)
    if live and size and worth(state, len(live), size):
        yield Part({"tokens": live, "name": _name(live, state.adapters), "adapters": state.adapters, "size": size})
    for kept in state.memory:
        if not (kept.adapters == state.adapters and kept.tokens == live[: len(kept.tokens)]):
            name = _name(kept.tokens, kept.adapters)
            yield Part({"tokens": kept.tokens, "name": name, "adapters": kept.adapters, "size": len(kept.state)})


def state_of(state: State, request: Request) -> Iterator[Part]:
    """Arguments: name, as `states` gave it. Answers the state's bytes in pieces; none if it is gone by now."""
    found = _named(state, text(request, "name"))
    for begin in range(0, len(found), _PIECE):
        yield Part({}, bytes(memoryview(found)[begin : begin + _PIECE]))


def remember(state: State, arriving: Arriving, request: Request) -> Iterator[Part]:
    """Arguments: tokens, adapters, size, at (bytes that came before); payload: the next piece. Answers nothing."""
    size, at = whole(request, "size"), whole(request, "at")
    if not 0 < size <= _LARGEST or (at and at != arriving.filled) or at + len(request.payload) > size:
        raise Refusal("bad-request", "remember")
    if at == 0:
        arriving.state, arriving.filled = bytearray(size), 0
    arriving.state[at : at + len(request.payload)] = request.payload
    arriving.filled += len(request.payload)
    if arriving.filled == size:
        _arrived(state, integers(request, "tokens"), arriving.state, text(request, "adapters"))
        arriving.state, arriving.filled = bytearray(), 0
    yield Part({})


def _arrived(state: State, tokens: list[int], bytes_of: bytearray, adapters: str) -> None:
    if state.memory.fits(len(bytes_of)):
        state.memory.keep(tokens, bytes_of, adapters)
    elif adapters == state.adapters:
        # Too large for a copy: its place is the context itself.
        put_away(state, state.loaded, 0)
        state.parked.cut(0)
        state.parked.make_room(state.loaded, len(tokens))
        state.read = list(tokens) if state.loaded.restore(bytes_of) else []


def _named(state: State, name: str) -> bytearray:
    if _name(state.read, state.adapters) == name:
        return state.loaded.state()
    kept: Kept | None = next((kept for kept in state.memory if _name(kept.tokens, kept.adapters) == name), None)
    return kept.state if kept is not None else bytearray()


def _name(tokens: Sequence[int], adapters: str) -> str:
    digest = hashlib.blake2b(array("i", tokens).tobytes(), digest_size=16)
    digest.update(adapters.encode("utf-8"))
    return digest.hexdigest()
