"""How long the first word takes where the text before it was read already, against the first time; and Stop."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from assistant.engine import Engine, StateCache
from assistant.values import Message, Role
from assistant.vault import sealing
from tests.bench.asking import GREEDY, LONG, STORY, ask, engine_with, stopped, user
from tests.bench.baselines import THREADS
from tests.bench.figure import Figure

_SHORT: Final = replace(GREEDY, max_tokens=4)
_NEXT: Final = "And how tall is it, in your opinion?"
_OTHER: Final = "Who could have planted it, and when?"
_MOMENT: Final = "<= 0.15"


class Seal:
    """Seals as the vault does, under a key that lives as long as this run."""

    def __init__(self) -> None:
        self._key = os.urandom(sealing.KEY_BYTES)

    def seal(self, purpose: str, data: bytes, about: bytes) -> bytes:
        """`data` sealed."""
        return sealing.seal(self._key, data, purpose.encode() + about)

    def unseal(self, purpose: str, sealed: bytes, about: bytes) -> bytes:
        """What was sealed."""
        return sealing.unseal(self._key, sealed, purpose.encode() + about)


def figures(path: Path, folder: Path, rounds: int) -> Iterator[Figure]:
    """Seconds to the first word. Loading the model is left out on both sides, where it is loaded anew."""
    seal = Seal()

    def opened() -> Engine:
        return engine_with(path, Engine(threads=THREADS, cache=StateCache(folder / "states", seal, 1 << 30)))

    engine = opened()
    try:
        firsts: list[float] = []
        later: dict[str, list[float]] = {"next": [], "switch": [], "reopen": [], "branch": []}
        for number in range(rounds):
            chat, other = _chat(engine, f"One {number}. ", firsts), _chat(engine, f"Two {number}. ", firsts)
            back = ask(engine, [*chat, *user(_NEXT)], _SHORT)
            later["switch"].append(back.first)
            longer = [*chat, *user(_NEXT), Message(Role.ASSISTANT, back.text), *user(_OTHER)]
            later["next"].append(ask(engine, longer, _SHORT).first)
            later["branch"].append(ask(engine, [*chat, *user(_OTHER)], _SHORT).first)
            engine.save()
            engine.close()
            engine = opened()
            later["reopen"].append(ask(engine, [*other, *user(_NEXT)], _SHORT).first)
        first = statistics.median(firsts)
        for name, key, bar in (
            ("same chat, next question", "next", "<= 0.05"),
            ("after another conversation and back", "switch", "<= 0.05"),
            ("after closing and opening again", "reopen", "<= 0.15"),
            ("an earlier question edited", "branch", "<= 0.05"),
        ):
            yield Figure(f"first word, {name}", statistics.median(later[key]), "s", first, bar)
        yield from _stops(engine, rounds)
    finally:
        engine.close()


def _chat(engine: Engine, beginning: str, firsts: list[float]) -> list[Message]:
    """A first question with 1,300 tokens that nobody read before, and its answer."""
    question = Message(Role.USER, f"{beginning}{LONG}What colour is the hedge?")
    asked = ask(engine, [question], _SHORT)
    firsts.append(asked.first)
    return [question, Message(Role.ASSISTANT, asked.text)]


def _stops(engine: Engine, rounds: int) -> Iterator[Figure]:
    """Seconds from Stop to an idle model, the longest of all rounds; and that what was read is kept."""
    for name, prompt, reading in (("reading", LONG + STORY, True), ("writing", STORY, False)):
        waits, kept = [], 0
        for number in range(rounds):
            messages = user(f"{name} {number} {time.perf_counter()} {prompt}")
            seconds, known = stopped(
                engine, messages, replace(GREEDY, max_tokens=400, ignore_end=True), reading=reading
            )
            waits.append(seconds)
            kept += known > 0
        yield Figure(f"Stop while {name}, until idle (longest)", max(waits), "s", None, _MOMENT)
        yield Figure(f"Stop while {name}, what was read is kept", kept / rounds, "of 1", None, ">= 1")
