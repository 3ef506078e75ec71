"""Each field of the sampling changes what the real model writes, in the way that it says."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest

from assistant.engine import Engine
from assistant.errors import Bug
from assistant.values import Choice, FinishReason, Generated, Message, ModelFile, Role, Sampling, Token
from tests.conftest import EMBEDDED_CHAT

pytestmark = pytest.mark.model

ASK = (Message(Role.USER, "Say only the word yes."),)
TREES = (Message(Role.USER, "Tell a story about three trees and a hedge."),)
PLAIN = Sampling(temperature=0, repeat_penalty=1.0, max_tokens=24)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded language model is not there; run make test")
    engine = Engine()
    engine.use(ModelFile(EMBEDDED_CHAT, "SmolLM2", "llama", "chatml", 8192, EMBEDDED_CHAT.stat().st_size), 1024)
    yield engine
    engine.close()


def written(engine: Engine, sampling: Sampling) -> tuple[str, Generated]:
    events = list(engine.stream(ASK, sampling))
    assert isinstance(events[-1], Generated)
    return "".join(event.text for event in events if isinstance(event, Token)), events[-1]


def test_an_end_that_is_ignored_is_not_written(engine: Engine) -> None:
    _, ended = written(engine, replace(PLAIN, max_tokens=200))
    assert ended.reason is FinishReason.COMPLETE
    _, went_on = written(engine, replace(PLAIN, max_tokens=ended.answer_tokens + 10, ignore_end=True))
    assert (went_on.reason, went_on.answer_tokens) == (FinishReason.LENGTH, ended.answer_tokens + 10)


def test_a_bias_forbids_a_token_and_calls_for_another(engine: Engine) -> None:
    wanted = 904
    text, cost = written(engine, replace(PLAIN, logit_bias=((wanted, 1e4),)))
    assert cost.answer_tokens == 24
    piece = text[: len(text) // 24]
    assert text == piece * 24
    forbidden, _ = written(engine, replace(PLAIN, logit_bias=((wanted, 1e4), (wanted, float("-inf")))))
    assert not forbidden.startswith(piece)


def test_the_likeliest_with_biases_is_what_llama_cpp_s_own_chain_chooses(engine: Engine) -> None:
    biased = replace(PLAIN, ignore_end=True, logit_bias=((904, 3.0), (904, -1.0), (260, float("-inf"))), max_tokens=40)
    by_chain = replace(biased, presence_penalty=1e-7)  # calls for the chain, and changes nothing
    assert written(engine, biased)[0] == written(engine, by_chain)[0] != written(engine, PLAIN)[0]


@pytest.mark.parametrize("bias", [((-1, 1.0),), ((10**7, 1.0),), ((1, float("nan")),)])
def test_a_bias_on_no_token_is_refused(engine: Engine, bias: tuple[tuple[int, float], ...]) -> None:
    with pytest.raises(Bug):
        written(engine, replace(PLAIN, logit_bias=bias))
    assert written(engine, PLAIN)[0]


STUCK = replace(PLAIN, logit_bias=((904, 30.0),))


@pytest.mark.parametrize(
    "penalized",
    [
        replace(STUCK, repeat_penalty=1e6),
        replace(STUCK, frequency_penalty=100.0),
        replace(STUCK, presence_penalty=100.0),
        replace(STUCK, dry_multiplier=100.0, dry_allowed_length=1),
    ],
)
def test_a_penalty_keeps_the_model_from_repeating_itself(engine: Engine, penalized: Sampling) -> None:
    stuck = written(engine, STUCK)[0]
    piece = stuck[: len(stuck) // 24]
    assert piece and stuck == piece * 24
    assert piece * 4 not in written(engine, penalized)[0]


def test_what_leaves_all_but_the_likeliest_out_writes_as_the_greedy_one_does(engine: Engine) -> None:
    greedy = written(engine, PLAIN)[0]
    for narrow in (Sampling(top_k=1), Sampling(top_p=1e-6), Sampling(min_p=1.0)):
        assert written(engine, replace(narrow, temperature=1.5, repeat_penalty=1.0, max_tokens=24))[0] == greedy


def test_typical_sampling_changes_what_is_drawn(engine: Engine) -> None:
    wide = Sampling(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0, repeat_penalty=1.0, seed=5, max_tokens=24)
    assert written(engine, wide)[0] != written(engine, replace(wide, typical_p=0.2))[0]


@pytest.mark.parametrize(
    "narrow", [{"top_k": 3}, {"top_p": 0.6}, {"min_p": 0.2}, {"top_k": 4, "top_p": 0.8, "min_p": 0.1}], ids=str
)
def test_what_is_drawn_is_among_those_that_the_definition_leaves(engine: Engine, narrow: dict[str, float]) -> None:
    open_to_all = Sampling(temperature=2.0, top_k=0, top_p=1.0, min_p=0.0, repeat_penalty=1.0, max_tokens=24)
    wanted = Sampling(**{**asdict(open_to_all), **narrow})
    sampling = replace(wanted, seed=9, logprobs=64)
    events = [event for event in engine.stream(TREES, sampling) if isinstance(event, Token)]
    choices = [choice for event in events for choice in event.choices]
    assert len(choices) > 5
    ranks = set()
    for choice in choices:
        left = _left(choice, **narrow)
        assert choice.logprob in left
        ranks.add(left.index(choice.logprob))
    assert len(ranks) > 1  # and not always the same one


def _left(choice: Choice, top_k: float = 64, top_p: float = 1.0, min_p: float = 0.0) -> list[float]:
    """The log-probabilities of those left, by the definitions: each filter sees what the one before it left."""
    values = [value for _, value in choice.alternatives[: int(top_k)]]
    whole = sum(math.exp(value) for value in values) if top_k < 64 else 1.0
    nucleus, covered = [], 0.0
    for value in values:
        if covered < top_p:
            nucleus.append(value)
        covered += math.exp(value) / whole
    return [value for value in nucleus if math.exp(value) >= min_p * math.exp(nucleus[0]) * 0.9999]
