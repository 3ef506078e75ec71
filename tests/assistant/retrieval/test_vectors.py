"""The real Chroma in its sealed child: what is put in is found, and nothing readable lies in its files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest

from assistant.errors import ChildDied
from assistant.retrieval.vectors import IndexBroken, VectorIndex
from assistant.retrieval.worker import _Worker, rotation
from assistant.values import PassageId
from assistant.workers.serve import Cancelled, Request
from tests.assistant.retrieval.made import DIMENSIONS, drawn, unit

SECRET = b"s" * 32


@pytest.fixture
def index(tmp_path: Path) -> Iterator[VectorIndex]:
    index = VectorIndex(tmp_path / "gen-000001", SECRET)
    yield index
    index.close()


def numbered(count: int, first: int = 1) -> list[PassageId]:
    return [PassageId(number) for number in range(first, first + count)]


def test_the_rotation_keeps_every_angle_and_changes_every_vector() -> None:
    turn = rotation(SECRET, 384)
    assert numpy.allclose(turn @ turn.T, numpy.eye(384), atol=1e-5)
    vectors = numpy.frombuffer(b"".join(drawn(50, dimensions=384)), "<f4").reshape(50, 384)
    turned = vectors @ turn
    assert numpy.abs(turned @ turned.T - vectors @ vectors.T).max() < 1e-5
    assert numpy.abs(numpy.sum(turned * vectors, axis=1)).max() < 0.5


def test_another_secret_is_another_rotation_and_the_same_is_the_same() -> None:
    assert numpy.array_equal(rotation(SECRET, 64), rotation(SECRET, 64))
    assert not numpy.allclose(rotation(SECRET, 64), rotation(b"t" * 32, 64), atol=0.1)
    # Kept as numbers, because an index on somebody's disk was written with exactly this rotation.
    assert numpy.allclose(rotation(SECRET, 4)[0], [-0.47249, 0.492703, -0.636422, 0.359115], atol=1e-5)


def test_each_vector_finds_itself_with_the_true_cosine_of_the_others(index: VectorIndex) -> None:
    index.add(numbered(3), unit(1) + unit(1, 1) + unit(0, 1))
    assert index.count() == 3
    found = index.query(unit(1), 3)
    assert [id_ for id_, _ in found] == [1, 2, 3]
    assert [similarity for _, similarity in found] == pytest.approx([1.0, 0.5**0.5, 0.0], abs=1e-5)


def test_more_than_one_batch_goes_in_and_all_is_found_again(index: VectorIndex) -> None:
    vectors = drawn(2_500)
    index.add(numbered(2_500), b"".join(vectors))
    assert index.count() == 2_500
    assert index.check(list(zip(numbered(2_500), vectors, strict=True))[::100])


def test_what_lies_in_several_shards_is_one_index(index: VectorIndex) -> None:
    vectors = drawn(40)
    ids = [
        *numbered(20, first=16_374),
        *numbered(10, first=50_000),
        *numbered(10, first=1_000_000),
    ]  # over a border too
    index.add(ids, b"".join(vectors))
    assert index.count() == 40
    assert index.check(list(zip(ids, vectors, strict=True)))
    cosines = numpy.frombuffer(b"".join(vectors), "<f4").reshape(40, -1) @ numpy.frombuffer(vectors[0], "<f4")
    nearest = [ids[at] for at in numpy.argsort(-cosines, kind="stable")]
    assert [id_ for id_, _ in index.query(vectors[0], 40)] == nearest
    assert [id_ for id_, _ in index.query(vectors[0], 2, [ids[39], ids[0], ids[21]])] == [
        id_ for id_ in nearest if id_ in (ids[39], ids[0], ids[21])
    ][:2]
    index.remove([*ids[:15], PassageId(2_000_000)])
    assert index.count() == 25
    assert {id_ for id_, _ in index.query(vectors[0], 40)} == set(ids[15:])
    index.add([ids[30]], vectors[0])  # an id again, in its shard
    assert index.count() == 25 and index.query(vectors[0], 1)[0][0] == ids[30]
    assert not index.check([(PassageId(2_000_000), vectors[0])])
    index.close()
    assert index.folder is not None
    again = VectorIndex(index.folder, SECRET)
    assert again.count() == 25 and again.query(vectors[39], 1)[0][0] == ids[39]
    again.close()


def test_a_generation_that_an_earlier_privet_laid_out_is_not_taken(tmp_path: Path) -> None:
    folder = tmp_path / "gen"
    folder.mkdir()
    made = "from assistant.retrieval.worker import _client; from pathlib import Path; import sys\n"
    made += "_client(Path(sys.argv[1])).create_collection('passages', embedding_function=None)"
    subprocess.run([sys.executable, "-c", made, str(folder)], check=True, timeout=60)
    index = VectorIndex(folder, SECRET)
    with pytest.raises(IndexBroken, match="layout"):
        index.count()
    index.close()


def test_a_query_is_bounded_and_an_empty_index_answers(index: VectorIndex) -> None:
    assert index.query(unit(1), 5) == []
    index.add(numbered(300), b"".join(drawn(300)))
    assert len(index.query(unit(1), 10_000)) == 100
    assert len(index.query(unit(1), 0)) == 1


def test_what_is_removed_is_not_found(index: VectorIndex) -> None:
    vectors = drawn(10)
    index.add(numbered(10), b"".join(vectors))
    index.remove(numbered(5))
    index.remove(numbered(5))
    assert index.count() == 5
    assert {id_ for id_, _ in index.query(vectors[0], 10)} == set(numbered(5, first=6))
    assert not index.check([(PassageId(1), vectors[0])])
    assert index.check([(PassageId(6), vectors[5])])


def test_adding_an_id_again_replaces_its_vector(index: VectorIndex) -> None:
    index.add(numbered(1), unit(1))
    index.add(numbered(1), unit(0, 1))
    assert index.count() == 1
    assert index.query(unit(0, 1), 1)[0][1] == pytest.approx(1.0, abs=1e-5)


class Approximate:
    """Passes some ids by when all are searched for; the vector of an id is the id."""

    def __init__(self, passes_by: int, lost: tuple[str, ...] = ()) -> None:
        self.passes_by, self.lost = passes_by, lost

    def find_themselves(self, payload: bytes, ids: list[str]) -> list[bool]:
        assert [payload[at : at + 2].decode() for at in range(0, len(payload), 2)] == ids
        return [at >= self.passes_by for at in range(len(ids))]

    def holds(self, payload: bytes, id_: str) -> bool:
        return payload.decode() == id_ not in self.lost


@pytest.mark.parametrize(
    ("index", "found"), [(Approximate(1), 90), (Approximate(1, lost=("10",)), 89), (Approximate(5), 85)]
)
def test_a_few_that_the_approximate_search_passes_by_are_looked_up(index: Approximate, found: int) -> None:
    worker = _Worker()
    worker._open = index  # type: ignore[assignment]
    ids = [str(number) for number in range(10, 100)]
    (part,) = worker.check(Request("check", {"ids": ids}, "".join(ids).encode(), Cancelled()))
    told = part.values["found"]
    assert isinstance(told, list) and len(told) == found


def test_twins_are_as_good_as_the_vector_itself(index: VectorIndex) -> None:
    index.add(numbered(20), unit(1) * 20)
    assert index.check([(PassageId(number), unit(1)) for number in range(1, 21)])


def test_a_new_process_with_the_same_secret_finds_the_same(tmp_path: Path) -> None:
    vectors = drawn(50)
    samples = list(zip(numbered(50), vectors, strict=True))
    first = VectorIndex(tmp_path / "gen", SECRET)
    first.add(numbered(50), b"".join(vectors))
    pid = first.pid
    first.close()
    second = VectorIndex(tmp_path / "gen", SECRET)
    assert second.check(samples)
    assert second.pid != pid
    second.close()
    stranger = VectorIndex(tmp_path / "gen", b"another secret")
    assert not stranger.check(samples)
    stranger.close()


def test_its_files_hold_turned_vectors_only(index: VectorIndex) -> None:
    vectors = drawn(1_500)
    index.add(numbered(1_500), b"".join(vectors))
    index.close()
    assert index.folder is not None
    content = b"".join(path.read_bytes() for path in index.folder.rglob("*") if path.is_file())
    turned = (numpy.frombuffer(vectors[7], "<f4")[None] @ rotation(SECRET, DIMENSIONS))[0]
    # Chroma keeps the last bits of a product differently; a stretch of the turned vector shows that the search works.
    assert any(content.find(turned[place : place + 1].astype("<f4").tobytes()) >= 0 for place in range(DIMENSIONS))
    for vector in vectors[:200]:
        assert vector not in content
        assert vector[:12] not in content
    assert SECRET not in content


def test_the_folder_is_the_owners_alone(index: VectorIndex) -> None:
    index.count()
    assert index.folder is not None
    assert index.folder.stat().st_mode & 0o777 == 0o700


def test_a_killed_child_is_said_once_and_the_next_one_goes_on(index: VectorIndex) -> None:
    vectors = drawn(20)
    index.add(numbered(20), b"".join(vectors))
    pid = index.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert index.query(vectors[3], 1)[0][0] == 4
    assert index.pid != pid


def test_a_closed_index_stays_closed(index: VectorIndex) -> None:
    index.count()
    index.close()
    with pytest.raises(IndexBroken, match="closed"):
        index.count()
    assert index.pid is None


@pytest.mark.parametrize("payload", [b"123", unit(float("nan")), b""])
def test_what_are_no_vectors_is_refused(index: VectorIndex, payload: bytes) -> None:
    index.add(numbered(1), unit(1))
    with pytest.raises(IndexBroken):
        index.query(payload, 1)
    with pytest.raises(IndexBroken):
        index.add(numbered(1, first=2), payload)
    assert index.count() == 1


def test_a_folder_of_garbage_is_said_to_be_broken(tmp_path: Path) -> None:
    folder = tmp_path / "gen"
    folder.mkdir()
    (folder / "chroma.sqlite3").write_bytes(os.urandom(8192))
    index = VectorIndex(folder, SECRET)
    try:
        with pytest.raises((IndexBroken, ChildDied)):
            index.count()
    finally:
        index.close()
