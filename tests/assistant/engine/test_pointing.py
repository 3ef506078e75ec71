"""Decoding only along the words of given texts, with the real model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from assistant.engine import Engine, Pointing
from assistant.engine.child.pointing import way
from assistant.engine.pointing import WORD
from assistant.values import Message, ModelFile, Role, Span, Stop
from tests.conftest import EMBEDDED_CHAT

TEXT = "The castle at Harrow Lane was rented for £1,250.50 a month in 1911."
ASK = (Message(Role.USER, f"{TEXT}\n\nWhat was the rent? Answer with a few words from the text."),)
WITHOUT = (Message(Role.USER, f"{TEXT}\n\nWhat does the text say? Answer with a few words from the text."),)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded language model is not there; run make test")
    engine = Engine(threads=1)
    engine.use(ModelFile(EMBEDDED_CHAT, "SmolLM2", "llama", "chatml", 8192, EMBEDDED_CHAT.stat().st_size), 1024)
    yield engine
    engine.close()


def pointed(
    engine: Engine,
    without: Sequence[Message] = (),
    spans: Sequence[tuple[int, int, int]] = (),
    stop: Stop | None = None,
) -> list[Span]:
    return [one for one in engine.point(Pointing(ASK, [TEXT], without, spans), stop) if isinstance(one, Span)]


@pytest.mark.model
def test_every_span_is_words_of_the_text_and_as_likely_as_it_is_scored(engine: Engine) -> None:
    spans = pointed(engine)
    borders = [found.span() for found in WORD.finditer(TEXT)]
    starts, ends = ({border[side] for border in borders} for side in (0, 1))
    assert len(spans) > 40
    assert all(one.start in starts and one.end in ends and one.start < one.end for one in spans)
    assert len({(one.start, one.end) for one in spans}) == len(spans)
    some = sorted(spans, key=lambda one: (one.end - one.start, one.start))[:: len(spans) // 5]
    scored = engine.score(ASK, [TEXT[one.start : one.end] for one in some])
    for one, likelihood in zip(some, scored, strict=True):
        assert len(likelihood.tokens) == one.tokens
        assert one.logprob == pytest.approx(likelihood.total, abs=0.3)  # a batch of another size rounds otherwise
        assert one.ending < 0 and (one.plain, one.plain_ending) == (0.0, 0.0)


@pytest.mark.model
def test_only_the_wanted_spans_and_what_they_would_be_without_the_question(engine: Engine) -> None:
    wanted = [
        (0, TEXT.index(words), TEXT.index(words) + len(words)) for words in ("£1,250.50", "£1,250.50 a month", "1911")
    ]
    known = engine.known(ASK)[1]
    spans = pointed(engine, WITHOUT, wanted)
    assert sorted((one.text, one.start, one.end) for one in spans) == sorted(wanted)
    scored = engine.score(WITHOUT, [TEXT[one.start : one.end] for one in spans])
    for one, likelihood in zip(spans, scored, strict=True):
        assert one.plain == pytest.approx(likelihood.total, abs=0.3)
    assert known > 0


@pytest.mark.model
def test_it_is_stopped_and_what_comes_next_is_right(engine: Engine) -> None:
    before = {(one.start, one.end): one.logprob for one in pointed(engine)}
    stop = Stop()
    stop.set()
    assert len(pointed(engine, stop=stop)) < len(before)
    after = {(one.start, one.end): one.logprob for one in pointed(engine)}
    assert after == pytest.approx(before, abs=0.3)


def test_a_span_ends_only_where_a_token_and_a_word_do() -> None:
    pieces = [b"Har", b"row", b" La", b"ne,", b" was"]
    made = way(0, 14, [20, 25, 30], [1, 2, 3, 4, 5], pieces, "Harrow Lane, was")
    assert made.ends == {2: 20, 5: 30}  # "Lane" ends within "ne,"
    spaced = way(0, 0, [6], [1, 2], [b" Har", b"row"], "Harrow")
    assert spaced.ends == {2: 6}
    none = way(0, 0, [5], [1], [b"Harrow"], "Harro")
    assert (none.ends, list(none.tokens)) == ({}, [])
