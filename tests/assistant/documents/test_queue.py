"""The order of the files that wait, as a person changes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.queue import Queue, Waiting
from assistant.errors import NotFound
from assistant.vault import Vault
from tests.assistant.vault.opening import by_passphrase

FILES = "abcdef"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """A new vault."""
    with Vault.open(tmp_path_factory.mktemp("vault"), by_passphrase("a passphrase")) as vault:
        yield vault


@pytest.fixture
def queue(vault: Vault) -> Queue:
    """Six files that wait."""
    return filled(vault)


def filled(vault: Vault) -> Queue:
    queue = Queue(vault)
    queue.take_out(*(item.id for item in queue.items()))
    queue.put([Waiting(Path("/", name)) for name in FILES])
    return queue


def order(queue: Queue) -> str:
    return "".join(item.path.name for item in queue.items() if not item.failed)


def ids(queue: Queue, names: str) -> list[int]:
    known = {item.path.name: item.id for item in queue.items()}
    return [known[name] for name in names]


@pytest.mark.parametrize(
    ("names", "to", "wanted"),
    [("c", 0, "cabdef"), ("ec", 0, "ecabdf"), ("ab", 99, "cdefab"), ("fa", 2, "bcfade"), ("bb", 0, "bacdef")],
)
def test_files_are_moved_to_a_place_in_the_order_given(queue: Queue, names: str, to: int, wanted: str) -> None:
    queue.move(ids(queue, names), to)
    assert order(queue) == wanted


@pytest.mark.parametrize(
    ("names", "by", "wanted"),
    [
        ("c", -1, "acbdef"),
        ("c", 1, "abdcef"),
        ("a", -1, "abcdef"),
        ("f", 1, "abcdef"),
        ("bcf", -1, "bcadfe"),
        ("abe", 1, "cabdfe"),
        ("ef", 1, "abcdef"),
        ("ab", -1, "abcdef"),
    ],
)
def test_each_comes_one_place_sooner_or_later(queue: Queue, names: str, by: int, wanted: str) -> None:
    queue.shift(ids(queue, names), by)
    assert order(queue) == wanted


def test_files_are_put_right_before_another(queue: Queue) -> None:
    (d,) = ids(queue, "d")
    queue.put_before(ids(queue, "fb"), d)
    assert order(queue) == "acfbde"
    with pytest.raises(NotFound):
        queue.put_before([d], d)
    assert order(queue) == "acfbde"


def test_what_no_longer_waits_is_passed_over_and_nothing_else_is_moved(queue: Queue) -> None:
    a, c, d = ids(queue, "acd")
    queue.take_out(c)
    queue.fail(d, "It is torn.", "Mend it.")
    queue.move([d, c, a], 99)
    assert order(queue) == "befa"
    with pytest.raises(NotFound):
        queue.move([c], 0)
    with pytest.raises(NotFound):
        queue.shift([c, d], 1)
    with pytest.raises(NotFound):
        queue.put_before([c], a)
    assert order(queue) == "befa"


@given(
    changes=st.lists(
        st.tuples(
            st.sampled_from(("move", "sooner", "later", "before")), st.sets(st.sampled_from(FILES)), st.integers(0, 6)
        ),
        max_size=4,
    )
)
def test_no_file_is_ever_lost_or_doubled(vault: Vault, changes: list[tuple[str, set[str], int]]) -> None:
    queue = filled(vault)
    for how, names, at in changes:
        chosen = ids(queue, "".join(sorted(names)))
        try:
            match how:
                case "move":
                    queue.move(chosen, at)
                case "before":
                    queue.put_before(chosen, ids(queue, FILES[at % 6])[0])
                case _:
                    queue.shift(chosen, -1 if how == "sooner" else 1)
        except NotFound:
            assert not names or how == "before"
        assert sorted(order(queue)) == list(FILES)
