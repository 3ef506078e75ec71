"""Where a prompt goes on with something that was read at other positions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.child.shift import Shift, find

HEAD = list(range(1000, 1030))
OLD = list(range(2000, 2100))
NEW = list(range(3000, 3200))


def test_the_turns_that_stayed_are_found_behind_those_that_left() -> None:
    assert find(HEAD + OLD + NEW, HEAD + NEW + [7, 8, 9], 64) == Shift(30, 130, 230)


def test_a_prompt_that_only_grew_needs_no_shift() -> None:
    assert find(HEAD + OLD, HEAD + OLD + NEW, 64) is None


def test_what_is_hardly_worth_it_is_not_done() -> None:
    assert find(HEAD + OLD + NEW[:40], HEAD + NEW, 64) is None
    assert find(HEAD + OLD + NEW[:40], HEAD + NEW, 32) is not None


def test_the_longest_of_several_places_is_taken() -> None:
    read = HEAD + OLD + NEW[:20] + OLD + NEW
    found = find(read, HEAD + NEW, 16)
    assert found is not None
    assert found.known == len(HEAD) + len(NEW)


@given(st.lists(st.integers(0, 3), max_size=120), st.lists(st.integers(0, 3), max_size=120), st.integers(16, 40))
def test_after_a_shift_the_cache_holds_what_is_said(read: list[int], wanted: list[int], least: int) -> None:
    found = find(read, wanted, least)
    if found is not None:
        after = read[: found.first] + read[found.last :]
        assert after[: found.known] == wanted[: found.known]
        assert found.known >= found.first + least
        assert found.first < found.last
