"""A passage read with a question in mind: whether it answers and with which words; and a reader that is none."""

from __future__ import annotations

import shutil
import struct
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.embedding import Embedder, ReaderFiles, Reading
from assistant.embedding.reading import read
from assistant.errors import ModelUnreadable
from tests.conftest import EMBEDDED_EMBEDDER

QUESTION = "When was the bridge over the Lune rebuilt?"
ANSWERS = "The bridge over the Lune was swept away by a flood in 1868. It was rebuilt in stone in 1871."
OTHERS = "The Lune rises in the hills. Its bridges are of iron, and the oldest was painted green by the town."
OWN = EMBEDDED_EMBEDDER.parents[1] / "reader.safetensors"

PLACES = ((0, 3), (4, 10), (11, 15), (16, 20))


def test_the_likeliest_words_are_those_of_the_best_beginning_and_end() -> None:
    reading = Reading(1.0, PLACES, (0.0, 2.0, 0.0, 1.0), (3.0, 0.0, 2.0, 0.0))
    best = reading.best(0, 20)
    # The end of the first word is likelier still, but it lies before the best beginning.
    assert best is not None
    assert (best.start, best.end) == (4, 15)
    assert best.score == pytest.approx(reading.score(4, 15))
    assert best.score < 0
    within = reading.best(11, 20)
    assert within is not None
    assert (within.start, within.end) == (16, 20) or (within.start, within.end) == (11, 15)
    assert within.score < best.score


def test_words_that_were_not_read_have_no_score() -> None:
    reading = Reading(1.0, PLACES, (0.0,) * 4, (0.0,) * 4)
    assert reading.best(20, 30) is None
    assert reading.score(5, 10) is None
    assert reading.score(11, 10) is None
    assert Reading(0.0, (), (), ()).best(0, 9) is None


def test_numbers_of_another_count_are_none() -> None:
    numbers = array("f", [0.5, 1.0, 2.0, 3.0, 4.0, -0.5]).tobytes()
    found = read([[[0, 3], [4, 6]], []], numbers)
    assert found is not None
    assert [one.answerable for one in found] == [0.5, -0.5]
    assert (found[0].starts, found[0].ends, found[0].places) == ((1.0, 2.0), (3.0, 4.0), ((0, 3), (4, 6)))
    assert read([[[0, 3]], []], numbers) is None


@pytest.fixture(scope="module")
def embedder(embedded_embedder_of_module: Path) -> Iterator[Embedder]:
    embedder = Embedder(embedded_embedder_of_module, threads=1, reader=ReaderFiles(embedded_embedder_of_module, OWN))
    yield embedder
    embedder.close()


@pytest.fixture(scope="module")
def embedded_embedder_of_module() -> Path:
    if not (EMBEDDED_EMBEDDER / "model.safetensors").is_file():
        pytest.skip("the embedded embedder is not there; run make test")
    return EMBEDDED_EMBEDDER


@pytest.mark.model
def test_the_passage_that_answers_is_told_from_one_with_the_same_words(embedder: Embedder) -> None:
    found = embedder.read(QUESTION, [OTHERS, ANSWERS])
    assert found is not None
    assert found[1].answerable > found[0].answerable + 1
    best = found[1].best(0, len(ANSWERS))
    assert best is not None
    assert "1871" in ANSWERS[best.start : best.end]
    assert "1868" not in ANSWERS[best.start : best.end]


@pytest.mark.model
def test_texts_of_any_length_are_read_up_to_where_there_is_room(embedder: Embedder) -> None:
    found = embedder.read("Who?" * 200, ["", "half \ud800", f"{ANSWERS} " * 60])
    assert found is not None
    assert found[0].places == ()
    assert len(found[1].places) == 2
    assert found[2].places[-1][1] < len(ANSWERS) * 60
    # What stands beside it in a batch changes nothing.
    alone = embedder.read(QUESTION, [ANSWERS])
    beside = embedder.read(QUESTION, ["word " * 300, ANSWERS, "Yes."])
    assert alone is not None and beside is not None
    assert beside[1].answerable == pytest.approx(alone[0].answerable, abs=1e-3)


@pytest.mark.model
def test_without_a_reader_nothing_is_read(embedded_embedder_of_module: Path, embedder: Embedder) -> None:
    assert Embedder(embedded_embedder_of_module).read(QUESTION, [ANSWERS]) is None
    assert embedder.read(QUESTION, []) is None


@pytest.mark.model
@pytest.mark.parametrize("damage", ["cut", "other shape", "no file"])
def test_a_damaged_reader_is_said_and_the_embedder_works_on(
    damage: str, embedded_embedder_of_module: Path, tmp_path: Path
) -> None:
    own = tmp_path / "reader.safetensors"
    if damage == "cut":
        own.write_bytes(OWN.read_bytes()[: OWN.stat().st_size // 2])
    elif damage == "other shape":
        header = b'{"answerable.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}'
        own.write_bytes(struct.pack("<Q", len(header)) + header + bytes(8))
    else:
        shutil.copy(OWN, own)
    embedder = Embedder(embedded_embedder_of_module, threads=1, reader=ReaderFiles(embedded_embedder_of_module, own))
    try:
        embedder.count_tokens(["a"])
        if damage == "no file":
            own.unlink()
        with pytest.raises(ModelUnreadable):
            embedder.read(QUESTION, [ANSWERS])
        assert embedder.embed(["a"]).count == 1
    finally:
        embedder.close()
