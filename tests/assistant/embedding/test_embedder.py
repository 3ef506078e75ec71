"""The real embedder in its real child: counts at once, vectors of unit length, and a new child after a death."""

from __future__ import annotations

import math
import os
import signal
import threading
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.embedding import Embedder
from assistant.embedding.embedder import _windows
from assistant.errors import ChildDied, Stopped
from assistant.values import Stop, Vectors

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def embedder() -> Iterator[Embedder]:
    """One child for all tests here: torch takes seconds to load."""
    folder = Path(__file__).absolute().parents[3] / "models" / "embedded" / "all-minilm-l6-v2"
    if not (folder / "model.safetensors").is_file():
        pytest.skip("the embedded embedder is not there; run make test")
    embedder = Embedder(folder)
    embedder.warm()
    yield embedder
    embedder.close()


def rows(vectors: Vectors) -> list[array[float]]:
    return [array("f", vectors.row(index)) for index in range(vectors.count)]


def cosine(one: array[float], other: array[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_tokens_are_counted_without_the_model(embedded_embedder: Path) -> None:
    fresh = Embedder(embedded_embedder)
    try:
        assert fresh.count_tokens(["hello world", "", "embeddings", "half \ud800"]) == [2, 0, 4, 2]
        assert fresh.count_tokens([]) == []
        pid = fresh.pid
        assert pid is not None
        maps = Path(f"/proc/{pid}/maps").read_text()
        assert "libtorch" not in maps
        assert "tokenizers" in maps
    finally:
        fresh.close()


def test_long_texts_are_counted_whole(embedder: Embedder) -> None:
    assert embedder.count_tokens(["word " * 100_000] * 7) == [100_000] * 7


def test_windows_keep_the_order_and_lose_nothing() -> None:
    texts = ["a" * 1_500_000, "b" * 900_000, "c" * 900_000, "d" * 3_000_000, "e"]
    windows = list(_windows(texts))
    assert [text for window in windows for text in window] == texts
    assert [len(window) for window in windows] == [1, 2, 1, 1]
    assert list(_windows([])) == []


def test_vectors_are_of_unit_length_and_in_order(embedder: Embedder) -> None:
    texts = ["The cat sat on the mat.", "A long sentence about revenue. " * 40, "Felines rest on rugs.", ""]
    vectors = embedder.embed(texts)
    assert (vectors.count, vectors.dimensions) == (4, embedder.dimensions)
    for row in rows(vectors):
        assert math.isclose(cosine(row, row), 1.0, abs_tol=1e-5)
    cat, revenue, feline, _ = rows(vectors)
    assert cosine(cat, feline) > cosine(cat, revenue) + 0.2
    alone = rows(embedder.embed([texts[2]]))[0]
    assert math.isclose(cosine(alone, feline), 1.0, abs_tol=1e-5)


def test_a_stream_gives_the_same_in_pieces(embedder: Embedder) -> None:
    texts = [f"Sentence number {number} about things." * (1 + number % 5) for number in range(20)]
    pieces = list(embedder.stream(texts, batch=8))
    assert [piece.count for piece in pieces] == [8, 8, 4]
    streamed = [row for piece in pieces for row in rows(piece)]
    for one, other in zip(streamed, rows(embedder.embed(texts)), strict=True):
        assert math.isclose(cosine(one, other), 1.0, abs_tol=1e-5)
    assert all(cosine(one, other) < 0.9999 for one, other in pairwise(streamed))


def test_nothing_to_embed_is_no_work(embedder: Embedder) -> None:
    assert embedder.embed([]) == Vectors(0, embedder.dimensions, b"")
    assert list(embedder.stream([])) == []


def test_stop_ends_a_stream_between_two_batches(embedder: Embedder) -> None:
    stop = Stop()
    pieces = embedder.stream(["a", "b", "c"], batch=1, stop=stop)
    assert next(pieces).count == 1
    stop.set()
    with pytest.raises(Stopped):
        next(pieces)


def test_stop_does_not_wait_for_the_model_to_load(embedded_embedder: Path) -> None:
    fresh = Embedder(embedded_embedder)
    stop = Stop()
    threading.Timer(0.5, stop.set).start()
    try:
        with pytest.raises(Stopped):
            fresh.embed(["a"], stop)
        assert fresh.count_tokens(["a"]) == [1]  # by the same child, which was not ended for it
        assert fresh._child.starts == 1
    finally:
        fresh.close()


def test_a_killed_child_is_said_and_the_next_one_works(embedder: Embedder) -> None:
    before = rows(embedder.embed(["hello"]))[0]
    pid = embedder.pid
    assert pid is not None
    threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
    with pytest.raises(ChildDied, match="SIGKILL"):
        embedder.embed(["a long sentence about nothing at all " * 40] * 500)  # minutes of work: the kill comes into it
    assert math.isclose(cosine(before, rows(embedder.embed(["hello"]))[0]), 1.0, abs_tol=1e-5)
    assert embedder.pid != pid


def test_stretches_are_near_a_question_word_by_word(embedder: Embedder) -> None:
    question, text = "Who founded the bakery?", "Ada started the bread shop in 1911. The river froze. It is cold."
    spans = [(0, 0, 35), (0, 36, 52), (1, 0, 12)]
    found = embedder.near(question, [text, "Nobody knows."], spans)
    assert found is not None
    assert [question[start:end] for start, end in found.tokens] == ["Who", "founded", "the", "bakery", "?"]
    assert len(found.whole) == len(found.each) == 3
    assert found.whole[0] > found.whole[1]
    bakery = [each[3] for each in found.each]
    assert bakery[0] > max(bakery[1:]) + 0.1
    assert all(-1.001 <= one <= 1.001 for each in found.each for one in each)


def test_a_stretch_of_which_nothing_is_read_is_near_nothing(embedder: Embedder) -> None:
    found = embedder.near("Who?", ["word " * 1000], [(0, 4000, 4900), (0, 0, 4)])
    assert found is not None
    assert (found.whole[0], set(found.each[0])) == (0.0, {0.0})
    assert found.whole[1] != 0.0
    assert embedder.near("Who?", [], []) is None
