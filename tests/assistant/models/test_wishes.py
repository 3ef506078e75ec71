"""How a person wants a model to run: kept for each model, told with what it means, and decided by a policy first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import BadInput
from assistant.models import Collection, Wishes
from assistant.modelstore import Fitting, ModelStore, Rules, machine
from assistant.settings import Folders, Settings, options
from assistant.values import RunWish
from tests.assistant.modelstore.gguf_files import U32
from tests.assistant.modelstore.tiny_models import tiny_model

ONE, OTHER = Path("/models/one.gguf"), Path("/models/other.gguf")


def test_each_model_has_its_own_and_the_settings_stand_behind_it(tmp_path: Path) -> None:
    folders = Folders.inside(tmp_path)
    settings = Settings(folders)
    wishes = Wishes(settings)
    assert wishes.of(ONE) == RunWish()
    settings.set(options.CONTEXT_TOKENS, 4096)
    wishes.set(ONE, RunWish(threads=2, kv_type="q8_0"))
    assert Wishes(Settings(folders)).of(ONE) == RunWish(4096, 2, "q8_0")
    assert wishes.of(OTHER) == RunWish(4096)
    wishes.set(ONE, RunWish())
    assert wishes.own(ONE) == RunWish() and wishes.of(ONE) == RunWish(4096)


def test_what_a_policy_decides_goes_first_and_is_not_wished_away(tmp_path: Path) -> None:
    folders = Folders.inside(tmp_path)
    Wishes(Settings(folders)).set(ONE, RunWish(context=2048, threads=1))
    wishes = Wishes(Settings(folders, {"threads": 3}))
    assert wishes.locked == {"threads"} and wishes.of(ONE) == RunWish(2048, 3)
    with pytest.raises(BadInput, match="policy"):
        wishes.set(ONE, RunWish(threads=2))
    wishes.set(ONE, RunWish(context=4096, threads=3))
    assert Wishes(Settings(folders)).of(ONE) == RunWish(4096, 1)


@pytest.mark.parametrize(
    "wish", [RunWish(context=-1), RunWish(threads=-2), RunWish(kv_type="q2"), RunWish(gpu_layers=-5)]
)
def test_what_is_no_wish_is_refused(wish: RunWish, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        Wishes(Settings(Folders.inside(tmp_path))).set(ONE, wish)


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"/models/one.gguf": 3}', '{"/models/one.gguf": {"context": "x"}}'])
def test_a_damaged_file_wishes_nothing(damage: str, tmp_path: Path) -> None:
    settings = Settings(Folders.inside(tmp_path))
    settings.folders.config.mkdir(parents=True)
    (settings.folders.config / "models.json").write_text(damage)
    assert Wishes(settings).of(ONE) == RunWish()


def test_each_choice_is_told_with_what_it_would_mean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "measure_bandwidth", lambda cores: None)
    folders = Folders.inside(tmp_path)
    folders.models.mkdir(parents=True)
    path = folders.models / "tiny.gguf"
    model = tiny_model()
    model.values["llama.context_length"] = (U32, 8192)
    path.write_bytes(model.bytes())
    store, settings = ModelStore(folders, rules=Rules()), Settings(folders)
    collection = Collection(store, Fitting(folders, store), settings, lambda _: None)
    tiny = store.find("tiny")
    found = collection.overriding(tiny)
    contexts = [wish.context for wish, _ in found.choices["context"]]
    assert contexts == [0, 2048, 4096, 8192] and found.wish == RunWish()
    memory = [fit.prediction.memory.needed for _, fit in found.choices["context"][1:]]
    assert memory == sorted(set(memory))
    cache = {wish.kv_type: fit.prediction.memory.cache for wish, fit in found.choices["kv_type"]}
    assert cache["q8_0"] < cache["f16"] == cache[""]
    collection.override(tiny, replace(found.wish, context=2048))
    after = collection.overriding(tiny)
    assert after.wish == RunWish(context=2048) and after.fit.plan.context == 2048
    assert collection.overview().installed[-1].fit is not None
