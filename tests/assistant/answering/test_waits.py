"""The wait that is told comes close to what answers took before, whatever the machine."""

from __future__ import annotations

from typing import cast

import pytest

from assistant.answering.waits import Waits
from assistant.answering.written import Written
from assistant.conversations import Conversations
from assistant.values import FinishReason, Generated, Speed, TurnId

SPEED = Speed(read=400.0, write=80.0)


def answer(unread: int, read: float, first: float, search: float = 0.0, cached: int = 500) -> Written:
    """An answer to a prompt of which `cached` tokens were known and `unread` were read."""
    written = Written(cast(Conversations, None), TurnId(1), 0.0, retrieval_seconds=search, first_token_seconds=first)
    written.end(Generated(FinishReason.COMPLETE, cached + unread, cached, 20, read, 0.2))
    return written


def test_before_anything_was_answered_the_measured_speed_is_what_there_is() -> None:
    assert Waits().first_word(1000, 500, SPEED, documents=False) == pytest.approx(999 / 400 + 1 / 80, abs=0.02)


@pytest.mark.parametrize(("unread", "seconds"), [(1, 0.02), (20, 0.1), (200, 0.9), (1500, 6.0)])
def test_what_answers_took_is_told_for_the_next_of_that_length(unread: int, seconds: float) -> None:
    waits = Waits()
    for _ in range(5):
        waits.answered(answer(unread, seconds, seconds + 0.03), 0, 0.0, SPEED)
    assert waits.first_word(unread, 500, SPEED, documents=False) == pytest.approx(seconds + 0.03, rel=0.02)


def test_short_and_long_ones_are_learnt_apart() -> None:
    waits = Waits()
    before = waits.first_word(1500, 500, SPEED, documents=False)
    for _ in range(5):
        waits.answered(answer(20, 0.6, 0.61), 0, 0.0, SPEED)
    assert waits.first_word(1500, 500, SPEED, documents=False) == pytest.approx(before, abs=0.01)


@pytest.mark.parametrize("twice", [700, 2500, 20_000])
def test_how_much_longer_reading_takes_deep_in_a_window_is_learned(twice: int) -> None:
    def reading(unread: int, cached: int) -> float:
        """Half a millisecond for each token at the beginning, twice that at `twice`."""
        return 0.0005 * unread * (1 + (cached + unread / 2) / twice)

    waits = Waits()
    for unread, cached in ((240, 0), (800, 30), (240, 800), (800, 1000), (300, 1900)):
        seconds = reading(unread - 1, cached) + 1 / SPEED.write
        waits.answered(answer(unread, seconds, seconds, cached=cached), 0, 0.0, SPEED)
    for unread, cached in ((1500, 0), (200, 3000), (3000, 0)):
        seconds = reading(unread - 1, cached) + 1 / SPEED.write
        assert waits.first_word(unread, cached, SPEED, documents=False) == pytest.approx(seconds, rel=0.15)


def test_another_model_is_learned_anew() -> None:
    waits = Waits()
    waits.begin("one")
    before = waits.first_word(1000, 0, SPEED, documents=False)
    for _ in range(5):
        waits.answered(answer(1000, 20.0, 20.0), 0, 0.0, SPEED)
        waits.answered(answer(20, 2.0, 2.0), 0, 0.0, SPEED)
    assert waits.first_word(1000, 0, SPEED, documents=False) > 2 * before
    waits.begin("another")
    assert waits.first_word(1000, 0, SPEED, documents=False) == pytest.approx(before, abs=0.02)


def test_a_machine_that_has_become_slower_is_followed_soon() -> None:
    waits = Waits()
    waits.answered(answer(1000, 2.0, 2.0), 0, 0.0, SPEED)
    for _ in range(5):
        waits.answered(answer(1000, 4.0, 4.0), 0, 0.0, SPEED)
    assert waits.first_word(1000, 500, SPEED, documents=False) == pytest.approx(4.0, rel=0.1)


def test_one_answer_that_was_held_up_misleads_nobody() -> None:
    waits = Waits()
    for seconds in (2.0, 2.0, 9.0, 2.0):
        waits.answered(answer(1000, seconds, seconds), 0, 0.0, SPEED)
    assert waits.first_word(1000, 500, SPEED, documents=False) == pytest.approx(2.0, rel=0.05)


def test_the_search_counts_only_where_one_is_made() -> None:
    waits = Waits()
    for _ in range(5):
        waits.answered(answer(900, 2.0, 2.5, search=0.5), 800, 400.0, SPEED)
    with_search, without = (waits.first_word(900, 500, SPEED, documents=documents) for documents in (True, False))
    assert with_search - without == pytest.approx(0.5)
    assert waits.passages(400.0) == 800


def test_an_answer_without_a_word_teaches_nothing() -> None:
    waits, told = Waits(), Waits().first_word(900, 500, SPEED, documents=True)
    dead = answer(900, 9.0, 9.0)
    dead.first_token_seconds = None
    waits.answered(dead, 0, 0.0, None)
    assert waits.first_word(900, 500, SPEED, documents=True) == told
