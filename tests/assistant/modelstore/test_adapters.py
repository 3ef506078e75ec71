"""An adapter is used beside the model that it was made for, and refused beside any other, in two sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import ModelMissing, ModelUnreadable
from assistant.modelstore import ModelStore, allowed
from assistant.settings import Folders
from assistant.values import Imported, InstalledModel, Stop
from tests.assistant.modelstore.tiny_adapters import tiny_adapter
from tests.assistant.modelstore.tiny_models import WIDTH, tiny_model

FITTING = {"blk.0.attn_q.weight": (WIDTH, WIDTH), "blk.1.ffn_down.weight": (96, WIDTH)}


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(Folders.inside(tmp_path / "home"), rules=allowed.Rules())


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(tiny_model().bytes())
    return path


def imported(store: ModelStore, path: Path, content: bytes) -> InstalledModel:
    path.write_bytes(content)
    events = [event for event in store.bring([path], Stop()) if isinstance(event, Imported)]
    assert len(events) == 1
    return events[0].model


def test_one_that_was_imported_goes_beside_its_model(store: ModelStore, model: Path, tmp_path: Path) -> None:
    adapter = imported(store, tmp_path / "law.gguf", tiny_adapter(FITTING))
    assert (adapter.name, adapter.kind) == ("law", "adapter")
    store.hold_adapter(adapter.path, model)


@pytest.mark.parametrize(
    ("shapes", "architecture"),
    [
        ({"blk.0.attn_q.weight": (WIDTH * 2, WIDTH * 2)}, "llama"),
        ({"blk.0.attn_q.weight": (WIDTH, WIDTH + 1)}, "llama"),
        ({"blk.7.attn_q.weight": (WIDTH, WIDTH)}, "llama"),
        (FITTING, "qwen2"),
    ],
)
def test_one_that_was_made_for_another_model_is_refused(
    store: ModelStore, model: Path, tmp_path: Path, shapes: dict[str, tuple[int, int]], architecture: str
) -> None:
    adapter = imported(store, tmp_path / "law.gguf", tiny_adapter(shapes, architecture=architecture))
    with pytest.raises(ModelUnreadable) as caught:
        store.hold_adapter(adapter.path, model)
    assert caught.value.what == f"The adapter “{adapter.path.name}” was made for another model than “tiny.gguf”."
    assert "none" in caught.value.do


def test_a_model_is_no_adapter_and_what_is_gone_is_missing(store: ModelStore, model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnreadable):
        store.hold_adapter(model, model)
    with pytest.raises(ModelMissing):
        store.hold_adapter(tmp_path / "gone.gguf", model)
