"""The engine's speed table, for the shipped model and for the same weights as Q8_0.

Everything is measured in one run, in turns, the order changing with each round; medians count. Ours is measured where
the answer is read, on this side of the process border: from the request to the first word, and from there to the end.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
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
_WRITTEN: Final = 96


def figures() -> list[Figure]:
    """The rows of the table, layout by layout."""
    rows: list[Figure] = []
    for name, path in (("Q4_1", EMBEDDED_CHAT), ("Q8_0", as_q8_0(EMBEDDED_CHAT, PROJECT / "build" / "bench"))):
        with tempfile.TemporaryDirectory(prefix="privet-bench-") as folder:
            rows += [replace(row, name=f"{name}: {row.name}") for row in _layout(path, Path(folder))]
    return rows


def _layout(path: Path, folder: Path) -> Iterator[Figure]:
    engine = engine_with(path, Engine(threads=THREADS))
    try:
        yield from _speeds(path, engine)
        yield from engine_ways.figures(engine, _ROUNDS)
    finally:
        engine.close()
    yield from engine_waits.figures(path, folder, _ROUNDS)


def _speeds(path: Path, engine: Engine) -> Iterator[Figure]:
    """Reading and writing, against the bare loop, against the high-level class, and inside the child."""
    with ExitStack() as stack:
        programs: dict[str, Program] = {}
        for name, source in (("bare", BARE), ("high", HIGH_LEVEL), ("inside", INSIDE)):
            programs[name] = Program(source, path)
            stack.callback(programs[name].close)
        for place, text in (("an empty context", ""), ("1,300 tokens", LONG)):
            seen = _in_turns(path, engine, programs, text)
            ours = seen["ours"]
            if text:
                read, bare = 1 / ours[0], 1 / seen["bare"][0]
                yield Figure("prompts of 1,300 tokens read, bare loop", read, "prompts/s", bare, ">= 0.97")
            yield Figure(f"written at {place}, bare loop", ours[1], "tokens/s", seen["bare"][1], ">= 0.97")
            yield Figure(f"written at {place}, class Llama", ours[1], "tokens/s", seen["high"][1], ">= 1.05")
            yield Figure(f"written at {place}, inside the child", ours[1], "tokens/s", seen["inside"][1], ">= 0.99")


def _in_turns(path: Path, engine: Engine, programs: dict[str, Program], text: str) -> dict[str, tuple[float, float]]:
    """Medians of seconds to the first token, and of tokens a second, by who it was."""
    sampling = replace(GREEDY, max_tokens=_WRITTEN, ignore_end=True)

    def ours(question: str) -> tuple[float, float]:
        engine.forget()
        asked = ask(engine, user(question), sampling)
        return asked.first, asked.rate

    def theirs(name: str, question: str) -> tuple[float, float]:
        prompt = spelled(path, user(question))
        arguments = {**asdict(sampling), "prompt": [[prompt, True]]}
        wanted = {"prompt": prompt, "question": question, "count": _WRITTEN, "arguments": arguments}
        return programs[name].ask(wanted)

    names = ["ours", *programs]
    seen: dict[str, list[tuple[float, float]]] = {}
    for number in range(-1, _ROUNDS):  # the first round warms up
        for turn in range(len(names)):
            name, question = names[(turn + number) % len(names)], f"{number}. {text}{STORY}"
            took = ours(question) if name == "ours" else theirs(name, question)
            if number >= 0:
                seen.setdefault(name, []).append(took)
    return {
        name: (statistics.median(first for first, _ in both), statistics.median(rate for _, rate in both))
        for name, both in seen.items()
    }
