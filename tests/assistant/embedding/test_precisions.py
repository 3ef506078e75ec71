"""Vectors without PyTorch: the same as sentence-transformers', nearly so in 8 bits; other models go on as before."""

from __future__ import annotations

import json
import math
import shutil
from array import array
from pathlib import Path

import pytest

from assistant.embedding import Embedder, Nearness, Precision
from assistant.embedding.architecture import shape_of
from assistant.errors import ModelUnreadable
from assistant.values import Vectors

TEXTS = (
    "The hedge at the end of the lane is green and tall.",
    "",
    "  Größe ☃ 東京 \n",
    "x",
    "A letter about the roof of the east wing, with three offers and a date. " * 40,
    *(f"Passage number {number} is about {word}." for number, word in enumerate("tea bread iron wool ".split() * 4)),
)


def rows(vectors: Vectors) -> list[array[float]]:
    return [array("f", vectors.row(index)) for index in range(vectors.count)]


def cosines(one: Vectors, other: Vectors) -> list[float]:
    return [sum(a * b for a, b in zip(x, y, strict=True)) for x, y in zip(rows(one), rows(other), strict=True)]


def vectors_of(folder: Path, precision: Precision) -> tuple[Vectors, str, str, Nearness | None]:
    """The vectors of `TEXTS`, the name that is kept with them, the libraries that the child had loaded, and what is
    near.
    """
    embedder = Embedder(folder, threads=1, precision=precision)
    try:
        vectors = embedder.embed(TEXTS)
        near = embedder.near("Who painted the roof?", [TEXTS[0], TEXTS[4]], [(0, 0, 52), (1, 0, 71), (1, 72, 143)])
        return vectors, embedder.name, Path(f"/proc/{embedder.pid}/maps").read_text(), near
    finally:
        embedder.close()


@pytest.fixture(scope="module")
def folder() -> Path:
    path = Path(__file__).absolute().parents[3] / "models" / "embedded" / "all-minilm-l6-v2"
    if not (path / "model.safetensors").is_file():
        pytest.skip("the embedded embedder is not there; run make test")
    return path


@pytest.mark.model
def test_they_agree_with_sentence_transformers(folder: Path) -> None:
    reference, name, _, read = vectors_of(folder, "reference")
    exact, exact_name, loaded, same = vectors_of(folder, "fp32")
    small, small_name, _, nearly = vectors_of(folder, "int8")
    assert min(cosines(reference, exact)) > 0.99999
    assert min(cosines(reference, small)) > 0.97 and sum(cosines(reference, small)) / len(TEXTS) > 0.985
    for row in rows(exact) + rows(small):
        assert math.isclose(sum(number * number for number in row), 1.0, rel_tol=1e-4)
    assert read is not None and same is not None and nearly is not None
    assert read.tokens == same.tokens == nearly.tokens
    for other, by in ((same, 1e-4), (nearly, 0.1)):
        assert other.whole == pytest.approx(read.whole, abs=by)
        for own, theirs in zip(other.each, read.each, strict=True):
            assert own == pytest.approx(theirs, abs=2 * by)
    # Vectors that differ are never compared: they are kept under another name.
    assert exact_name == name and small_name == f"{name}-int8"
    assert "libtorch" not in loaded and "onnxruntime" in loaded


@pytest.mark.model
def test_vectors_do_not_hang_on_who_stands_beside_them(folder: Path) -> None:
    embedder = Embedder(folder, threads=1, precision="fp32")
    try:
        together, alone = embedder.embed(TEXTS[:4]), embedder.embed(TEXTS[2:3])
        assert cosines(Vectors(1, together.dimensions, bytes(together.row(2))), alone)[0] > 0.99999
    finally:
        embedder.close()


@pytest.mark.parametrize(
    "change",
    [
        {"model_type": "mpnet"},
        {"hidden_act": "relu"},
        {"position_embedding_type": "relative_key"},
        {"is_decoder": True},
        {"num_hidden_layers": "six"},
    ],
)
def test_what_is_computed_in_another_way_is_left_to_pytorch(
    embedded_embedder: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    copy = shutil.copytree(embedded_embedder, tmp_path / "other")
    assert shape_of(copy, "1_Pooling") is not None
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").unlink()  # a copy may share its file with the original
    (copy / "config.json").write_text(json.dumps(config | change))
    assert shape_of(copy, "1_Pooling") is None
    assert not Embedder(copy, precision="int8").name.endswith("-int8")


def test_pooling_and_prompts_that_are_not_known_are_left_to_pytorch(embedded_embedder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(embedded_embedder, tmp_path / "other")
    for place, content in (
        ("1_Pooling/config.json", {"word_embedding_dimension": 384, "pooling_mode_max_tokens": True}),
        ("config_sentence_transformers.json", {"default_prompt_name": "query"}),
    ):
        before = (copy / place).read_bytes()
        (copy / place).unlink()
        (copy / place).write_text(json.dumps(content))
        assert shape_of(copy, "1_Pooling") is None
        (copy / place).write_bytes(before)
    assert shape_of(copy, "1_Pooling") is not None


@pytest.mark.model
@pytest.mark.parametrize("content", [b"", b"\xff" * 64, b"\x10" + bytes(7) + b'{"a":{"b":[1]}} ', None])
def test_weights_that_are_none_are_refused(embedded_embedder: Path, tmp_path: Path, content: bytes | None) -> None:
    copy = shutil.copytree(embedded_embedder, tmp_path / "other")
    weights = copy / "model.safetensors"
    whole = weights.read_bytes()
    weights.unlink()
    weights.write_bytes(whole[: len(whole) // 2] if content is None else content)
    embedder = Embedder(copy, threads=1, precision="fp32")
    try:
        with pytest.raises(ModelUnreadable):
            embedder.embed(["x"])
    finally:
        embedder.close()
