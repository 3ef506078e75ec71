"""Grammars, schemas, several answers at once, likelihoods and scores, with the real model."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.engine import Engine
from assistant.errors import BadInput
from assistant.values import (
    AnswerPart,
    Choice,
    FinishReason,
    Generated,
    Message,
    ModelFile,
    Prefilling,
    Role,
    Sampling,
    Stop,
    Token,
)
from tests.conftest import EMBEDDED_CHAT

pytestmark = pytest.mark.model

GREEDY = Sampling(temperature=0, repeat_penalty=1.0, max_tokens=40)
ASK = (Message(Role.USER, "Name a colour of leaves."),)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded language model is not there; run make test")
    engine = Engine(threads=1)
    engine.use(ModelFile(EMBEDDED_CHAT, "SmolLM2", "llama", "chatml", 8192, EMBEDDED_CHAT.stat().st_size), 1024)
    yield engine
    engine.close()


def written(engine: Engine, sampling: Sampling, messages: tuple[Message, ...] = ASK) -> tuple[str, Generated]:
    events = list(engine.stream(messages, sampling))
    assert isinstance(events[-1], Generated)
    return "".join(event.text for event in events if isinstance(event, Token)), events[-1]


def together(
    engine: Engine, samplings: list[Sampling], stop: Stop | None = None
) -> tuple[dict[int, str], dict[int, Generated]]:
    texts: dict[int, str] = {}
    ends: dict[int, Generated] = {}
    for part in engine.stream_many(ASK, samplings, stop):
        if isinstance(part, Prefilling):
            continue
        assert part.answer not in ends
        if isinstance(part.event, Generated):
            ends[part.answer] = part.event
        else:
            texts[part.answer] = texts.get(part.answer, "") + part.event.text
    return texts, ends


@pytest.mark.parametrize("sampling", [GREEDY, Sampling(temperature=1.5, seed=4, max_tokens=40)])
def test_an_answer_keeps_to_its_grammar(engine: Engine, sampling: Sampling) -> None:
    grammar = 'root ::= ("red" | "green") " " [0-9]{3} "."'
    text, end = written(engine, replace(sampling, grammar=grammar))
    colour, _, number = text.partition(" ")
    assert colour in ("red", "green")
    assert number[:3].isdigit()
    assert number[3:] == "."
    assert end.reason is FinishReason.COMPLETE


def test_an_end_that_is_ignored_does_not_break_a_grammar(engine: Engine) -> None:
    text, end = written(engine, replace(GREEDY, grammar='root ::= "yes" | "no"', ignore_end=True))
    assert text in ("yes", "no")
    assert end.reason is FinishReason.COMPLETE


def test_an_answer_keeps_to_a_schema(engine: Engine) -> None:
    schema = {
        "type": "object",
        "properties": {
            "colour": {"enum": ["green", "red"]},
            "tall": {"type": "boolean"},
            "notes": {"type": "array", "items": {"type": "string", "maxLength": 8}, "minItems": 1, "maxItems": 2},
            "height": {"type": ["integer", "null"]},
        },
        "required": ["colour", "notes", "height"],
    }
    for seed in (1, 2):
        sampling = Sampling(temperature=1.2, seed=seed, json_schema=json.dumps(schema), max_tokens=120)
        read = json.loads(written(engine, sampling)[0])
        assert [name for name in ("colour", "tall", "notes", "height") if name in read] == list(read)
        assert read["colour"] in ("green", "red")
        assert 1 <= len(read["notes"]) <= 2
        assert all(len(note) <= 8 for note in read["notes"])
        assert read["height"] is None or isinstance(read["height"], int)


@pytest.mark.parametrize(
    "grammar",
    [
        "nothing here",
        'start ::= "a"',
        'root ::= root "a"',
        'root ::= "a',
        "root ::= other",
        "root ::= [a-",
        'root ::= "a"{99999}',
        "root ::= " + "(" * 60 + '"a"' + ")" * 60,
        "root ::= \0",
        'root ::= "a" # ' + "x" * 70_000,
        " ",
    ],
)
def test_a_bad_grammar_costs_two_sentences(engine: Engine, grammar: str) -> None:
    pid = engine.pid
    with pytest.raises(BadInput) as caught:
        written(engine, replace(GREEDY, grammar=grammar))
    assert caught.value.do
    assert engine.pid == pid or pid is None


def test_a_grammar_and_a_schema_at_once_are_refused(engine: Engine) -> None:
    with pytest.raises(BadInput):
        written(engine, replace(GREEDY, grammar='root ::= "a"', json_schema='{"type": "string"}'))


def test_several_answers_at_once_are_those_one_by_one(engine: Engine) -> None:
    samplings = [
        replace(GREEDY, max_tokens=10),
        Sampling(temperature=1.0, seed=1, max_tokens=16),
        Sampling(temperature=1.0, seed=2, max_tokens=5),
        replace(GREEDY, grammar='root ::= "red" | "green"'),
    ]
    alone = [written(engine, sampling) for sampling in samplings]
    texts, ends = together(engine, samplings)
    # With one thread the rows of a batch are added up as a single one is, to the last bit.
    assert [texts[number] for number in range(4)] == [text for text, _ in alone]
    assert [ends[number].reason for number in range(4)] == [end.reason for _, end in alone]
    assert [ends[number].answer_tokens for number in range(4)] == [end.answer_tokens for _, end in alone]
    # The prompt is still there, and nothing of the answers.
    count, known = engine.known(ASK)
    assert known == count - 1


def test_more_answers_than_fit_in_a_batch_are_written_in_turns(engine: Engine) -> None:
    texts, ends = together(engine, [Sampling(temperature=1.0, seed=seed, max_tokens=3) for seed in range(9)])
    assert sorted(ends) == list(range(9))
    assert len(set(texts.values())) > 1


def test_stop_ends_all_answers(engine: Engine) -> None:
    stop = Stop()
    ends: list[Generated] = []
    long = replace(GREEDY, max_tokens=300, ignore_end=True)
    for number, part in enumerate(engine.stream_many(ASK, [long, replace(long, temperature=1.0)], stop)):
        if number == 6:
            stop.set()
        if isinstance(part, AnswerPart) and isinstance(part.event, Generated):
            ends.append(part.event)
    assert [end.reason for end in ends] == [FinishReason.STOPPED] * 2
    assert all(end.answer_tokens < 200 for end in ends)


def choices(engine: Engine, sampling: Sampling) -> tuple[str, list[Choice]]:
    events = [event for event in engine.stream(ASK, sampling) if isinstance(event, Token)]
    return "".join(event.text for event in events), [choice for event in events for choice in event.choices]


def test_each_token_comes_with_its_probability_and_its_rivals(engine: Engine) -> None:
    text, chosen = choices(engine, replace(GREEDY, logprobs=3, max_tokens=8))
    assert len(chosen) == 8
    assert "".join(choice.text for choice in chosen) == text
    for choice in chosen:
        assert len(choice.alternatives) == 3
        values = [value for _, value in choice.alternatives]
        assert values == sorted(values, reverse=True)
        assert (choice.text, choice.logprob) == choice.alternatives[0]  # the greedy one takes the likeliest
        assert sum(math.exp(value) for value in values) <= 1.0001


def test_probabilities_are_those_before_the_sampler(engine: Engine) -> None:
    _, plain = choices(engine, replace(GREEDY, logprobs=2, max_tokens=1))
    _, forced = choices(engine, replace(GREEDY, logprobs=2, max_tokens=1, logit_bias=((904, 1e4),)))
    assert forced[0].alternatives == plain[0].alternatives
    assert forced[0].logprob < plain[0].logprob


def test_a_candidate_is_as_likely_as_its_tokens(engine: Engine) -> None:
    text, chosen = choices(engine, replace(GREEDY, logprobs=1, max_tokens=12))
    wrong = "Zebra piano 7 of of"
    likely, unlikely, empty, likely_again = engine.score(ASK, [text, wrong, "", text])
    assert [round(value, 3) for value in likely.tokens] == [round(choice.logprob, 3) for choice in chosen]
    assert likely_again == likely
    assert empty.tokens == ()
    assert unlikely.total < likely.total
    count, known = engine.known(ASK)
    assert known == count - 1


def test_many_and_long_candidates_are_scored_in_their_order(engine: Engine) -> None:
    candidates = [" ".join(["green"] * (1 + number % 60)) for number in range(0, 60, 5)]
    found = engine.score(ASK, candidates)
    assert [len(one.tokens) for one in found] == sorted(len(one.tokens) for one in found)
    assert found[3] == engine.score(ASK, [candidates[3]])[0]
