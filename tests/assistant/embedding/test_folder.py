"""An embedder's folder is refused if anything in it could run code or lead out of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.embedding import Embedder
from assistant.embedding.folder import FolderRefused, describe
from assistant.errors import ModelMissing, ModelUnreadable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that looks like a model; nothing here loads it."""
    folder = tmp_path / "small"
    (folder / "1_Pooling").mkdir(parents=True)
    write(folder / "config.json", {"hidden_size": 4})
    write(folder / "tokenizer.json", {})
    write(folder / "sentence_bert_config.json", {"max_seq_length": 16})
    write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 4})
    write(folder / "modules.json", modules())
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value))


def modules(*more: object) -> list[object]:
    return [
        {"path": "", "type": "sentence_transformers.models.Transformer"},
        {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        *more,
    ]


def test_a_sound_folder_says_what_it_is(folder: Path) -> None:
    described = describe(folder)
    assert (described.dimensions, described.max_tokens) == (4, 16)
    assert described.name.startswith("small-")


@pytest.mark.parametrize("changed", ["model.safetensors", "config.json", "tokenizer.json", "1_Pooling/config.json"])
def test_another_model_has_another_name(folder: Path, changed: str) -> None:
    before = describe(folder).name
    path = folder / changed
    path.write_bytes(path.read_bytes() + b"\n")
    assert describe(folder).name != before


def test_what_does_not_change_the_vectors_does_not_change_the_name(folder: Path) -> None:
    before = describe(folder).name
    (folder / "README.md").write_text("words")
    assert describe(folder).name == before


@pytest.mark.parametrize("name", ["pytorch_model.bin", "a.pt", "deep/er/a.PKL", "a.pth", "custom.py", "a.h5"])
def test_files_that_can_carry_code_are_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"")
    with pytest.raises(FolderRefused, match="unsound"):
        describe(folder)


@pytest.mark.parametrize(
    "module",
    [
        {"path": "", "type": "custom_st.Transformer"},
        {"path": "", "type": "os.system"},
        {"path": "../elsewhere", "type": "sentence_transformers.models.Normalize"},
        {"path": "/etc", "type": "sentence_transformers.models.Normalize"},
        {"path": "2_Dense", "type": "sentence_transformers.models.Dense"},
        {"path": "", "type": "sentence_transformers_evil.models.Normalize"},
        "a text",
        None,
    ],
)
def test_foreign_modules_are_refused(folder: Path, module: object) -> None:
    write(folder / "modules.json", modules(module))
    with pytest.raises(FolderRefused, match="unsound"):
        describe(folder)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("modules.json", "[]"),
        ("modules.json", "{}"),
        ("modules.json", "not JSON"),
        ("modules.json", "[" * 100_000),
        ("config.json", '{"auto_map": {"AutoModel": "evil.Model"}}'),
        ("config.json", " " * (2 << 20) + "{}"),
        ("sentence_bert_config.json", '{"max_seq_length": 0}'),
        ("sentence_bert_config.json", '{"max_seq_length": "256"}'),
        ("1_Pooling/config.json", '{"word_embedding_dimension": 1e9}'),
    ],
)
def test_senseless_settings_are_refused(folder: Path, file: str, content: str) -> None:
    (folder / file).write_text(content)
    with pytest.raises(FolderRefused, match="unsound"):
        describe(folder)


@pytest.mark.parametrize("name", ["modules.json", "model.safetensors", "tokenizer.json", "sentence_bert_config.json"])
def test_a_missing_file_is_said(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelMissing, match="not at"):
        _ = Embedder(folder).name


def test_no_folder_a_relative_one_and_an_unsound_one_in_words(folder: Path, tmp_path: Path) -> None:
    for missing in (tmp_path / "none", Path("relative"), folder / "config.json"):
        with pytest.raises(ModelMissing):
            _ = Embedder(missing).dimensions
    (folder / "pytorch_model.bin").touch()
    with pytest.raises(ModelUnreadable, match="not sound"):
        _ = Embedder(folder).max_tokens


def test_the_child_refuses_what_the_parent_would(folder: Path) -> None:
    (folder / "pytorch_model.bin").touch()
    embedder = Embedder(folder)
    try:
        with pytest.raises(ModelUnreadable):
            embedder.warm()
    finally:
        embedder.close()
