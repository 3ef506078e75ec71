"""The engine's child: one model, one context, and the memory of what was read."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from assistant.engine.child import llama, saving
from assistant.engine.child.arguments import texts, whole
from assistant.engine.child.loading import adapt, devices, load, measure, pace
from assistant.engine.child.pointing import Way, point, way
from assistant.engine.child.reading import known, loses, read, reuse, settle
from assistant.engine.child.scoring import score
from assistant.engine.child.state import State
from assistant.engine.child.together import samplings, write_together
from assistant.engine.child.tokens import tokens_of
from assistant.engine.child.writing import Written, write
from assistant.workers import Handler, Part, Refusal, Request


def handlers() -> Mapping[str, Handler]:
    """The requests this child answers."""
    llama.silence()
    state, arriving = State(), saving.Arriving(bytearray())
    return {
        "load": lambda request: load(state, request),
        "devices": devices,
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
        "several": lambda request: _several(state, request),
        "score": lambda request: _score(state, request),
        "point": lambda request: _point(state, request),
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
    """Arguments: prompt (a list of [text, markup]), and the fields of values.Sampling.

    Answers parts with `event`: "reading" (done, total, cached, left), "text" (text, and tokens where their
    probabilities are wanted), "end" (reason and cost).
    """
    context, prompt = state.loaded, _prompt(state, request)
    reading = _Reading()
    yield from _read(state, request, prompt, reading)
    if reading.stopped:
        yield Part(_cost("stopped", prompt, reading, 0, 0.0))
        return
    began = time.monotonic()
    written = Written(texts(request, "stop"))
    yield from write(state, context, request, written, len(prompt))
    cost = _cost(written.reason, prompt, reading, written.tokens, time.monotonic() - began)
    yield Part({**cost, "steps": written.steps})


def _several(state: State, request: Request) -> Iterator[Part]:
    """Arguments: prompt, samplings (the fields of values.Sampling, one for each answer, at most 8).

    Answers as `_generate` does; "text" and "end" carry `answer`, the number of the sampling from 0.
    """
    context, prompt, each = state.loaded, _prompt(state, request), samplings(request)
    reading = _Reading()
    yield from _read(state, request, prompt, reading)
    if reading.stopped:
        for number in range(len(each)):
            yield Part({**_cost("stopped", prompt, reading, 0, 0.0), "answer": number})
        return
    for event in write_together(state, context, each, len(prompt)):
        cost = _cost("", prompt, reading, 0, 0.0) if event["event"] == "end" else {}
        yield Part({**cost, **event})


def _score(state: State, request: Request) -> Iterator[Part]:
    """Arguments: prompt, candidates (texts). Answers: for each candidate a part with logprobs, those of its tokens.

    Fewer candidates are answered where it was stopped.
    """
    context, prompt = state.loaded, _prompt(state, request)
    segments = request.arguments["prompt"]
    assert isinstance(segments, list)
    begun = len(_tokens(context, segments))
    candidates = [_tokens(context, [*segments, [text, False]])[begun:] for text in texts(request, "candidates")]
    if any(len(prompt) + len(candidate) > context.size for candidate in candidates):
        raise Refusal("context-full")
    reading = _Reading()
    yield from _read(state, request, prompt, reading)
    if not reading.stopped:
        with suppress(llama.Aborted):
            for logprobs in score(state, context, len(prompt), candidates):
                yield Part({"logprobs": logprobs})


def _point(state: State, request: Request) -> Iterator[Part]:
    """Arguments: prompt; without, the same without its question, or []; spans, each [text, start, ends, words] with
    all that may follow from there, and where it may end (in characters of the text); starts.

    Answers as `_generate` does while it reads, then for each way that was followed a part with text, start, ends (token
    count, end), and logprobs, endings, plain, plain_endings (see `Way`). Fewer where it was stopped.
    """
    context, prompt = state.loaded, _prompt(state, request)
    ways = list(_ways(context, request))
    given = request.arguments.get("without")
    without = _tokens(context, given) if given else []
    if len(prompt) + len(without) + max((len(one.tokens) for one in ways), default=0) > context.size:
        raise Refusal("context-full")
    reading = _Reading()
    yield from _read(state, request, prompt, reading)
    if reading.stopped:
        return
    with suppress(llama.Aborted):
        for one in point(state, context, prompt, without, ways, whole(request, "starts")):
            yield Part(
                {
                    "text": one.text,
                    "start": one.start,
                    "ends": [[count, end] for count, end in one.ends.items()],
                    "logprobs": one.found,
                    "endings": one.endings,
                    "plain": one.plain,
                    "plain_endings": one.plain_endings,
                }
            )


def _ways(context: llama.Context, request: Request) -> Iterator[Way]:
    given, head = request.arguments.get("spans"), tokens_of(context, [("\n", True)])
    for text, start, ends, words in given if isinstance(given, list) else []:
        tokens = tokens_of(context, [("\n", True), (str(words), False)])[len(head) :]
        yield way(
            int(text), int(start), [int(end) for end in ends], tokens, [context.piece(one) for one in tokens], words
        )


@dataclass
class _Reading:
    """What reading a prompt cost. cached: tokens that were known. stopped: somebody stopped it."""

    cached: int = 0
    seconds: float = 0.0
    stopped: bool = False


def _prompt(state: State, request: Request) -> list[int]:
    context = state.loaded
    prompt = _tokens(context, request.arguments.get("prompt"))
    if not prompt:
        raise Refusal("bad-request")
    if len(prompt) >= context.size:
        raise Refusal("context-full", f"{len(prompt)} of {context.size}")
    return prompt


def _read(state: State, request: Request, prompt: Sequence[int], reading: _Reading) -> Iterator[Part]:
    """Read the prompt into the live sequence; how that went is in `reading`."""
    context, began = state.loaded, time.monotonic()
    state.answer(request)
    reading.cached = reuse(state, context, prompt)
    try:
        yield from read(state, context, prompt, reading.cached)
    except llama.Aborted:
        settle(state, context)
        reading.stopped = True
    reading.seconds = time.monotonic() - began


def _cost(reason: str, prompt: Sequence[int], reading: _Reading, answer: int, write: float) -> Mapping[str, object]:
    return {
        "event": "end",
        "reason": reason,
        "prompt_tokens": len(prompt),
        "cached_tokens": reading.cached,
        "answer_tokens": answer,
        "read_seconds": reading.seconds,
        "write_seconds": write,
    }


def _tokens(context: llama.Context, prompt: object) -> list[int]:
    if not isinstance(prompt, list):
        raise Refusal("bad-request")
    return tokens_of(context, [(str(text), bool(markup)) for text, markup in prompt])
