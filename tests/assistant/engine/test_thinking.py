"""A thinking model's thought comes apart from its answer, and whether it may think is asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.engine import Engine
from assistant.values import Generated, Message, ModelFile, Role, Sampling, Thought, Token
from tests.assistant.modelstore.tiny_models import tiny_model

QUESTION = Message(Role.USER, "Why?")
SHORT = Sampling(temperature=0, max_tokens=5)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("tiny") / "tiny.gguf"
    path.write_bytes(tiny_model(special=("<|im_start|>", "<|im_end|>", "<｜User｜>", "<｜Assistant｜>")).bytes())
    engine = Engine(threads=1)
    speak(engine, path, "chatml")
    yield engine
    engine.close()


def speak(engine: Engine, path: Path, family: str, *, thinking: bool = True) -> None:
    engine.use(ModelFile(path, "Tiny", "llama", family, 512, 1), 512, thinking=thinking)


def tiny(engine: Engine) -> Path:
    return engine.load().file.path


def told(engine: Engine, *messages: Message) -> tuple[str, str, Generated]:
    events = list(engine.stream(messages, SHORT))
    assert isinstance(events[-1], Generated)
    thought = "".join(event.text for event in events if isinstance(event, Thought))
    return thought, "".join(event.text for event in events if isinstance(event, Token)), events[-1]


def test_what_comes_after_an_opened_thought_is_thought_and_counts(engine: Engine) -> None:
    speak(engine, tiny(engine), "deepseek-r1")
    thought, answer, end = told(engine, QUESTION)
    assert thought
    assert answer == ""
    assert end.answer_tokens == SHORT.max_tokens


def test_an_answer_that_is_gone_on_with_is_no_thought(engine: Engine) -> None:
    speak(engine, tiny(engine), "deepseek-r1")
    thought, answer, _ = told(engine, QUESTION, Message(Role.ASSISTANT, "Because"))
    assert thought == ""
    assert answer


def test_a_family_that_does_not_think_answers_at_once(engine: Engine) -> None:
    speak(engine, tiny(engine), "chatml")
    thought, answer, _ = told(engine, QUESTION)
    assert thought == ""
    assert answer


def test_asking_not_to_think_changes_the_prompt_and_loads_nothing(engine: Engine) -> None:
    path = tiny(engine)
    speak(engine, path, "qwen3")
    loaded, free = engine.load(), engine.count((QUESTION,))
    speak(engine, path, "qwen3", thinking=False)
    assert engine.load() is loaded
    assert engine.count((QUESTION,)) > free
