"""What was read is known again: after a pause, after a start, in a branch, and where the oldest turns were left out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.engine import Engine, StateCache
from assistant.values import Generated, Message, ModelFile, Role, Said, Sampling, Stop, Token
from tests.assistant.engine.test_cache import Keys
from tests.conftest import EMBEDDED_CHAT

pytestmark = pytest.mark.model

GREEDY = Sampling(temperature=0, max_tokens=12)
LONG = "The hedge at the end of the lane is green and tall and quiet. " * 16


def said(text: str) -> tuple[Message, ...]:
    return (Message(Role.SYSTEM, "You are a helpful assistant."), Message(Role.USER, text))


def asked(engine: Engine, *messages: Message) -> tuple[str, Generated]:
    events: list[Said] = list(engine.stream(messages, GREEDY))
    assert isinstance(events[-1], Generated)
    return "".join(event.text for event in events if isinstance(event, Token)), events[-1]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Makes]:
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded language model is not there; run make test")
    makes = Makes(tmp_path / "states")
    yield makes
    makes.close()


class Makes:
    """Makes engines that share a folder of saved states, one after the other, as starts of Privet do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._engine: Engine | None = None

    def engine(self, context: int = 4096, keys: Keys | None = None) -> Engine:
        self.close()
        self._engine = Engine(cache=StateCache(self.folder, keys or Keys(), 1 << 30))
        file = ModelFile(EMBEDDED_CHAT, "SmolLM2", "llama", "chatml", 8192, EMBEDDED_CHAT.stat().st_size)
        self._engine.use(file, context)
        return self._engine

    def close(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None


def test_after_the_next_start_nothing_is_read_again(made: Makes) -> None:
    mine, other = said(LONG + "What colour is it?"), said("Another conversation. " + LONG)
    engine = made.engine()
    first_text, first = asked(engine, *mine)
    asked(engine, *other)
    again = made.engine()
    text, back = asked(again, *mine)
    assert first.cached_tokens == 0
    assert back.cached_tokens == back.prompt_tokens - 1
    assert text == first_text
    assert asked(again, *other)[1].cached_tokens > 150


def test_it_is_known_before_it_is_asked(made: Makes) -> None:
    asked(made.engine(), *said(LONG + "What colour is it?"))
    tokens, known = made.engine().known(said(LONG + "Is it tall?"))
    assert 0.9 * tokens < known < tokens


def test_saved_states_of_another_vault_or_damaged_ones_are_read_anew(made: Makes) -> None:
    mine = said(LONG + "What colour is it?")
    expected, _ = asked(made.engine(), *mine)
    made.close()
    for path in made.folder.iterdir():
        stored = bytearray(path.read_bytes())
        stored[len(stored) // 2] ^= 1
        path.write_bytes(bytes(stored))
    text, cost = asked(made.engine(), *mine)
    assert (text, cost.cached_tokens) == (expected, 0)
    text, cost = asked(made.engine(keys=Keys(2)), *mine)
    assert (text, cost.cached_tokens) == (expected, 0)


def test_forgetting_leaves_nothing_in_memory_or_on_the_disk(made: Makes) -> None:
    mine = said(LONG + "What colour is it?")
    engine = made.engine()
    asked(engine, *mine)
    engine.save()
    assert list(made.folder.iterdir())
    engine.forget()
    assert list(made.folder.iterdir()) == []
    assert asked(engine, *mine)[1].cached_tokens == 0


def test_a_model_that_left_memory_comes_back_with_what_it_had_read(made: Makes) -> None:
    engine = made.engine()
    mine = said(LONG + "What colour is it?")
    expected, _ = asked(engine, *mine)
    engine.unload()
    assert engine.pid is None
    text, cost = asked(engine, *mine)
    assert text == expected
    assert cost.cached_tokens == cost.prompt_tokens - 1


def test_after_some_minutes_without_a_question_the_model_leaves_memory_by_itself() -> None:
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded language model is not there; run make test")
    engine = Engine(unload_minutes=0.005)
    engine.use(ModelFile(EMBEDDED_CHAT, "SmolLM2", "llama", "chatml", 8192, EMBEDDED_CHAT.stat().st_size), 512)
    try:
        asked(engine, *said("Hello."))
        until = time.monotonic() + 30
        while engine.pid is not None and time.monotonic() < until:
            time.sleep(0.05)  # the pause itself is what is waited for
        assert engine.pid is None
        assert asked(engine, *said("Hello again."))[0]
    finally:
        engine.close()


def test_a_branch_reads_only_what_is_new(made: Makes) -> None:
    engine = made.engine()
    text, _ = asked(engine, *said(LONG + "What colour is it?"))
    longer = (*said(LONG + "What colour is it?"), Message(Role.ASSISTANT, text), Message(Role.USER, "And how tall?"))
    grown = asked(engine, *longer)[1]
    edited = asked(engine, *said(LONG + "Who planted it?"))[1]
    back = asked(engine, *longer)[1]
    assert grown.prompt_tokens - grown.cached_tokens < 40
    assert edited.prompt_tokens - edited.cached_tokens < 20
    assert back.cached_tokens == back.prompt_tokens - 1


def test_oldest_turns_that_are_left_out_are_not_paid_for_by_reading_the_others_again(made: Makes) -> None:
    engine = made.engine()
    turns = [Message(Role.USER if n % 2 == 0 else Role.ASSISTANT, f"{n}: {LONG[:330]}") for n in range(7)]
    system = said("")[0]
    asked(engine, system, *turns)
    shorter = asked(engine, system, *turns[2:])[1]
    assert shorter.cached_tokens > 0.9 * shorter.prompt_tokens
    asked(engine, system, *turns)  # what was shifted away is still known
    assert asked(engine, system, *turns)[1].cached_tokens > 0.9 * shorter.prompt_tokens


def test_what_is_warmed_up_is_known_and_costs_nothing_that_was_known(made: Makes) -> None:
    engine = made.engine()
    mine, other = said(LONG + "What colour is it?"), said("Another conversation. " + LONG)
    asked(engine, *mine)
    assert engine.warm(other) > 150
    assert engine.known(other)[1] > 150
    assert asked(engine, *mine)[1].cached_tokens > 150
    stopped = Stop()
    stopped.set()
    assert engine.warm(said("A third one, which nobody waits for. " + LONG), stopped) < 150
