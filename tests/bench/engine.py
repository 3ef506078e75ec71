"""The engine's speed table, for the shipped model and for the same weights as Q8_0.

Everything is measured in one run, in turns, the order changing with each round; medians count. Ours is measured where
the answer is read, on this side of the process border: from the request to the first word, and from there to the end.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from assistant.engine import Engine
from tests.bench import engine_waits, engine_ways
from tests.bench.asking import GREEDY, LONG, STORY, ask, engine_with, spelled, user
from tests.bench.baselines import BARE, HIGH_LEVEL, INSIDE, THREADS, Program, as_q8_0
from tests.bench.figure import Figure
from tests.conftest import EMBEDDED_CHAT, PROJECT

_ROUNDS: Final = int(os.environ.get("PRIVET_BENCH_ROUNDS", "3"))
_WRITTEN: Final = 64
_ANSWERS: Final = 5
"""To each prompt: so that a moment in which the machine did something else decides nothing."""


_KINDS: Final = ("speeds", "ways", "waits")
_LAYOUTS: Final = ("Q4_1", "Q8_0")
PARTS: Final = tuple(f"{layout}.{kind}" for layout in _LAYOUTS for kind in _KINDS)


def figures(part: str = "") -> Iterator[Figure]:
    """The rows of the table, layout by layout, or of one part of it, as "Q8_0.ways"; each once it is measured."""
    for layout in _LAYOUTS:
        kinds = [kind for kind in _KINDS if part in ("", f"{layout}.{kind}")]
        if kinds:
            path = EMBEDDED_CHAT if layout == "Q4_1" else as_q8_0(EMBEDDED_CHAT, PROJECT / "build" / "bench")
            for row in _layout(path, kinds):
                yield replace(row, name=f"{layout}: {row.name}")


def _layout(path: Path, kinds: Sequence[str]) -> Iterator[Figure]:
    with closing(Engine(threads=THREADS)) as engine:
        if "speeds" in kinds:
            yield from _speeds(path, engine_with(path, engine))
        if "ways" in kinds:
            yield from engine_ways.figures(engine_with(path, engine), _ROUNDS)
    if "waits" in kinds:
        with tempfile.TemporaryDirectory(prefix="privet-bench-") as folder:
            yield from engine_waits.figures(path, Path(folder), _ROUNDS)


def _speeds(path: Path, engine: Engine) -> Iterator[Figure]:
    """Reading and writing, against the bare loop, against the high-level class, and inside the child."""
    with ExitStack() as stack:
        programs: dict[str, Program] = {}
        for name, source in (("bare", BARE), ("high", HIGH_LEVEL), ("inside", INSIDE)):
            programs[name] = Program(source, path)
            stack.callback(programs[name].close)
        for place, text in (("an empty context", ""), ("1,300 tokens", LONG)):
            firsts, rates = _in_turns(path, engine, programs, text)
            if text:
                read, bare = 1 / firsts["ours"], 1 / firsts["bare"]
                yield Figure("prompts of 1,300 tokens read, bare loop", read, "prompts/s", bare, ">= 0.97")
            yield Figure(f"written at {place}, bare loop", rates["ours"], "tokens/s", rates["bare"], ">= 0.97")
            yield Figure(f"written at {place}, class Llama", rates["ours"], "tokens/s", rates["high"], ">= 1.05")
            yield Figure(f"written at {place}, inside the child", rates["ours"], "tokens/s", rates["inside"], ">= 0.99")


def _in_turns(
    path: Path, engine: Engine, programs: dict[str, Program], text: str
) -> tuple[dict[str, float], dict[str, float]]:
    """Medians of seconds to the first token of a new prompt, and of tokens a second, by who it was.

    Each round has a prompt of its own, which all read one after the other, and then answer in turns several times.
    """
    sampling = replace(GREEDY, max_tokens=_WRITTEN, ignore_end=True)

    def ours(question: str) -> tuple[float, float]:
        asked = ask(engine, user(question), sampling)
        return asked.first, asked.rate

    def theirs(name: str, question: str) -> tuple[float, float]:
        prompt = spelled(path, user(question))
        arguments = {**asdict(sampling), "prompt": [[prompt, True]]}
        wanted = {"prompt": prompt, "question": question, "count": _WRITTEN, "arguments": arguments}
        return programs[name].ask(wanted)

    names = ["ours", *programs]
    firsts: dict[str, list[float]] = {name: [] for name in names}
    rates: dict[str, list[float]] = {name: [] for name in names}
    for number in range(_ROUNDS):
        question = f"{number}. {text}{STORY}"
        engine.forget()
        for answer in range(-1, _ANSWERS):  # before the first the prompt is read
            for turn in range(len(names)):
                name = names[(turn + number + answer) % len(names)]
                first, rate = ours(question) if name == "ours" else theirs(name, question)
                if answer < 0:
                    firsts[name].append(first)
                else:
                    rates[name].append(rate)
    return (
        {name: statistics.median(all_firsts) for name, all_firsts in firsts.items()},
        {name: statistics.median(all_rates) for name, all_rates in rates.items()},
    )
