"""The engine's child: one model, one context, and the cache of what it read last."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence

from assistant.engine.child import llama
from assistant.engine.child.arguments import texts, whole
from assistant.engine.child.memory import common_prefix
from assistant.engine.child.reading import read, reuse, settle
from assistant.engine.child.state import State
from assistant.engine.child.tokens import tokens_of
from assistant.engine.child.writing import Written, write
from assistant.values import RunPlan
from assistant.workers import Handler, Part, Refusal, Request


def handlers() -> Mapping[str, Handler]:
    """The requests this child answers."""
    llama.silence()
    state = State()
    return {
        "load": lambda request: _load(state, request),
        "counts": lambda request: _counts(state, request),
        "known": lambda request: _known(state, request),
        "warm": lambda request: _warm(state, request),
        "forget": lambda request: _forget(state),
        "generate": lambda request: _generate(state, request),
    }


def _load(state: State, request: Request) -> Iterator[Part]:
    """Arguments: path, context (tokens), threads (0 is all cores). Answers: context (tokens), seconds."""
    if state.context is not None:
        state.context.close()
        state.context.model.close()
        state.context, state.read = None, []
        state.memory.clear()
    plan = RunPlan(whole(request, "threads") or os.cpu_count() or 1, flash_attention=True)
    began = time.monotonic()
    try:
        model = llama.Model(str(request.arguments["path"]), plan.gpu_layers)
        state.context = llama.Context(model, whole(request, "context"), plan, state.brake)
    except llama.ModelRefused as error:
        raise Refusal("no-memory" if str(error) == "context" else "model-unreadable") from error
    yield Part({"context": state.context.size, "seconds": time.monotonic() - began})


def _counts(state: State, request: Request) -> Iterator[Part]:
    """Arguments: prompts, each a list of [text, markup]. Answers: counts, in tokens."""
    context, prompts = _loaded(state), request.arguments.get("prompts")
    if not isinstance(prompts, list):
        raise Refusal("bad-request")
    yield Part({"counts": [len(_tokens(context, prompt)) for prompt in prompts]})


def _known(state: State, request: Request) -> Iterator[Part]:
    """Arguments: prompt. Answers: count, its tokens; known, how many of them need not be read. Reads nothing."""
    prompt = _tokens(_loaded(state), request.arguments["prompt"])
    wanted = prompt[:-1]
    known = max(common_prefix(state.read, wanted), state.memory.best(wanted)[1])
    yield Part({"count": len(prompt), "known": known})


def _warm(state: State, request: Request) -> Iterator[Part]:
    """Arguments: prompt, of which all is read that is not known. Answers: known, in tokens, when it is over."""
    context = _loaded(state)
    prompt = _tokens(context, request.arguments["prompt"])[: context.size - 1]
    state.answer(request)
    if prompt:
        cached = reuse(state, context, prompt)
        try:
            for _ in read(state, context, prompt, cached):
                pass
        except llama.Aborted:
            settle(state, context)
    yield Part({"known": len(state.read)})


def _forget(state: State) -> Iterator[Part]:
    """Forget everything that was read."""
    if state.context is not None:
        state.context.forget_from(0)
    state.read.clear()
    state.memory.clear()
    yield Part({})


def _generate(state: State, request: Request) -> Iterator[Part]:
    """Arguments: prompt (a list of [text, markup]), sampling (the fields of values.Sampling).

    Answers parts with `event`: "reading" (done, total, cached, left), "text" (text), "end" (reason and cost).
    """
    context = _loaded(state)
    prompt = _tokens(context, request.arguments["prompt"])
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
    yield Part(_cost(written.reason, prompt, cached, written.tokens, read_seconds, time.monotonic() - began))


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


def _loaded(state: State) -> llama.Context:
    if state.context is None:
        raise Refusal("not-loaded")
    return state.context


def _tokens(context: llama.Context, prompt: object) -> list[int]:
    if not isinstance(prompt, list):
        raise Refusal("bad-request")
    return tokens_of(context, [(str(text), bool(markup)) for text, markup in prompt])
