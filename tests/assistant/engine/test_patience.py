"""The engine with the embedded model, over time: pauses, fewer threads, deaths, hangs, and memory that runs out."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.engine import Deaths, Engine, Pointing, StateCache, client, default_plan, pointing
from assistant.errors import ChildDied, ChildOutOfMemory, ChildTimedOut, ModelSetAside
from assistant.values import (
    AnswerPart,
    FinishReason,
    Generated,
    Message,
    ModelFile,
    Prefilling,
    Role,
    Sampling,
    Span,
    Token,
)
from assistant.vault import Unlock, Vault

pytestmark = pytest.mark.model

GREEDY = Sampling(temperature=0, max_tokens=16)
STORY = Sampling(temperature=0, max_tokens=400, ignore_end=True)
READ_SLOWLY = replace(default_plan(), batch=16)
"""So that little text is read in several steps, and there is something between them."""
LONG = "The hedge at the end of the lane is green and tall and quiet. " * 60


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def ask(text: str) -> tuple[Message, ...]:
    return (Message(Role.SYSTEM, "You are a helpful assistant."), Message(Role.USER, text))


def answer(engine: Engine, text: str, sampling: Sampling = GREEDY) -> tuple[str, Generated]:
    events = list(engine.stream(ask(text), sampling))
    assert isinstance(events[-1], Generated)
    return "".join(event.text for event in events if isinstance(event, Token)), events[-1]


def file_of(path: Path) -> ModelFile:
    return ModelFile(path, "SmolLM2", "llama", "chatml", 8192, path.stat().st_size)


@pytest.fixture
def engine(embedded_chat: Path) -> Iterator[Engine]:
    engine = Engine()
    engine.use(file_of(embedded_chat), 2048)
    yield engine
    engine.close()


def test_after_a_pause_the_model_leaves_memory_and_what_it_read_comes_back(embedded_chat: Path, tmp_path: Path) -> None:
    clock = Clock()
    vault = Vault.open(tmp_path / "data", Unlock(lambda _: "a passphrase", use_keychain=False))
    engine = Engine(cache=StateCache(tmp_path / "states", vault, 1 << 30), unload_minutes=5, clock=clock)
    try:
        engine.use(file_of(embedded_chat), 2048)
        before, first = answer(engine, LONG + "What colour is it?")
        assert engine.in_memory and first.cached_tokens == 0
        clock.now = 301.0
        engine._alarm.ring()
        until = time.monotonic() + 60
        while engine.pid is not None and time.monotonic() < until:
            time.sleep(0.05)
        assert not engine.in_memory and engine.pid is None
        after, second = answer(engine, LONG + "What colour is it?")
        assert after == before
        # All but the last token came from the disk, so that the first word waits for the loading alone.
        assert second.cached_tokens == second.prompt_tokens - 1 == first.prompt_tokens - 1
    finally:
        engine.close()
        vault.close()


def test_fewer_threads_give_the_same_answer_and_load_nothing_again(engine: Engine) -> None:
    before, _ = answer(engine, "Name three trees.")
    pid = engine.pid
    engine.spare(0.5)
    after, cost = answer(engine, "Name three trees.")
    assert (after, engine.pid) == (before, pid)
    assert cost.cached_tokens == cost.prompt_tokens - 1
    assert engine._loader.pace == max(1, (engine.load().plan.threads + 1) // 2)
    engine.spare(1.0)
    assert answer(engine, "Name three trees.")[0] == before
    assert engine._loader.pace == engine.load().plan.threads


def test_a_model_that_dies_three_times_in_a_row_is_set_aside_and_can_be_tried_again(
    embedded_chat: Path, tmp_path: Path
) -> None:
    place = tmp_path / "deaths.json"
    engine = Engine(deaths=Deaths(place))
    engine.use(file_of(embedded_chat), 2048)
    try:
        for number in range(3):
            words = engine.stream(ask("Tell a very long story."), STORY)
            half = [next(words) for _ in range(4)]
            assert engine.pid is not None
            os.kill(engine.pid, signal.SIGKILL)
            with pytest.raises(ChildDied) as caught:
                list(words)
            assert all(isinstance(part, Token) for part in half)
            assert ("set aside" in caught.value.what) is (number == 2)
        with pytest.raises(ModelSetAside, match="SmolLM2"):
            list(engine.stream(ask("Are you there?"), GREEDY))
        assert engine.pid is None
        # The next start of Privet knows of it too, until a person asks for another try.
        again = Engine(deaths=Deaths(place))
        try:
            again.use(file_of(embedded_chat), 2048)
            with pytest.raises(ModelSetAside):
                again.load()
            again.try_again()
            assert answer(again, "Are you there?")[0]
        finally:
            again.close()
    finally:
        engine.close()


def test_who_asks_right_after_a_kill_gets_a_whole_answer(engine: Engine) -> None:
    before, _ = answer(engine, "Name three trees.")
    for _ in range(2):
        assert engine.pid is not None
        os.kill(engine.pid, signal.SIGKILL)
        assert answer(engine, "Name three trees.")[0] == before
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    assert engine.count(ask("Name three trees.")) > 10


def test_a_process_killed_while_it_reads_is_followed_by_another_that_answers(engine: Engine) -> None:
    engine.use(engine.load().file, 2048, plan=READ_SLOWLY)
    before, _ = answer(engine, LONG[:500] + "What colour is it?")
    engine.forget()
    events = engine.stream(ask(LONG[:500] + "What colour is it?"), GREEDY)
    assert isinstance(next(events), Prefilling)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    rest = list(events)
    assert "".join(event.text for event in rest if isinstance(event, Token)) == before
    assert isinstance(rest[-1], Generated)


def test_a_process_that_is_killed_again_and_again_is_not_started_again_and_again(engine: Engine) -> None:
    engine.use(engine.load().file, 2048, plan=READ_SLOWLY)

    def killed_at_each_step() -> Iterator[object]:
        for event in engine.stream(ask(LONG[:500] + "What colour is it?"), GREEDY):
            assert isinstance(event, Prefilling) and engine.pid is not None
            os.kill(engine.pid, signal.SIGKILL)
            yield event

    with pytest.raises(ChildDied):
        list(killed_at_each_step())
    assert answer(engine, "Are you there?")[0]


def together(engine: Engine, text: str, sampling: Sampling = GREEDY) -> Iterator[Prefilling | AnswerPart]:
    return engine.stream_many(ask(text), [sampling, sampling])


def pointed(engine: Engine, text: str) -> Iterator[Prefilling | Span]:
    return engine.point(Pointing(ask(text), ["The hedge is green."]))


def results(events: Iterator[Prefilling | AnswerPart | Span]) -> list[object]:
    """The words of the answers, or the borders of the spans."""
    found: list[object] = []
    for event in events:
        if isinstance(event, AnswerPart) and isinstance(event.event, Token):
            found.append((event.answer, event.event.text))
        if isinstance(event, Span):
            found.append((event.start, event.end))
    return found


@pytest.mark.parametrize("way", [together, pointed])
def test_several_answers_and_spans_are_begun_again_by_another_process(
    engine: Engine, way: Callable[[Engine, str], Iterator[Prefilling | AnswerPart | Span]]
) -> None:
    engine.use(engine.load().file, 2048, plan=READ_SLOWLY)
    text = LONG[:500] + "What colour is it?"
    before = results(way(engine, text))
    engine.forget()
    events = way(engine, text)
    assert isinstance(next(events), Prefilling)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    assert before and results(events) == before


def test_several_answers_that_have_begun_end_with_their_halves(engine: Engine) -> None:
    events = together(engine, "Tell a very long story.", STORY)
    half = [next(events) for _ in range(6)]
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    with pytest.raises(ChildDied, match=r"ended unexpectedly \(SIGKILL\)"):
        list(events)
    assert all(isinstance(part, AnswerPart) for part in half)
    assert answer(engine, "Are you there?")[0]


@pytest.mark.parametrize("way", [together, pointed])
def test_a_hang_is_said_and_not_tried_again(
    engine: Engine,
    way: Callable[[Engine, str], Iterator[Prefilling | AnswerPart | Span]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer(engine, "Are you there?")
    monkeypatch.setattr(client, "_SILENCE_SECONDS", 1.0)
    monkeypatch.setattr(pointing, "_SILENCE_SECONDS", 1.0)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGSTOP)
    with pytest.raises(ChildTimedOut, match="did not answer in time"):
        list(way(engine, "Are you there?"))
    monkeypatch.undo()
    assert answer(engine, "Are you there?")[0]


def test_a_hang_ends_with_half_an_answer_and_the_next_question_works(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(engine, "Are you there?")
    monkeypatch.setattr(client, "_SILENCE_SECONDS", 5.0)
    words = engine.stream(ask("Tell a very long story."), STORY)
    half = [next(words) for _ in range(4)]
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGSTOP)
    with pytest.raises(ChildTimedOut):
        list(words)
    assert len(half) == 4
    monkeypatch.undo()
    assert answer(engine, "Are you there?")[1].reason is FinishReason.LENGTH


def test_the_kernels_killer_is_recognised(engine: Engine, memory_group: Path) -> None:
    answer(engine, "Are you there?")
    assert engine.pid is not None
    (memory_group / "cgroup.procs").write_text(str(engine.pid))
    v1, v2 = memory_group / "memory.limit_in_bytes", memory_group / "memory.max"
    (v1 if v1.exists() else v2).write_text(str(32 << 20))
    engine.use(engine.load().file, 8192)  # a larger window, in the same process, takes 180 MB more
    with pytest.raises(ChildOutOfMemory, match="memory ran out"):
        list(engine.stream(ask("Are you there?"), GREEDY))
    assert engine.ran_out == 1
    assert answer(engine, "Are you there?")[0]


@pytest.fixture
def memory_group() -> Iterator[Path]:
    """A control group of its own for memory; the test skips where none can be made."""
    for root in (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")):
        group = root / f"privet-test-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        if (group / "memory.limit_in_bytes").exists() or (group / "memory.max").exists():
            yield group
            group.rmdir()
            return
        group.rmdir()
    pytest.skip("no control group for memory can be made here")
