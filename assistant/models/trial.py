"""One trial of a model: a text as long as a question to documents is read, some words are written, both timed."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Final

import psutil

from assistant.engine import Engine, Place
from assistant.errors import EnvironmentFault, Stopped
from assistant.modelstore import Fitting
from assistant.values import Generated, LoadPlan, Machine, Message, ModelFile, Prefilling, Role, RunPlan, Sampling, Stop

READ: Final = 1300
"""Tokens, about: instructions, four passages and the question of a usual question to documents."""
WRITTEN: Final = 48
_SHORT: Final = 512  # tokens that tell one plan from another
_LEAST: Final = 8  # tokens; fewer say little about speed
_SENTENCE: Final = "The hedge at the end of the lane is green and tall and quiet in the evening. "


@dataclass(frozen=True, slots=True)
class Trial:
    """What was measured. read, write: tokens a second. memory: bytes of the engine's process, None if unknown."""

    read: float
    write: float
    memory: int | None


def try_out(
    engine: Engine,
    fitting: Fitting,
    model: ModelFile,
    machine: Machine,
    plan: LoadPlan,
    stop: Stop,
    *,
    keep: bool = True,
    run: RunPlan | None = None,
) -> Iterator[Prefilling | Trial]:
    """Load a model by a plan and measure it; progress while it reads, and the trial at the end.

    engine: with the plan's threads, and nothing else to do. keep: for the next predictions. run: the way to run it,
    None for the usual one. The text is a made-up one, and is forgotten. Raises what `Engine.load` and `Engine.stream`
    raise, and Stopped.
    """
    place = Place(plan.gpu_layers, plan.device) if plan.gpu_layers else None
    engine.use(model, plan.context, plan=run, place=place)
    text = _text(engine, min(READ, plan.context - 4 * WRITTEN))
    end, memory = yield from _timed(engine, text, stop)
    unread = end.prompt_tokens - end.cached_tokens
    if keep:
        seconds = end.write_seconds / end.answer_tokens
        fitting.record(model.path, machine, plan, read=(unread, end.read_seconds), write=seconds, memory=memory)
    yield Trial(unread / end.read_seconds, end.answer_tokens / end.write_seconds, memory)


def try_plan(engine: Engine, model: ModelFile, context: int, plan: RunPlan, stop: Stop) -> Trial:
    """Load a model by a run plan and measure it on a shorter text. Raises as `try_out` does."""
    engine.use(model, context, plan=plan)
    steps = _timed(engine, _text(engine, min(_SHORT, context - 4 * WRITTEN)), stop)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            end, memory = done.value
            unread = end.prompt_tokens - end.cached_tokens
            return Trial(unread / end.read_seconds, end.answer_tokens / end.write_seconds, memory)


def fill(engine: Engine, context: int, stop: Stop) -> None:
    """Have as much read as for a usual question to documents. Raises as `try_out` does."""
    text = _text(engine, min(READ, context - 4 * WRITTEN))
    list(engine.stream((Message(Role.USER, text),), Sampling(temperature=0.0, max_tokens=1), stop))


def _timed(engine: Engine, text: str, stop: Stop) -> Generator[Prefilling, None, tuple[Generated, int | None]]:
    """Have a text read and a few words written: what that cost, and the memory with all of it in the window."""
    messages = (Message(Role.USER, text),)
    sampling = Sampling(temperature=0.0, repeat_penalty=1.0, max_tokens=WRITTEN, ignore_end=True)
    engine.forget()
    end: Generated | None = None
    for event in engine.stream(messages, sampling, stop):
        if isinstance(event, Prefilling):
            yield event
        elif isinstance(event, Generated):
            end = event
    memory = _memory(engine)
    engine.forget()
    if stop.requested:
        raise Stopped
    if end is None or end.answer_tokens < _LEAST or not end.read_seconds or not end.write_seconds:
        raise EnvironmentFault("The model wrote too little to be measured.", "Try again, or choose another model.")
    return end, memory


def _text(engine: Engine, tokens: int) -> str:
    """A text of about so many tokens, whatever the vocabulary."""
    short = engine.count((Message(Role.USER, _SENTENCE * 10),))
    shorter = engine.count((Message(Role.USER, _SENTENCE * 2),))
    each = max(1.0, (short - shorter) / 8)
    return _SENTENCE * max(1, round((tokens - shorter) / each + 2)) + "Write a long story about it."


def _memory(engine: Engine) -> int | None:
    try:
        return int(psutil.Process(engine.pid).memory_info().rss) if engine.pid is not None else None
    except psutil.Error:
        return None
