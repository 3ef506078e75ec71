"""The engine asked in the benches: what to ask, and how long each part of the answer took."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.engine import Engine, chat_format, segments
from assistant.values import Generated, Message, ModelFile, Prefilling, Role, Sampling, Stop, Token
from tests.bench.baselines import CONTEXT

SENTENCE: Final = "The hedge at the end of the lane is green and tall and quiet, and nobody knows who planted it. "
LONG: Final = SENTENCE * 59
"""About 1,300 tokens."""
STORY: Final = "Tell a very long story about a gardener and a hedge, with many details."
GREEDY: Final = Sampling(temperature=0, repeat_penalty=1.0, lookup=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """One answer as its reader saw it. first: seconds until the first word. rate: tokens a second from then on."""

    first: float
    rate: float
    text: str
    end: Generated


def model_file(path: Path) -> ModelFile:
    """The embedded model, in whatever layout."""
    return ModelFile(path, path.stem, "llama", "chatml", 8192, path.stat().st_size)


def engine_with(path: Path, engine: Engine) -> Engine:
    """The engine, with the model in its memory."""
    engine.use(model_file(path), CONTEXT)
    engine.load()
    return engine


def user(text: str) -> tuple[Message, ...]:
    """A question."""
    return (Message(Role.USER, text),)


def spelled(path: Path, messages: Sequence[Message]) -> str:
    """The prompt's text, markup included."""
    return "".join(part.text for part in segments(chat_format(model_file(path)), messages))


def ask(engine: Engine, messages: Sequence[Message], sampling: Sampling) -> Asked:
    """Ask, and read the answer to its end."""
    began = time.perf_counter()
    first, text = 0.0, ""
    for event in engine.stream(messages, sampling):
        if isinstance(event, Token):
            first = first or time.perf_counter()
            text += event.text
        elif isinstance(event, Generated):
            seconds = time.perf_counter() - first
            return Asked(first - began, (event.answer_tokens - 1) / seconds, text, event)
    raise AssertionError("the answer did not end")


def stopped(engine: Engine, messages: Sequence[Message], sampling: Sampling, *, reading: bool) -> tuple[float, int]:
    """Press Stop while the prompt is read, or the answer written.

    Returns seconds until the model was idle, and the tokens that it had read then.
    """
    stop, pressed, idle, events = Stop(), 0.0, 0.0, 0
    for event in engine.stream(messages, sampling, stop):
        events += isinstance(event, Prefilling if reading else Token)
        if events == 3 and not pressed:
            pressed = time.perf_counter()
            stop.set()
        if isinstance(event, Generated):
            idle = time.perf_counter() - pressed
    return idle, engine.known(messages)[1]
