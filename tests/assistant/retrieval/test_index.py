"""The index follows the vault through kills, damage, stops and changes of model."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

from assistant.retrieval import Retrieval, Stored
from assistant.retrieval.index import Index
from assistant.retrieval.library import Library
from assistant.retrieval.vectors import VectorIndex
from assistant.values import PassageId, Rebuilding, Stop
from assistant.vault import Vault
from tests.assistant.retrieval.made import MODEL, drawn, opened, put
from tests.assistant.vault.opening import by_passphrase

pytestmark = pytest.mark.slow


def texts(count: int, word: str = "passage") -> list[str]:
    return [f"{word} {number}" for number in range(count)]


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "index").iterdir())


def index_of(retrieval: Retrieval) -> Index:
    return retrieval._index


def nearest(index: Index, vector: bytes) -> PassageId | None:
    """The nearest passage, None where none can be told."""
    near = index.query(vector, 1)
    return near[0][0] if near else None


def all_found(retrieval: Retrieval, stored: Stored, vectors: list[bytes]) -> bool:
    """True if each vector's nearest passage is its own, searched for by meaning alone."""
    return [nearest(index_of(retrieval), vector) for vector in vectors] == list(stored.passages)


def test_without_documents_no_child_is_started(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        assert list(retrieval.ensure(Stop())) == []
        assert index_of(retrieval).query(drawn(1)[0], 5) == []
        assert index_of(retrieval).pid is None
        assert not (tmp_path / "index").exists()


def test_what_was_put_is_found_now_and_at_the_next_start(tmp_path: Path) -> None:
    vectors = drawn(30)
    with opened(tmp_path) as retrieval:
        stored = put(retrieval, "one", texts(30), vectors)
        assert all_found(retrieval, stored, vectors)
    with opened(tmp_path) as retrieval:
        assert list(retrieval.ensure(Stop())) == []  # nothing to repair
        assert all_found(retrieval, stored, vectors)
        assert generations(tmp_path) == ["gen-000001"]


def test_an_index_that_takes_long_to_be_read_is_not_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = drawn(5)
    with opened(tmp_path) as retrieval:
        put(retrieval, "one", texts(5), vectors)
    monkeypatch.setattr("assistant.retrieval.vectors._QUERY_SECONDS", 0.0)  # no look is done so soon
    with opened(tmp_path) as retrieval:
        assert list(retrieval.ensure(Stop())) == []
        assert retrieval.verify()
        assert generations(tmp_path) == ["gen-000001"]


def test_a_new_version_of_a_document_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    old, new = drawn(10, seed=1), drawn(8, seed=2)
    with opened(tmp_path) as retrieval:
        put(retrieval, "one", texts(10), old)
        stored = put(retrieval, "one", texts(8), new)
        assert all_found(retrieval, stored, new)
        assert len(index_of(retrieval).query(old[0], 100) or []) == 8
    with opened(tmp_path) as retrieval:
        # At the next start the traces of the old version go as well.
        assert list(retrieval.ensure(Stop()))[-1] == Rebuilding(8, 8)
        assert generations(tmp_path) == ["gen-000002"]


def test_compacting_leaves_no_trace_of_what_was_removed(tmp_path: Path) -> None:
    gone, kept = drawn(40, seed=1), drawn(40, seed=2)
    with opened(tmp_path) as retrieval:
        removed = put(retrieval, "gone", texts(40), gone)
        stays = put(retrieval, "kept", texts(40), kept)
        retrieval.remove(removed.document.id)
        assert not set(removed.passages) & {id_ for id_, _ in index_of(retrieval).query(gone[0], 100) or []}
        assert list(retrieval.compact(Stop())) == [Rebuilding(40, 40)]
        assert all_found(retrieval, stays, kept)
        assert generations(tmp_path) == ["gen-000002"]
        # Not even by the index itself, asked past the vault:
        raw = index_of(retrieval)._vectors
        assert raw is not None
        assert raw.count() == 40


def test_removing_the_last_document_removes_the_index(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        stored = put(retrieval, "one", texts(3), drawn(3))
        retrieval.remove(stored.document.id)
        assert list(retrieval.compact(Stop())) == []
        assert generations(tmp_path) == []
        again = put(retrieval, "two", texts(3), drawn(3, seed=5))
        assert all_found(retrieval, again, drawn(3, seed=5))


def test_a_stopped_compaction_changes_nothing_and_is_caught_up_with(tmp_path: Path) -> None:
    vectors = drawn(1_500)
    with opened(tmp_path) as retrieval:
        gone = put(retrieval, "gone", texts(5), drawn(5, seed=9))
        stored = put(retrieval, "kept", texts(1_500), vectors)
        retrieval.remove(gone.document.id)
        stop = Stop()
        steps = retrieval.compact(stop)
        assert next(steps) == Rebuilding(1_000, 1_500)
        stop.set()
        assert list(steps) == []
        assert generations(tmp_path) == ["gen-000001"]
        assert nearest(index_of(retrieval), vectors[1_499]) == stored.passages[1_499]
    with opened(tmp_path) as retrieval:
        assert list(retrieval.ensure(Stop()))[-1] == Rebuilding(1_500, 1_500)
        assert nearest(index_of(retrieval), vectors[7]) == stored.passages[7]
        assert generations(tmp_path) == ["gen-000002"]
        assert list(retrieval.ensure(Stop())) == []


def test_a_compaction_that_is_abandoned_lets_the_next_change_through(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        put(retrieval, "one", texts(1_200), drawn(1_200))
        steps = retrieval.compact(Stop())
        assert isinstance(steps, Generator)
        next(steps)
        steps.close()
        stored = put(retrieval, "two", texts(2), drawn(2, seed=3))
        assert all_found(retrieval, stored, drawn(2, seed=3))
        assert generations(tmp_path) == ["gen-000001"]


def test_questions_are_answered_while_a_new_generation_is_built(tmp_path: Path) -> None:
    vectors = drawn(1_200)
    with opened(tmp_path) as retrieval:
        stored = put(retrieval, "one", texts(1_200), vectors)
        steps = retrieval.compact(Stop())
        next(steps)
        assert nearest(index_of(retrieval), vectors[1_199]) == stored.passages[1_199]
        assert list(steps)[-1] == Rebuilding(1_200, 1_200)


def test_a_child_killed_in_the_middle_of_an_addition_costs_nothing(tmp_path: Path) -> None:
    vectors = drawn(6_000)
    with opened(tmp_path) as retrieval:
        put(retrieval, "first", texts(10), drawn(10, seed=4))
        first = index_of(retrieval).pid
        assert first is not None
        done = threading.Event()

        def kill_when_busy() -> None:
            raw = index_of(retrieval)._vectors
            assert raw is not None
            while not raw._turn.locked() and not done.is_set():
                pass
            os.kill(first, signal.SIGKILL)

        killer = threading.Thread(target=kill_when_busy)
        killer.start()
        stored = put(retrieval, "second", texts(6_000), vectors)
        done.set()
        killer.join()
        assert index_of(retrieval).pid != first
        assert list(retrieval.ensure(Stop())) == []
        assert index_of(retrieval)._vectors is not None
        for number in range(0, 6_000, 300):
            assert nearest(index_of(retrieval), vectors[number]) == stored.passages[number]


def test_a_kill_between_two_questions_is_not_noticed(tmp_path: Path) -> None:
    vectors = drawn(20)
    with opened(tmp_path) as retrieval:
        stored = put(retrieval, "one", texts(20), vectors)
        pid = index_of(retrieval).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert all_found(retrieval, stored, vectors)
        assert index_of(retrieval).pid != pid


def test_an_end_of_privet_in_the_middle_of_an_addition_is_repaired_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectors = drawn(50)

    class PowerCut(BaseException):
        """Ends everything, as a power cut would."""

    def cut(index: VectorIndex, ids: object, vectors: object) -> None:
        raise PowerCut

    with opened(tmp_path) as retrieval:
        put(retrieval, "first", texts(10), drawn(10, seed=4))
        monkeypatch.setattr(VectorIndex, "add", cut)
        with pytest.raises(PowerCut):
            put(retrieval, "second", texts(50), vectors)
        monkeypatch.undo()
    with opened(tmp_path) as retrieval:
        assert list(retrieval.ensure(Stop()))[-1] == Rebuilding(60, 60)
        known = retrieval.known(Path("/made/second"))
        assert known is not None
        assert len(index_of(retrieval).query(vectors[0], 100) or []) == 60
        assert generations(tmp_path) == ["gen-000002"]


def damage_nothing_left(generation: Path) -> None:
    shutil.rmtree(generation)


def damage_database(generation: Path) -> None:
    (generation / "chroma.sqlite3").write_bytes(os.urandom(1 << 16))


def damage_database_emptied(generation: Path) -> None:
    (generation / "chroma.sqlite3").write_bytes(b"")


def damage_graph(generation: Path) -> None:
    for path in generation.rglob("*.bin"):
        path.write_bytes(os.urandom(path.stat().st_size))


def damage_graph_metadata(generation: Path) -> None:
    for path in generation.rglob("index_metadata.pickle"):
        path.write_bytes(b"")


@pytest.mark.parametrize(
    "damage",
    [damage_nothing_left, damage_database, damage_database_emptied, damage_graph, damage_graph_metadata],
    ids=lambda damage: damage.__name__,
)
def test_a_damaged_index_is_built_again(tmp_path: Path, damage: object) -> None:
    vectors = drawn(1_100)
    with opened(tmp_path) as retrieval:
        stored = put(retrieval, "one", texts(1_100), vectors)
    assert callable(damage)
    damage(tmp_path / "index" / "gen-000001")
    with opened(tmp_path) as retrieval:
        assert list(retrieval.ensure(Stop()))[-1] == Rebuilding(1_100, 1_100)
        assert generations(tmp_path) == ["gen-000002"]
        assert nearest(index_of(retrieval), vectors[-1]) == stored.passages[-1]


def test_a_question_repairs_a_small_index_by_itself(tmp_path: Path) -> None:
    vectors = drawn(30)
    with opened(tmp_path) as retrieval:
        stored = put(retrieval, "one", texts(30), vectors)
    damage_database(tmp_path / "index" / "gen-000001")
    with opened(tmp_path) as retrieval:
        assert all_found(retrieval, stored, vectors)


def test_privet_can_be_closed_in_the_middle_of_a_build(tmp_path: Path) -> None:
    with opened(tmp_path) as retrieval:
        put(retrieval, "one", texts(1_200), drawn(1_200))
        steps = retrieval.compact(Stop())
        next(steps)
        building = index_of(retrieval)._building
        assert building is not None
        retrieval.close()
        assert building.pid is None
        assert list(steps) == []
        assert generations(tmp_path) == ["gen-000001"]


def test_vectors_of_another_model_are_not_mixed_in(tmp_path: Path) -> None:
    with opened(tmp_path, model="old") as retrieval:
        put(retrieval, "one", texts(5), drawn(5), model="old")
    with opened(tmp_path, model="new") as retrieval:
        list(retrieval.ensure(Stop()))
        assert index_of(retrieval).query(drawn(1)[0], 5) == []
        put(retrieval, "two", texts(3), drawn(3, seed=8), model="new")
        assert len(index_of(retrieval).query(drawn(1)[0], 5) or []) == 3


def test_a_place_that_cannot_be_written_leaves_the_words(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file where the folder should be")
    with opened(tmp_path) as retrieval:
        put(retrieval, "one", ["a needle lies here"], drawn(1))
        (hit,) = retrieval.search("needle", drawn(1)[0], 5)
        assert hit.passage.text == "a needle lies here"
        assert index_of(retrieval).query(drawn(1)[0], 1) is None


def test_the_index_is_made_from_the_vault_alone(tmp_path: Path) -> None:
    vectors = drawn(2_200)
    with opened(tmp_path) as retrieval:
        stored = put(retrieval, "one", texts(2_200), vectors)
    vault = Vault.open(tmp_path, by_passphrase("a passphrase"))
    other = Index(Library(vault), tmp_path / "elsewhere", b"another secret", MODEL)
    try:
        done = [step.done for step in other.compact(Stop())]
        assert done == [1_000, 2_000, 2_200]
        assert nearest(other, vectors[2_199]) == stored.passages[2_199]
    finally:
        other.close()
        vault.close()
