"""Adapters are called by their names, with how much they are to count."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import BadInput, NotFound
from assistant.models import Adapters
from assistant.modelstore import ModelStore, allowed
from assistant.settings import Folders, Settings, options
from assistant.values import Adapter, Imported, Stop
from tests.assistant.modelstore.tiny_adapters import tiny_adapter
from tests.assistant.modelstore.tiny_models import WIDTH, tiny_model


@pytest.fixture
def adapters(tmp_path: Path) -> Adapters:
    """With two of them, "law" and "law:2", and a model that both go with."""
    folders = Folders.inside(tmp_path / "home")
    store = ModelStore(folders, rules=allowed.Rules())
    model = tmp_path / "tiny.gguf"
    model.write_bytes(tiny_model().bytes())
    for name, seed in (("law", 1), ("law:2", 2)):
        path = tmp_path / f"{name}.gguf"
        path.write_bytes(tiny_adapter({"blk.0.attn_q.weight": (WIDTH, WIDTH)}, seed=seed))
        assert any(isinstance(event, Imported) for event in store.bring([path], Stop()))
    assert any(isinstance(event, Imported) for event in store.bring([model], Stop()))
    return Adapters(Settings(folders), store, lambda: model)


def path_of(adapters: Adapters, name: str) -> Path:
    return next(one.path for one in adapters.list() if one.name == name)


def test_they_are_listed_without_the_models(adapters: Adapters) -> None:
    assert [one.name for one in adapters.list()] == ["law", "law:2"]


@pytest.mark.parametrize(
    ("words", "name", "scale"), [("law", "law", 1.0), ("law:0.5", "law", 0.5), ("law:2", "law:2", 1.0)]
)
def test_a_name_may_have_a_scale_behind_it(adapters: Adapters, words: str, name: str, scale: float) -> None:
    adapter = adapters.named(words)
    assert adapter == Adapter(path_of(adapters, name), scale)
    assert adapters.name(adapter) == words


def test_without_a_scale_it_is_that_of_the_settings(adapters: Adapters) -> None:
    adapters._settings.set(options.ADAPTER_SCALE, 0.25)
    assert adapters.named("law").scale == 0.25
    assert adapters.named(str(path_of(adapters, "law"))).scale == 0.25


@pytest.mark.parametrize(
    ("words", "error"), [("poems", NotFound), ("law:nan", BadInput), ("law:99", BadInput), ("tiny", BadInput)]
)
def test_what_makes_no_sense_is_refused(adapters: Adapters, words: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        adapters.named(words)
