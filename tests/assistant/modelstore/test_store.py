"""Models are found, described in a person's words, and held against their checksums."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.errors import ModelMissing, ModelUnreadable
from assistant.modelstore import ModelStore
from assistant.settings import Folders
from tests.assistant.modelstore.gguf_files import TEXT, U32, Gguf, pair, pairs, tensor


@dataclass(frozen=True)
class OwnFolders(Folders):
    """Folders whose models come from a test."""

    @property
    def embedded_models(self) -> Path:
        """A folder that the test fills."""
        return self.data.parent / "embedded"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    chat = tmp_path / "embedded" / "chat" / "small.gguf"
    chat.parent.mkdir(parents=True)
    chat.write_bytes(Gguf().bytes())
    (tmp_path / "embedded" / "embedder").mkdir()
    (tmp_path / "embedded" / "embedder" / "config.json").write_text("{}")
    (tmp_path / "embedded" / "catalog.toml").write_text(
        f"""
        [[model]]
        name = "Small"
        kind = "chat"
        path = "chat/small.gguf"
        [[model.file]]
        path = "chat/small.gguf"
        bytes = {chat.stat().st_size}
        sha256 = "{hashlib.sha256(chat.read_bytes()).hexdigest()}"
        [[model]]
        name = "Embedder"
        kind = "embedding"
        path = "embedder"
        [[model.file]]
        path = "embedder/config.json"
        bytes = 2
        sha256 = "{hashlib.sha256(b"{}").hexdigest()}"
        """
    )
    inside = Folders.inside(tmp_path)
    return OwnFolders(inside.data, inside.config, inside.cache, inside.models, inside.logs)


def test_the_embedded_models_are_found(folders: Folders) -> None:
    store = ModelStore(folders)
    assert store.embedded_chat() == folders.embedded_models / "chat" / "small.gguf"
    assert store.embedded_embedder() == folders.embedded_models / "embedder"


def test_a_missing_embedded_model_is_said(folders: Folders) -> None:
    (folders.embedded_models / "chat" / "small.gguf").unlink()
    with pytest.raises(ModelMissing, match=r"Small.*small\.gguf"):
        ModelStore(folders).embedded_chat()


@pytest.mark.parametrize("content", [None, "", "nonsense", "[[model]]\nname = 'a'", "model = 3"])
def test_a_missing_or_senseless_catalogue_is_said(folders: Folders, content: str | None) -> None:
    catalog = folders.embedded_models / "catalog.toml"
    catalog.unlink()
    if content is not None:
        catalog.write_text(content)
    with pytest.raises(ModelMissing, match="list of models"):
        ModelStore(folders).embedded_chat()


def test_a_sound_model_is_described(folders: Folders) -> None:
    model = ModelStore(folders).inspect(ModelStore(folders).embedded_chat())
    assert (model.name, model.architecture, model.family) == ("Small", "llama", "chatml")
    assert model.context_length == 2048
    assert model.size == model.path.stat().st_size


def test_the_list_has_the_embedded_first_and_leaves_out_what_is_not_sound(folders: Folders) -> None:
    folders.models.mkdir(parents=True)
    (folders.models / "b.gguf").write_bytes(Gguf().bytes())
    (folders.models / "A.gguf").write_bytes(Gguf().bytes())
    (folders.models / "cut.gguf").write_bytes(Gguf().bytes()[:-1])
    (folders.models / "notes.txt").write_text("x")
    assert [model.name for model in ModelStore(folders).list()] == ["Small", "A", "b"]


def sentence_for(folders: Folders, path: Path) -> tuple[str, str]:
    with pytest.raises(ModelUnreadable) as refused:
        ModelStore(folders).inspect(path)
    return refused.value.what, refused.value.do


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (Gguf(magic=b"%PDF"), "not a language model file"),
        (Gguf(data=bytes(100)), "cut off"),
        (Gguf(version=1), "version of the model format"),
        (Gguf(version=3 << 24), "another kind of computer"),
        (Gguf(tensors=(tensor("a", (32,), 31),)), "keeps its numbers in a way"),
        (Gguf(pairs=pairs(architecture=pair("general.architecture", TEXT, "bert"))), "can't hold a conversation"),
        (Gguf(pairs=pairs(type=pair("general.type", TEXT, "adapter"))), "can't hold a conversation"),
        (Gguf(pairs=pairs(split=pair("split.count", U32, 2))), "one part of a model"),
        (Gguf(pairs=pairs(context=pair("llama.context_length", U32, 0))), "damaged"),
        (Gguf(pairs=pairs(context=b"")), "damaged"),
        (Gguf(tensors=(), data=b""), "damaged"),
    ],
)
def test_each_case_has_its_own_two_sentences(folders: Folders, tmp_path: Path, file: Gguf, said: str) -> None:
    path = tmp_path / "chosen.gguf"
    path.write_bytes(file.bytes())
    what, do = sentence_for(folders, path)
    assert said in what
    assert "chosen.gguf" in what
    assert do.endswith(".")


def test_no_file_a_folder_an_empty_file_and_a_pipe(folders: Folders, tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="no model file"):
        ModelStore(folders).inspect(tmp_path / "none.gguf")
    (tmp_path / "empty.gguf").touch()
    os.mkfifo(tmp_path / "pipe.gguf")
    for path in (tmp_path, tmp_path / "empty.gguf", tmp_path / "pipe.gguf"):
        assert "not a language model file" in sentence_for(folders, path)[0]


def test_a_file_that_came_with_privet_is_verified(folders: Folders, tmp_path: Path) -> None:
    store = ModelStore(folders)
    assert store.verify(store.embedded_chat())
    assert store.verify(store.embedded_embedder())
    (tmp_path / "own.gguf").write_bytes(Gguf().bytes())
    assert not store.verify(tmp_path / "own.gguf")


def test_one_changed_byte_is_noticed(folders: Folders) -> None:
    store = ModelStore(folders)
    path = store.embedded_chat()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelUnreadable, match="not the file that came with Privet"):
        store.verify(path)
    (store.embedded_embedder() / "config.json").unlink()
    with pytest.raises(ModelMissing, match="Embedder"):
        store.verify(store.embedded_embedder())
