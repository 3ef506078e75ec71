"""The reranker that a person chose: recognised when it comes in, used within the time, and said where it can't be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.errors import BadInput, ModelUnreadable
from assistant.models import Ordering, use_reranker
from assistant.modelstore import ModelStore
from assistant.modelstore.allowed import Rules
from assistant.reranking import Ranked, Reranker
from assistant.settings import Folders, Settings, options
from assistant.values import Imported, InstalledModel, Likelihood, Message, NotImported, Stop
from tests.assistant.modelstore.tiny_models import tiny_model
from tests.assistant.reranking.tiny import reranker

TEXTS = ["the grey hedge", "gold gold hedge", "the gold hedge of it"]


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(Folders.inside(tmp_path / "home"), rules=Rules())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(Folders.inside(tmp_path / "home"))


def brought(store: ModelStore, path: Path) -> InstalledModel:
    (model,) = (event.model for event in store.bring([path], Stop()) if isinstance(event, Imported))
    return model


class Slow(Reranker):
    """Takes a second for each passage, of a time that is not this machine's."""

    def rank(self, question: str, texts: list[str], seconds: float) -> Ranked:  # type: ignore[override]
        count = max(1, min(len(texts), int(seconds)))
        return Ranked(tuple(float(at) for at in range(count)), float(count))


def test_it_is_recognised_and_orders_what_was_found(store: ModelStore, settings: Settings, tmp_path: Path) -> None:
    model = brought(store, reranker(tmp_path / "bge.gguf"))
    assert model.kind == "reranker"
    ordering = Ordering(settings, store)
    assert ordering.depth == 0
    assert ordering.scores("where is it", TEXTS) == ()
    use_reranker(store, settings, model)
    assert ordering.depth > 0
    settings.set(options.RERANK_SECONDS, 60.0)
    try:
        grey, more, some = ordering.scores("where is it", TEXTS)
    finally:
        ordering.close()
    assert grey < some < more
    assert ordering.notes() == ()
    use_reranker(store, settings, None)
    assert ordering.depth == 0


def test_it_can_neither_chat_nor_be_taken_for_another_kind(
    store: ModelStore, settings: Settings, tmp_path: Path
) -> None:
    model = brought(store, reranker(tmp_path / "bge.gguf"))
    with pytest.raises(ModelUnreadable):
        store.inspect(model.path)
    (tmp_path / "chat.gguf").write_bytes(tiny_model().bytes())
    chat = brought(store, tmp_path / "chat.gguf")
    with pytest.raises(BadInput):
        use_reranker(store, settings, chat)
    with pytest.raises(ModelUnreadable):
        store.hold_reranker(chat.path)


def test_one_without_its_head_stays_out(store: ModelStore, tmp_path: Path) -> None:
    events = list(store.bring([reranker(tmp_path / "half.gguf", head=False)], Stop()))
    assert isinstance(events[0], NotImported)
    assert store.folder.is_dir() is False or not list(store.folder.glob("*.gguf"))


def test_where_one_passage_takes_longer_than_allowed_the_order_stays_and_that_is_said_once(
    store: ModelStore, settings: Settings, tmp_path: Path
) -> None:
    use_reranker(store, settings, brought(store, reranker(tmp_path / "bge.gguf")))
    ordering = Ordering(settings, store, Slow)
    settings.set(options.RERANK_SECONDS, 1.0)
    assert ordering.scores("where is it", TEXTS) == ()
    assert ordering.scores("where is it", TEXTS) == ()
    (said,) = ordering.notes()
    assert "1,000 ms" in said
    assert ordering.notes() == ()
    settings.set(options.RERANK_SECONDS, 3.0)
    assert len(ordering.scores("where is it", TEXTS)) == ordering.depth == 3


def test_a_model_that_is_gone_costs_its_order_alone(store: ModelStore, settings: Settings, tmp_path: Path) -> None:
    model = brought(store, reranker(tmp_path / "bge.gguf"))
    use_reranker(store, settings, model)
    model.path.unlink()
    ordering = Ordering(settings, store)
    assert ordering.scores("where is it", TEXTS) == ()
    (said,) = ordering.notes()
    assert said.startswith("What was found is in the order of the search alone.")


class Chat:
    """A language model that finds a question the likelier, the more of "gold" it has read; a passage takes a second."""

    def __init__(self) -> None:
        self.now = 0.0
        self.read: list[str] = []

    def clock(self) -> float:
        return self.now

    def score(self, messages: Sequence[Message], candidates: Sequence[str]) -> list[Likelihood]:
        self.now += 1.0
        self.read.append(messages[0].text)
        return [Likelihood((-9.0 + messages[0].text.count("gold"), -1.0)) for _ in candidates]


def test_the_language_model_orders_only_where_that_is_wished(store: ModelStore, settings: Settings) -> None:
    chat = Chat()
    ordering = Ordering(settings, store, score=chat.score, clock=chat.clock)
    assert (ordering.depth, ordering.scores("where is it", TEXTS)) == (0, ())
    settings.set(options.ORDER_BY_CHAT_MODEL, True)
    settings.set(options.RERANK_SECONDS, 3.0)
    found = ordering.scores("where is it", ["the gold hedge", "the grey hedge", "gold gold gold", "never read"])
    assert len(found) == len(chat.read) == ordering.depth == 3
    # Ranks 1, 2, 3 by the search and 2, 3, 1 by likelihood, which counts twice: the third passage comes first.
    assert found == pytest.approx((1 / 11 + 2 / 12, 1 / 12 + 2 / 13, 1 / 13 + 2 / 11))
    assert found[2] > found[0] > found[1]


def test_a_reranker_goes_before_the_language_model(store: ModelStore, settings: Settings, tmp_path: Path) -> None:
    chat = Chat()
    settings.set(options.ORDER_BY_CHAT_MODEL, True)
    settings.set(options.RERANK_SECONDS, 60.0)
    use_reranker(store, settings, brought(store, reranker(tmp_path / "bge.gguf")))
    ordering = Ordering(settings, store, score=chat.score, clock=chat.clock)
    try:
        assert len(ordering.scores("where is it", TEXTS)) == len(TEXTS)
    finally:
        ordering.close()
    assert chat.read == []
