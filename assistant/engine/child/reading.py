"""Reading a prompt: only what is not known yet, batch by batch, and to be broken off at any moment."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assistant.engine.child import llama, shift
from assistant.engine.child.memory import Kept
from assistant.engine.child.sequences import Parked
from assistant.engine.child.state import State
from assistant.engine.prefix import common_prefix
from assistant.workers import Part

_FIRST_PROGRESS: Final = 2  # batches: below that nobody would see a progress line
_WORTH: Final = 64
"""Tokens that reading again would cost more than copying their state, where no speed was measured yet; and by how
many a shift has to be ahead, after which a prompt is not quite what reading it anew would have made."""
_COPIED_PER_SECOND: Final = 1e9
"""Bytes of a state, taken and put back; measured 1.5e9 to 2e9."""


@dataclass(frozen=True, slots=True)
class _Offer:
    """A way to know the first `known` tokens of a prompt: `source` (None: the live sequence), shifted or not."""

    known: int
    source: Kept | Parked | None = None
    shift: shift.Shift | None = None


def known(state: State, context: llama.Context, prompt: Sequence[int]) -> int:
    """How many tokens of `prompt` need not be read. Changes nothing."""
    return _best(state, context, prompt[:-1]).known


def reuse(state: State, context: llama.Context, prompt: Sequence[int]) -> int:
    """Have the longest beginning of `prompt` that was ever read in the cache; returns its length.

    The last token of the prompt is always read again: its logits choose the first word.
    """
    wanted = prompt[:-1]
    offer = _best(state, context, wanted)
    if offer.source is not None:
        put_away(state, context, 0)
        _bring(state, context, offer.source, offer.known)
    elif offer.shift is None:
        put_away(state, context, offer.known)
    if offer.shift is not None:
        _shift(state, context, offer.shift)
    return _cut(state, context, common_prefix(state.read, wanted))


def loses(state: State, context: llama.Context, prompt: Sequence[int]) -> bool:
    """True if reading `prompt` would cost the live sequence, for which there is room nowhere else."""
    stays = common_prefix(state.read, prompt)
    size = context.state_size()
    return (
        len(state.read) - stays >= _WORTH
        and not state.memory.holds(state.read, state.adapters)
        and not state.memory.fits(size)
    )


def put_away(state: State, context: llama.Context, stays: int) -> None:
    """Keep the live sequence, of which only the first `stays` tokens will stay: it may be asked for again.

    Another conversation, or this one unedited. A copy is exact and costs nothing later; what is too large for
    one shares the context.
    """
    dropped = len(state.read) - stays
    if dropped <= 0 or state.memory.holds(state.read, state.adapters):
        return
    size = context.state_size()
    if not size or not worth(state, dropped, size):
        return
    if state.memory.fits(size):
        state.memory.keep(state.read, context.state(), state.adapters)
    else:
        state.parked.park(context, state.read, stays)


def worth(state: State, tokens: int, size: int) -> bool:
    """True if reading so many tokens takes longer than copying a state of `size` bytes."""
    if not state.tokens_per_second:
        return tokens >= _WORTH
    return tokens / state.tokens_per_second > size / _COPIED_PER_SECOND


def read(state: State, context: llama.Context, prompt: Sequence[int], cached: int) -> Iterator[Part]:
    """Read the rest of the prompt batch by batch, and tell how far it is.

    The last token is read by itself, as it is when all others are known: its logits are the same both times.
    """
    began = time.monotonic()
    last = len(prompt) - 1
    state.parked.make_room(context, len(prompt))
    while len(state.read) < last:
        done = len(state.read)
        if last - cached > _FIRST_PROGRESS * context.batch:
            speed = state.tokens_per_second
            left = (len(prompt) - done) / speed if speed else None
            yield Part({"event": "reading", "done": done, "total": len(prompt), "cached": cached, "left": left})
        batch = prompt[done : min(done + context.batch, last)]
        context.decode(batch, done, logits="none")
        state.read += batch
        if len(state.read) - cached >= _WORTH:
            state.tokens_per_second = (len(state.read) - cached) / max(time.monotonic() - began, 1e-6)
    context.decode(prompt[last:], last)
    state.read.append(prompt[last])


def settle(state: State, context: llama.Context) -> None:
    """After an abort: drop what was read beyond what we know of."""
    _cut(state, context, len(state.read))


def _best(state: State, context: llama.Context, wanted: Sequence[int]) -> _Offer:
    """The way to know most of `wanted` at the least cost."""
    best = _Offer(common_prefix(state.read, wanted))
    parked, length = state.parked.best(wanted)
    if parked is not None and length > best.known:
        best = _Offer(length, parked)
    kept, length = state.memory.best(wanted, state.adapters)
    if kept is not None and length > best.known:
        best = _Offer(length, kept)
    return _shifted(state, wanted, best) if context.can_shift else best


def _shifted(state: State, wanted: Sequence[int], best: _Offer) -> _Offer:
    """A shift that is clearly better than `best`, if there is one: the oldest turns of a conversation were left out."""
    sources: list[tuple[Kept | None, Sequence[int]]] = [(None, state.read)]
    sources += [(kept, kept.tokens) for kept in state.memory if kept.adapters == state.adapters]
    for source, tokens in sources:
        found = shift.find(tokens, wanted, _WORTH)
        if found is not None and found.known >= best.known + _WORTH:
            best = _Offer(found.known, source, found)
    return best


def _bring(state: State, context: llama.Context, source: Kept | Parked, length: int) -> None:
    """Make a sequence that was put away the live one."""
    if isinstance(source, Parked):
        state.parked.wake(context, source, length)
        state.read = list(source.tokens[:length])
        return
    state.memory.use(source)
    state.parked.cut(0)
    state.parked.make_room(context, len(source.tokens))
    state.read = list(source.tokens) if context.restore(source.state) else []


def _shift(state: State, context: llama.Context, found: shift.Shift) -> None:
    if len(state.read) < found.last:
        return  # it could not be brought back
    _cut(state, context, found.last + found.known - found.first)
    state.parked.clear(context)  # they would move too
    if context.shift(0, found.first, found.last):
        del state.read[found.first : found.last]


def _cut(state: State, context: llama.Context, length: int) -> int:
    """Keep the first `length` tokens of the live sequence, or none where the model can't drop a part."""
    if not context.forget_from(length):
        context.forget_from(0)
        length = 0
    del state.read[length:]
    state.parked.cut(length)
    return length
