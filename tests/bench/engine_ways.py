"""Ways to write faster: what the answer repeats looked up in its passages, and several answers at once."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from assistant.engine import Engine
from assistant.values import AnswerPart, Generated, Message, Role, Sampling
from tests.bench.asking import GREEDY, LONG, STORY, ask, user
from tests.bench.figure import Figure, side_by_side

_PASSAGES: Final = (
    "The council of Greenwick decided in March 1911 that every hedge along the old mill road should be cut twice a "
    "year, once in early June and once in late September. The work was given to a gardener called Edith Marlow, who "
    "kept a careful diary. She wrote that the hawthorn by the bridge was the tallest of them all, and that blackbirds "
    "nested in it until the flood of 1924 carried the bridge away. In the following spring she planted forty young "
    "beeches between the mill and the church. Nine of them are still standing, and a small bronze plate beside the "
    "gate tells visitors how old they are.\n\n"
    "After the war the road was widened by four metres, and the southern side lost all of its trees. The parish "
    "council protested in a letter to the ministry, which answered eleven months later that nothing could be done. "
    "Since then the northern side has been looked after by volunteers, who meet on the first Saturday of each month, "
    "bring their own shears and ladders, and share a pot of soup in the mill when the work is finished."
)
_QUOTED: Final = (
    Message(Role.USER, f"Here are two passages.\n\n{_PASSAGES}\n\nRepeat both passages word for word."),
    Message(Role.ASSISTANT, "Here are both passages, word for word:\n\nThe council of Greenwick decided in March"),
)
_THINGS: Final = (
    "kettle bridge fox orchard letter church stone lantern river mill cart violin owl clock tree coat".split()
)
_LIST: Final = "\n".join(
    f"{number + 1}. The old gardener went to the {thing} and came back with a {_THINGS[(7 * number + 3) % 16]}."
    for number, thing in enumerate(_THINGS)
)
"""Phrases that come again and go on otherwise: what was guessed is often right for some words, and then wrong."""
_FRESH: Final = replace(GREEDY, temperature=0.9, top_k=40, seed=3, max_tokens=160, ignore_end=True)


def figures(engine: Engine, rounds: int) -> Iterator[Figure]:
    """With lookup decoding against without, the same text to repeat, and one that repeats nothing."""
    rounds = 2 * rounds + 1
    ask(engine, _QUOTED, replace(GREEDY, max_tokens=1))  # what batches cost depends on how full the window is
    engine.measure()
    for name, messages, sampling, bar in (
        ("repeating its passages", _QUOTED, replace(GREEDY, max_tokens=200, ignore_end=True), ">= 1.3"),
        ("repeating nothing", user(f"{_PASSAGES}\n\n{STORY}"), _FRESH, ">= 0.97"),
        ("phrases that go on otherwise", user(f"{_LIST}\n\nWrite forty more, with other things."), _FRESH, ">= 0.97"),
    ):
        ours, plain = _with_and_without(engine, messages, sampling, rounds)
        yield Figure(f"lookup decoding, {name}", ours, "tokens/s", plain, bar)
    several = [replace(_FRESH, seed=seed, temperature=0.5 + seed / 5, max_tokens=64) for seed in range(4)]
    messages = user(f"{LONG}{STORY}")
    ask(engine, messages, replace(GREEDY, max_tokens=1))
    at_once, one_by_one = side_by_side(
        lambda: _at_once(engine, messages, several), lambda: _one_by_one(engine, messages, several), rounds
    )
    yield Figure("four answers at once, one after the other", at_once, "s", one_by_one, "<= 0.75")


def _at_once(engine: Engine, messages: Sequence[Message], samplings: Sequence[Sampling]) -> float:
    began, written = time.perf_counter(), 0
    for part in engine.stream_many(messages, samplings):
        if isinstance(part, AnswerPart) and isinstance(part.event, Generated):
            written += part.event.answer_tokens
    assert written == sum(sampling.max_tokens for sampling in samplings)
    return time.perf_counter() - began


def _one_by_one(engine: Engine, messages: Sequence[Message], samplings: Sequence[Sampling]) -> float:
    began = time.perf_counter()
    for sampling in samplings:
        assert ask(engine, messages, sampling).end.answer_tokens == sampling.max_tokens
    return time.perf_counter() - began


def _with_and_without(
    engine: Engine, messages: Sequence[Message], sampling: Sampling, rounds: int
) -> tuple[float, float]:
    ask(engine, messages, replace(sampling, max_tokens=1))  # the prompt is read once for all
    return side_by_side(
        lambda: ask(engine, messages, replace(sampling, lookup=True)).rate,
        lambda: ask(engine, messages, sampling).rate,
        rounds,
    )
