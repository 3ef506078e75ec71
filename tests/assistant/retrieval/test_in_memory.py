"""High protection: the index in memory alone, built at each start and after its child died, never on the disk."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from assistant.retrieval import Retrieval
from assistant.values import Stop
from assistant.vault import Vault
from tests.assistant.retrieval.made import MODEL, drawn, opened, put
from tests.assistant.retrieval.test_index import all_found, index_of, texts
from tests.assistant.vault.opening import by_passphrase

pytestmark = pytest.mark.slow


@contextmanager
def protected(folder: Path) -> Iterator[Retrieval]:
    """A retrieval with high protection, as one run of Privet has it."""
    vault = Vault.open(folder, by_passphrase("a passphrase"))
    retrieval = Retrieval(vault, folder / "index", MODEL, in_memory=True)
    try:
        yield retrieval
    finally:
        retrieval.close()
        vault.close()


def files_of(pid: int) -> list[str]:
    """The files that a process holds open for writing."""
    return [file.path for file in psutil.Process(pid).open_files() if getattr(file, "mode", "r") != "r"]


def test_it_is_built_at_the_start_and_leaves_nothing_on_the_disk(tmp_path: Path) -> None:
    vectors = drawn(60)
    with opened(tmp_path) as retrieval:  # as before, on the disk
        first = put(retrieval, "one", texts(30), vectors[:30])
        assert list((tmp_path / "index").iterdir()) != []
    with protected(tmp_path) as retrieval:
        assert [step.done for step in retrieval.ensure(Stop())] == [30]
        assert list((tmp_path / "index").iterdir()) == []
        second = put(retrieval, "two", texts(30, "other"), vectors[30:])
        assert all_found(retrieval, first, vectors[:30]) and all_found(retrieval, second, vectors[30:])
        pid = index_of(retrieval).pid
        assert pid is not None and files_of(pid) == []
        os.kill(pid, signal.SIGKILL)
        assert all_found(retrieval, second, vectors[30:])  # built again when it was asked for
        retrieval.remove(first.document.id)
        list(retrieval.compact(Stop()))
        assert all_found(retrieval, second, vectors[30:])
        assert index_of(retrieval).query(vectors[0], 60) is not None
        assert list((tmp_path / "index").iterdir()) == []
    with opened(tmp_path) as retrieval:  # and back
        list(retrieval.ensure(Stop()))
        assert all_found(retrieval, second, vectors[30:])
        assert list((tmp_path / "index").iterdir()) != []


def test_without_documents_no_child_is_started(tmp_path: Path) -> None:
    with protected(tmp_path) as retrieval:
        assert list(retrieval.ensure(Stop())) == []
        assert index_of(retrieval).query(drawn(1)[0], 5) == []
        assert index_of(retrieval).pid is None


@pytest.mark.skipif("PRIVET_INDEX_PASSAGES" not in os.environ, reason="PRIVET_INDEX_PASSAGES says of how many passages")
def test_time_and_memory_of_many_passages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = int(os.environ["PRIVET_INDEX_PASSAGES"])
    with opened(tmp_path) as retrieval:
        for at in range(0, count, 5_000):
            some = min(5_000, count - at)
            put(retrieval, str(at), texts(some), _drawn(some, at))
    shutil.rmtree(tmp_path / "index", ignore_errors=True)
    vault = Vault.open(tmp_path, by_passphrase("a passphrase"))
    for in_memory in (False, True):
        retrieval = Retrieval(vault, tmp_path / "index", MODEL, in_memory=in_memory)
        began = time.monotonic()
        for _ in retrieval.ensure(Stop()):
            pass
        took, pid = time.monotonic() - began, index_of(retrieval).pid
        assert pid is not None and retrieval.count() == count
        memory = psutil.Process(pid).memory_info().rss / 1e6
        with capsys.disabled():
            print(f"\n{'memory' if in_memory else 'disk'}: {count} passages in {took:.1f} s, child {memory:.0f} MB")
        retrieval.close()
    vault.close()


def _drawn(count: int, seed: int) -> list[bytes]:
    import numpy

    rows = numpy.random.default_rng(seed).standard_normal((count, 384)).astype("<f4")
    rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
    return [row.tobytes() for row in rows]
