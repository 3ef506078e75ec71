"""One at a time, and who is in no hurry sees that somebody waits."""

from __future__ import annotations

import threading

from assistant.engine.turns import GivingWay, Turns
from assistant.values import Stop


def test_a_turn_is_had_by_one_and_given_back() -> None:
    turns = Turns()
    with turns.taken() as first:
        assert first
        with turns.taken(0.01) as second:
            assert not second
    with turns.taken(0) as third:
        assert third


def test_an_error_gives_the_turn_back() -> None:
    turns = Turns()
    try:
        with turns.taken():
            raise KeyError
    except KeyError:
        pass
    with turns.taken(0) as taken:
        assert taken


def test_who_waits_is_seen_and_given_way_to() -> None:
    turns = Turns()
    giving_way = GivingWay(turns)
    entered = threading.Event()

    def other() -> None:
        with turns.taken():
            entered.set()

    waiting = threading.Thread(target=other)
    with turns.taken():
        assert not giving_way.requested
        waiting.start()
        for _ in range(500):
            if giving_way.requested:
                break
            entered.wait(0.01)
        assert giving_way.requested
        assert not entered.is_set()
    waiting.join(5)
    assert entered.is_set()
    assert not giving_way.requested


def test_giving_way_ends_with_its_person_and_its_time() -> None:
    asked = Stop()
    assert GivingWay(Turns(), seconds=0).requested
    stop = GivingWay(Turns(), asked)
    assert not stop.requested
    asked.set()
    assert stop.requested
