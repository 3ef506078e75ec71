"""The engine's child: one model, one context, and the cache of what it read last."""

from __future__ import annotations

import codecs
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from assistant.engine import llama
from assistant.engine.memory import PrefixMemory, common_prefix
from assistant.workers import Handler, Part, Refusal, Request

_MEMORY_BYTES: Final = 512 << 20
_FIRST_PROGRESS: Final = 2  # batches: below that nobody would see a progress line


@dataclass
class _State:
    """What this child holds. read: the tokens in the KV cache, position by position."""

    context: llama.Context | None = None
    read: list[int] = field(default_factory=list)
    memory: PrefixMemory = field(default_factory=lambda: PrefixMemory(_MEMORY_BYTES))
    cancelled: threading.Event = field(default_factory=threading.Event)  # of the request being answered
    tokens_per_second: float = 0.0  # of reading, measured; 0 before the first measurement

    def aborted(self) -> bool:
        """Asked by llama.cpp in the middle of its work: does anybody still want the result?"""
        return self.cancelled.is_set()


def handlers() -> Mapping[str, Handler]:
    """The requests this child answers."""
    llama.silence()
    state = _State()
    return {
        "load": lambda request: _load(state, request),
        "count": lambda request: _count(state, request),
        "generate": lambda request: _generate(state, request),
    }


def _load(state: _State, request: Request) -> Iterator[Part]:
    """Arguments: path, context (tokens), threads (0 is all cores). Answers: context (tokens), seconds."""
    if state.context is not None:
        state.context.close()
        state.context, state.read = None, []
        state.memory.clear()
    threads = _whole(request, "threads") or os.cpu_count() or 1
    began = time.monotonic()
    try:
        state.context = llama.Context(
            str(request.arguments["path"]), _whole(request, "context"), threads, state.aborted
        )
    except llama.ModelRefused as error:
        raise Refusal("no-memory" if str(error) == "context" else "model-unreadable") from error
    yield Part({"context": state.context.size, "seconds": time.monotonic() - began})


def _count(state: _State, request: Request) -> Iterator[Part]:
    """Arguments: prompt, a list of [text, markup]. Answers: count, in tokens."""
    yield Part({"count": len(_tokens(_loaded(state), request.arguments["prompt"]))})


def _generate(state: _State, request: Request) -> Iterator[Part]:
    """Arguments: prompt (a list of [text, markup]), sampling (the fields of values.Sampling).

    Answers parts with `event`: "reading" (done, total, cached, left), "text" (text), "end" (reason and cost).
    """
    context = _loaded(state)
    prompt = _tokens(context, request.arguments["prompt"])
    if not prompt:
        raise Refusal("bad-request")
    if len(prompt) >= context.size:
        raise Refusal("context-full", f"{len(prompt)} of {context.size}")
    state.cancelled = request.cancelled
    began = time.monotonic()
    cached = _reuse(state, context, prompt)
    try:
        yield from _read(state, context, prompt, cached)
    except llama.Aborted:
        _settle(state, context)
        yield Part(_cost("stopped", prompt, cached, 0, time.monotonic() - began, 0.0))
        return
    read_seconds = time.monotonic() - began
    began = time.monotonic()
    written = _Written(_texts(request, "stop"))
    yield from _write(state, context, request, written, len(prompt))
    yield Part(_cost(written.reason, prompt, cached, written.tokens, read_seconds, time.monotonic() - began))


def _reuse(state: _State, context: llama.Context, prompt: Sequence[int]) -> int:
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


def _read(state: _State, context: llama.Context, prompt: Sequence[int], cached: int) -> Iterator[Part]:
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


class _Written:
    """The answer so far: whole characters go out, the start of a stop text is held back."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self.tokens = 0
        self.reason = "length"

    def add(self, piece: bytes) -> str:
        """Text that can be shown now. Sets `reason` to "complete" if a stop text was met."""
        self._held += self._decoder.decode(piece)
        for stop in self._stops:
            found = self._held.find(stop)
            if found >= 0:
                self.reason = "complete"
                shown, self._held = self._held[:found], ""
                return shown
        keep = max((_overlap(self._held, stop) for stop in self._stops), default=0)
        shown, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return shown

    def rest(self) -> str:
        """What was held back, at the end of an answer that met no stop text."""
        held, self._held = self._held, ""
        return held


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of `text` are the beginning of `stop`."""
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0


def _write(
    state: _State, context: llama.Context, request: Request, written: _Written, prompt_length: int
) -> Iterator[Part]:
    """Write until the model ends, a stop text comes, the limit is reached or somebody stops it."""
    limit = min(_whole(request, "max_tokens"), context.size - prompt_length)
    sampler = _sampler(context, request)
    try:
        while written.tokens < limit:
            if request.cancelled.is_set():
                written.reason = "stopped"
                break
            token = sampler.next()
            if context.ends(token):
                written.reason = "complete"
                break
            written.tokens += 1
            shown = written.add(context.piece(token))
            if shown:
                yield Part({"event": "text", "text": shown})
            if written.reason == "complete":
                return
            if written.tokens < limit:
                context.decode([token], len(state.read))
                state.read.append(token)
    except llama.Aborted:
        _settle(state, context)
        written.reason = "stopped"
    finally:
        sampler.close()
    if rest := written.rest():
        yield Part({"event": "text", "text": rest})


def _settle(state: _State, context: llama.Context) -> None:
    """After an abort: drop what was read beyond what we know of."""
    if not context.forget_from(len(state.read)):
        context.forget_from(0)
        state.read.clear()


def _cost(
    reason: str, prompt: Sequence[int], cached: int, answer: int, read: float, write: float
) -> Mapping[str, object]:
    return {
        "event": "end",
        "reason": reason,
        "prompt_tokens": len(prompt),
        "cached_tokens": cached,
        "answer_tokens": answer,
        "read_seconds": read,
        "write_seconds": write,
    }


def _loaded(state: _State) -> llama.Context:
    if state.context is None:
        raise Refusal("not-loaded")
    return state.context


def _tokens(context: llama.Context, prompt: object) -> list[int]:
    if not isinstance(prompt, list):
        raise Refusal("bad-request")
    tokens: list[int] = []
    for text, markup in prompt:
        tokens += context.tokenize(str(text), first=not tokens, markup=bool(markup))
    return tokens


def _sampler(context: llama.Context, request: Request) -> llama.Sampler:
    return context.sampler(
        temperature=_number(request, "temperature"),
        top_k=_whole(request, "top_k"),
        top_p=_number(request, "top_p"),
        min_p=_number(request, "min_p"),
        penalty=_number(request, "repeat_penalty"),
        last=_whole(request, "repeat_last"),
        seed=_whole(request, "seed"),
    )


def _whole(request: Request, name: str) -> int:
    value = request.arguments.get(name)
    if not isinstance(value, int):
        raise Refusal("bad-request", name)
    return value


def _number(request: Request, name: str) -> float:
    value = request.arguments.get(name)
    if not isinstance(value, int | float):
        raise Refusal("bad-request", name)
    return float(value)


def _texts(request: Request, name: str) -> list[str]:
    value = request.arguments.get(name)
    return [str(item) for item in value] if isinstance(value, list) else []
