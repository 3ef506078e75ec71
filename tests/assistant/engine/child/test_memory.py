"""Prefixes are found, the least recently used leave first, and nothing goes over the capacity."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.child.memory import PrefixMemory
from assistant.engine.prefix import common_prefix

tokens = st.lists(st.integers(0, 3), max_size=40)


@given(tokens, tokens)
def test_the_common_prefix_is_the_longest(one: list[int], other: list[int]) -> None:
    length = common_prefix(one, other)
    assert one[:length] == other[:length]
    assert length == min(len(one), len(other)) or one[length] != other[length]


def test_the_longest_beginning_is_found() -> None:
    memory = PrefixMemory(100)
    memory.keep([1, 2, 3, 4], bytearray(b"long"))
    memory.keep([1, 9], bytearray(b"short"))
    kept, length = memory.best([1, 2, 3, 7])
    assert kept is not None
    assert (kept.state, length) == (bytearray(b"long"), 3)
    assert memory.best([5]) == (None, 0)


def test_a_longer_state_takes_the_place_of_its_beginning() -> None:
    memory = PrefixMemory(100)
    memory.keep(range(70), bytearray(b"begin"))
    memory.keep(range(90), bytearray(b"whole"))
    assert memory.size == len(b"whole")
    assert memory.holds(range(80))
    assert not memory.holds(range(95))


def test_what_is_used_stays_and_what_is_not_leaves() -> None:
    memory = PrefixMemory(8)
    memory.keep([1, 1], bytearray(b"aaaa"))
    memory.keep([2, 2], bytearray(b"bbbb"))
    kept, _ = memory.best([1, 1])
    assert kept is not None
    memory.use(kept)
    memory.keep([3, 3], bytearray(b"cccc"))
    assert memory.best([1, 1])[1] == 2
    assert memory.best([2, 2])[1] == 0


@given(st.lists(st.tuples(tokens, st.integers(0, 30)), max_size=20), st.integers(0, 60))
def test_the_capacity_holds(kept: list[tuple[list[int], int]], capacity: int) -> None:
    memory = PrefixMemory(capacity)
    for one, size in kept:
        memory.keep(one, bytearray(size))
        assert memory.size <= capacity


def test_a_state_that_lost_its_room_before_it_was_used_is_not_taken_back() -> None:
    memory = PrefixMemory(8)
    memory.keep([1, 2, 3], bytearray(8))
    found, _ = memory.best([1, 2, 3, 4])
    assert found is not None
    memory.keep([7, 8, 9], bytearray(8))
    memory.use(found)
    assert [kept.tokens for kept in memory] == [(7, 8, 9)]
