"""Adapters beside the embedded model: put there and taken away without loading it again, and remembered apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.engine import Engine
from assistant.errors import ModelUnreadable
from assistant.values import Adapter, Generated, Message, ModelFile, Role, Sampling, Token
from tests.assistant.modelstore.tiny_adapters import tiny_adapter

pytestmark = pytest.mark.model

WIDTH, INNER = 576, 1536  # of SmolLM2-135M
GREEDY = Sampling(temperature=0, max_tokens=8, ignore_end=True)
ASKED = (Message(Role.USER, "The hedge at the end of the lane is green and tall. " * 12 + "Name three trees."),)


@pytest.fixture
def engine(embedded_chat: Path, tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(folders=(tmp_path,))
    engine.use(ModelFile(embedded_chat, "SmolLM2", "llama", "chatml", 8192, embedded_chat.stat().st_size), 512)
    yield engine
    engine.close()


def answer(engine: Engine) -> tuple[str, Generated]:
    events = list(engine.stream(ASKED, GREEDY))
    assert isinstance(events[-1], Generated)
    return "".join(event.text for event in events if isinstance(event, Token)), events[-1]


def test_they_change_the_answer_and_are_switched_without_loading(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "law.gguf"
    weights = {f"blk.{layer}.ffn_down.weight": (INNER, WIDTH) for layer in range(0, 30, 6)}
    path.write_bytes(tiny_adapter(weights, strength=0.5))
    plain, _ = answer(engine)
    pid = engine.pid
    engine.adapt([Adapter(path)])
    adapted, first = answer(engine)
    assert adapted != plain and first.cached_tokens == 0
    engine.adapt([])
    back, again = answer(engine)
    # What was read without the adapter is known again, and nothing that was read with it is taken for it.
    assert back == plain and again.cached_tokens == again.prompt_tokens - 1
    engine.adapt([Adapter(path)])
    once_more, cost = answer(engine)
    assert once_more == adapted and cost.cached_tokens == cost.prompt_tokens - 1
    engine.adapt([Adapter(path, 0.0)])
    assert answer(engine)[0] == plain
    assert engine.pid == pid


def test_one_that_does_not_fit_is_told_in_words_and_the_model_goes_on(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(tiny_adapter({"blk.0.attn_q.weight": (64, 64)}))
    engine.adapt([Adapter(path)])
    with pytest.raises(ModelUnreadable, match="adapter"):
        answer(engine)
    engine.adapt([])
    assert answer(engine)[0]
