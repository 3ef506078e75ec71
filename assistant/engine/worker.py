"""The engine's child: one model, one context, and the memory of what was read."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from assistant.engine.child import llama, saving
from assistant.engine.child.arguments import texts
from assistant.engine.child.loading import adapt, load, measure, pace
from assistant.engine.child.reading import known, loses, read, reuse, settle
from assistant.engine.child.state import State
from assistant.engine.child.tokens import tokens_of
from assistant.engine.child.writing import Written, write
from assistant.workers import Handler, Part, Refusal, Request


def handlers() -> Mapping[str, Handler]:
    """The requests this child answers."""
    llama.silence()
    state, arriving = State(), saving.Arriving(bytearray())
    return {
        "load": lambda request: load(state, request),
        "adapt": lambda request: adapt(state, request),
        "pace": lambda request: pace(state, request),
        "measure": lambda request: measure(state, request),
        "counts": lambda request: _counts(state, request),
        "known": lambda request: _known(state, request),
        "warm": lambda request: _warm(state, request),
        "forget": lambda request: _forget(state),
        "states": lambda request: saving.states(state),
        "state": lambda request: saving.state_of(state, request),
        "remember": lambda request: saving.remember(state, arriving, request),
        "generate": lambda request: _generate(state, request),
    }


def _counts(state: State, request: Request) -> Iterator[Part]:
    """Arguments: prompts, each a list of [text, markup]. Answers: counts, in tokens."""
    context, prompts = state.loaded, request.arguments.get("prompts")
    if not isinstance(prompts, list):
        raise Refusal("bad-request")
    yield Part({"counts": [len(_tokens(context, prompt)) for prompt in prompts]})


def _known(state: State, request: Request) -> Iterator[Part]:
    """Arguments: prompt. Answers: tokens, those of the prompt; known, how many of them need not be read."""
    prompt = _tokens(state.loaded, request.arguments.get("prompt"))
    yield Part({"tokens": prompt, "known": known(state, state.loaded, prompt)})


def _warm(state: State, request: Request) -> Iterator[Part]:
    """Arguments: prompt, of which all is read that is not known. Answers: known, in tokens, when it is over.

    Nothing is read where that would cost the live sequence.
    """
    context = state.loaded
    prompt = _tokens(context, request.arguments.get("prompt"))[: context.size - 1]
    if prompt and not loses(state, context, prompt):
        state.answer(request)
        cached = reuse(state, context, prompt)
        try:
            for _ in read(state, context, prompt, cached):
                pass
        except llama.Aborted:
            settle(state, context)
    yield Part({"known": known(state, context, prompt)})


def _forget(state: State) -> Iterator[Part]:
    """Forget everything that was read."""
    state.forget()
    yield Part({})


def _generate(state: State, request: Request) -> Iterator[Part]:
    """Arguments: prompt (a list of [text, markup]), sampling (the fields of values.Sampling).

    Answers parts with `event`: "reading" (done, total, cached, left), "text" (text), "end" (reason and cost).
    """
    context = state.loaded
    prompt = _tokens(context, request.arguments.get("prompt"))
    if not prompt:
        raise Refusal("bad-request")
    if len(prompt) >= context.size:
        raise Refusal("context-full", f"{len(prompt)} of {context.size}")
    state.answer(request)
    began = time.monotonic()
    cached = reuse(state, context, prompt)
    try:
        yield from read(state, context, prompt, cached)
    except llama.Aborted:
        settle(state, context)
        yield Part(_cost("stopped", prompt, cached, 0, time.monotonic() - began, 0.0))
        return
    read_seconds = time.monotonic() - began
    began = time.monotonic()
    written = Written(texts(request, "stop"))
    yield from write(state, context, request, written, len(prompt))
    cost = _cost(written.reason, prompt, cached, written.tokens, read_seconds, time.monotonic() - began)
    yield Part({**cost, "steps": written.steps})


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


def _tokens(context: llama.Context, prompt: object) -> list[int]:
    if not isinstance(prompt, list):
        raise Refusal("bad-request")
    return tokens_of(context, [(str(text), bool(markup)) for text, markup in prompt])
