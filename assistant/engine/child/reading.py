"""Reading a prompt: only what is not known yet, batch by batch, and to be broken off at any moment."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final

from assistant.engine.child import llama
from assistant.engine.child.memory import common_prefix
from assistant.engine.child.state import State
from assistant.workers import Part

_FIRST_PROGRESS: Final = 2  # batches: below that nobody would see a progress line


def reuse(state: State, context: llama.Context, prompt: Sequence[int]) -> int:
    """Have the longest beginning of `prompt` that was ever read in the cache; returns its length.

    The last token of the prompt is always read again: its logits choose the first word.
    """
    wanted = prompt[:-1]
    live = common_prefix(state.read, wanted)
    kept, saved = state.memory.best(wanted)
    if live < len(state.read) and not state.memory.holds(state.read):
        # What is about to be dropped may be asked for again: another conversation, or this one unedited.
        state.memory.keep(state.read, context.state())
    if kept is not None and saved > live:
        restored = context.restore(kept.state)
        state.read, live = (list(kept.tokens), saved) if restored else ([], 0)
    if live < len(state.read) and not context.forget_from(live):
        context.forget_from(0)
        live = 0
    del state.read[live:]
    return live


def read(state: State, context: llama.Context, prompt: Sequence[int], cached: int) -> Iterator[Part]:
    """Read the rest of the prompt batch by batch, and tell how far it is."""
    began = time.monotonic()
    rest = len(prompt) - cached
    while len(state.read) < len(prompt):
        done = len(state.read)
        if rest > _FIRST_PROGRESS * llama.BATCH:
            speed = state.tokens_per_second
            left = (len(prompt) - done) / speed if speed else None
            yield Part({"event": "reading", "done": done, "total": len(prompt), "cached": cached, "left": left})
        batch = prompt[done : done + llama.BATCH]
        context.decode(batch, done)
        state.read += batch
        state.tokens_per_second = (len(state.read) - cached) / max(time.monotonic() - began, 1e-6)


def settle(state: State, context: llama.Context) -> None:
    """After an abort: drop what was read beyond what we know of."""
    if not context.forget_from(len(state.read)):
        context.forget_from(0)
        state.read.clear()
