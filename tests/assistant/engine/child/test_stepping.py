"""With guesses or without, the real model writes the same; what was guessed wrong leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.values import RunPlan, Sampling
from assistant.workers import Child
from tests.assistant.engine.child.asking import asked, child, load, written
from tests.conftest import EMBEDDED_CHAT

pytestmark = pytest.mark.model

# With one thread llama.cpp's flash attention adds up a batch's rows as it does a single one, to the last bit.
PLAN = RunPlan(1, flash_attention=True)
CHEAP = replace(PLAN, row_costs=(1.05, 1.1, 1.2, 1.4, 2.0))
"""Costs that make nearly every guess worth a try, so that many of them are wrong."""
TEXT = "The hedge is green and tall. The gate is red and small. The path is long and winding. The bench is old."
PROMPT = asked(f"{TEXT}\n\nRepeat this text three times.")
SAMPLINGS = {
    "greedy": Sampling(temperature=0, repeat_penalty=1.0, max_tokens=48),
    "seed": Sampling(temperature=0.9, seed=11, max_tokens=48),
    "penalties": Sampling(temperature=0.6, seed=5, dry_multiplier=0.8, frequency_penalty=0.2, max_tokens=48),
}


@pytest.fixture(scope="module")
def model() -> Path:
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded language model is not there; run make test")
    return EMBEDDED_CHAT


@pytest.fixture(scope="module")
def plain(model: Path) -> Iterator[Child]:
    with child() as plain:
        load(plain, model, PLAN)
        yield plain


@pytest.fixture(scope="module")
def guessing(model: Path) -> Iterator[Child]:
    with child() as guessing:
        load(guessing, model, CHEAP)
        yield guessing


@pytest.mark.parametrize("name", SAMPLINGS)
def test_guesses_change_nothing_of_the_answer(plain: Child, guessing: Child, name: str) -> None:
    sampling = SAMPLINGS[name]
    text, cost = written(plain, PROMPT, sampling)
    assert text
    guessed, guessed_cost = written(guessing, PROMPT, sampling)
    assert (guessed, guessed_cost["answer_tokens"]) == (text, cost["answer_tokens"])


def test_guesses_are_tried_and_spare_steps(guessing: Child) -> None:
    _, cost = written(guessing, PROMPT, SAMPLINGS["greedy"])
    assert int(str(cost["steps"])) < int(str(cost["answer_tokens"])) * 0.8
    _, cost = written(guessing, PROMPT, replace(SAMPLINGS["greedy"], lookup=False))
    assert int(str(cost["steps"])) >= int(str(cost["answer_tokens"])) - 1


def test_what_was_guessed_wrong_is_gone(plain: Child, guessing: Child) -> None:
    answer, _ = written(guessing, PROMPT, SAMPLINGS["seed"])
    further = [*PROMPT, [answer, False], ["<|im_end|>\n<|im_start|>user\n", True], ["Is the gate red?", False]]
    further += [["<|im_end|>\n<|im_start|>assistant\n", True]]
    sampling = Sampling(temperature=0, max_tokens=12)
    reused, cost = written(guessing, further, sampling)
    assert int(str(cost["cached_tokens"])) > int(str(cost["prompt_tokens"])) - 40
    assert reused == written(plain, further, sampling)[0]


def test_a_limit_and_a_stop_text_hold_in_the_middle_of_a_guess(plain: Child, guessing: Child) -> None:
    whole, _ = written(plain, PROMPT, SAMPLINGS["greedy"])
    for limit in (1, 41, 42):
        text, cost = written(guessing, PROMPT, replace(SAMPLINGS["greedy"], max_tokens=limit))
        assert cost["answer_tokens"] == limit
        assert whole.startswith(text)
    stop = whole[100:108]
    text, cost = written(guessing, PROMPT, replace(SAMPLINGS["greedy"], stop=(stop,)))
    assert (text, cost["reason"]) == (whole[: whole.index(stop)], "complete")


def test_costs_are_measured_and_the_live_sequence_stays(guessing: Child, model: Path) -> None:
    text, _ = written(guessing, PROMPT, SAMPLINGS["seed"])
    costs = guessing.call("measure", {}, deadline=60).values["row_costs"]
    assert isinstance(costs, list)
    assert len(costs) == 5
    assert all(cost > 0 for cost in costs)
    again, cost = written(guessing, PROMPT, SAMPLINGS["seed"])
    assert cost["cached_tokens"] == int(str(cost["prompt_tokens"])) - 1
    assert again == text
    load(guessing, model, CHEAP)
