"""What the sampler chain makes of given logits is what the definitions say: typical, penalties, DRY.

The definitions are worked out here anew, from the papers and from the issue that DRY was proposed in.
"""

from __future__ import annotations

import ctypes
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.values import Sampling
from assistant.workers import Cancelled, Request
from tests.conftest import EMBEDDED_CHAT

pytestmark = pytest.mark.model

WIDTH = 40
"""Tokens that there are in these tests."""
NOTHING = Sampling(temperature=0, repeat_penalty=1.0, top_k=0, top_p=1.0, min_p=0.0)
OPEN = replace(NOTHING, temperature=1.0)
Sampled = Callable[[Sampling, Sequence[int], Sequence[float]], dict[int, float]]


@pytest.fixture(scope="module")
def words() -> Iterator[Any]:
    """A stand-in for a context, with the embedded model's vocabulary and no weights."""
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded language model is not there; run make test")
    import llama_cpp.llama_cpp as native

    from assistant.engine.child.model import silence

    silence()
    parameters = native.llama_model_default_params()
    parameters.vocab_only = True
    model = native.llama_model_load_from_file(str(EMBEDDED_CHAT).encode(), parameters)
    assert model
    vocabulary = native.llama_model_get_vocab(model)
    facts = SimpleNamespace(vocabulary_size=native.llama_vocab_n_tokens(vocabulary), end_tokens=())
    yield SimpleNamespace(model=facts, native_vocabulary=vocabulary, native_context=None, size=1024)
    native.llama_model_free(model)


@pytest.fixture
def sampled(words: Any) -> Sampled:
    """The logits of the tokens that are left, after an answer that said `said`."""
    import llama_cpp.llama_cpp

    from assistant.engine.child.sampling import sampler

    native: Any = llama_cpp.llama_cpp

    def left(sampling: Sampling, said: Sequence[int], logits: Sequence[float]) -> dict[int, float]:
        made = sampler(words, Request("generate", asdict(sampling) | {"logit_bias": []}, b"", Cancelled()))
        for token in said:
            native.llama_sampler_accept(made._chain, token)
        rows = (native.llama_token_data * len(logits))(*((FIRST + at, one, 0.0) for at, one in enumerate(logits)))
        array = native.llama_token_data_array(rows, len(logits), -1, False)
        native.llama_sampler_apply(made._chain, ctypes.byref(array))
        made.close()
        return {array.data[row].id: array.data[row].logit for row in range(array.size)}

    return left


FIRST = 500
"""The first of the tokens: from here on there are words, none of which ends what DRY compares."""


def some_logits(chance: random.Random) -> list[float]:
    return [chance.uniform(-6, 6) for _ in range(WIDTH)]


def some_words(chance: random.Random, length: int, of: int) -> list[int]:
    return [FIRST + chance.randrange(of) for _ in range(length)]


@pytest.mark.parametrize("last", [64, 10])
def test_penalties(sampled: Sampled, last: int) -> None:
    for seed in range(60):
        chance = random.Random(seed)
        repeat, frequency, presence = chance.uniform(1, 2), chance.uniform(-1, 1), chance.uniform(-1, 1)
        logits, said = some_logits(chance), some_words(chance, 24, WIDTH)
        sampling = replace(
            NOTHING, repeat_penalty=repeat, repeat_last=last, frequency_penalty=frequency, presence_penalty=presence
        )
        expected = {}
        counts = Counter(said[-last:])
        for token, logit in enumerate(logits, FIRST):
            # Keskar et al., 2019, as it is used for logits of both signs; OpenAI's two penalties after it.
            penalized = logit if not counts[token] else logit * repeat if logit <= 0 else logit / repeat
            expected[token] = penalized - counts[token] * frequency - (counts[token] > 0) * presence
        assert sampled(sampling, said, logits) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("window", [-1, 12])
def test_dry(sampled: Sampled, window: int) -> None:
    met = 0
    for seed in range(80):
        chance = random.Random(seed)
        multiplier, base, allowed = chance.uniform(0.1, 2), chance.uniform(1.1, 2), chance.randrange(1, 5)
        logits, said = some_logits(chance), some_words(chance, 30, 3)
        sampling = replace(
            NOTHING, dry_multiplier=multiplier, dry_base=base, dry_allowed_length=allowed, dry_last=window
        )
        seen = said if window < 0 else said[-window:]
        longest = repeated(seen)
        met += sum(length >= allowed for length in longest.values())
        expected = {
            token: logit - multiplier * base ** (longest.get(token, 0) - allowed)
            if longest.get(token, 0) >= allowed
            else logit
            for token, logit in enumerate(logits, FIRST)
        }
        assert sampled(sampling, said, logits) == pytest.approx(expected, rel=1e-4, abs=1e-3), seed
    assert met > 80


def repeated(said: Sequence[int]) -> Mapping[int, int]:
    """By token, how many of the last ones it would repeat: the longest end of `said` that it came behind before."""
    longest: dict[int, int] = {}
    for place in range(1, len(said)):
        common = 0
        while common < place and said[place - 1 - common] == said[len(said) - 1 - common]:
            common += 1
        longest[said[place]] = max(longest.get(said[place], 0), common)
    return longest


@pytest.mark.parametrize("mass", [0.2, 0.5, 0.9, 0.99])
def test_typical(sampled: Sampled, mass: float) -> None:
    for seed in range(40):
        logits = some_logits(random.Random(seed))
        whole = math.log(sum(math.exp(logit) for logit in logits))
        surprises = {token: whole - logit for token, logit in enumerate(logits, FIRST)}
        entropy = sum(surprise * math.exp(-surprise) for surprise in surprises.values())
        # Meister et al., TACL 2023: those nearest to the entropy, until they have the mass.
        expected, covered = set(), 0.0
        for token in sorted(surprises, key=lambda token: abs(surprises[token] - entropy)):
            if covered > mass:
                break
            expected.add(token)
            covered += math.exp(-surprises[token])
        assert set(sampled(replace(OPEN, typical_p=mass), [], logits)) == expected


def test_temperature_divides_and_none_of_these_changes_anything_where_it_is_off(sampled: Sampled) -> None:
    logits, said = some_logits(random.Random(1)), some_words(random.Random(1), 30, 3)
    assert sampled(OPEN, said, logits) == pytest.approx(dict(enumerate(logits, FIRST)))
    halves = {token: logit / 2 for token, logit in enumerate(logits, FIRST)}
    assert sampled(replace(OPEN, temperature=2.0), said, logits) == pytest.approx(halves)
