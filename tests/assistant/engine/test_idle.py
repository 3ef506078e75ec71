"""Pauses: each step once a pause, in order, and never while somebody asks."""

from __future__ import annotations

from collections.abc import Callable

from assistant.engine.idle import Idle


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def idle() -> tuple[Idle, Clock, list[str]]:
    clock, done = Clock(), list[str]()

    def step(name: str) -> Callable[[], None]:
        return lambda: done.append(name)

    return Idle([(15, step("save")), (600, step("unload"))], clock), clock, done


def test_nothing_is_due_before_the_first_request() -> None:
    pauses, clock, done = idle()
    clock.now += 10_000
    assert pauses.due() is None
    assert done == []


def test_each_step_comes_once_a_pause() -> None:
    pauses, clock, done = idle()
    pauses.begin()
    pauses.end()
    assert pauses.due() == 15
    clock.now += 15
    assert pauses.due() == 585
    clock.now += 585
    assert pauses.due() is None
    clock.now += 10_000
    assert pauses.due() is None
    assert done == ["save", "unload"]
    pauses.begin()
    pauses.end()
    clock.now += 20
    pauses.due()
    assert done == ["save", "unload", "save"]


def test_a_request_is_no_pause_however_long_it_takes() -> None:
    pauses, clock, done = idle()
    pauses.begin()
    pauses.begin()
    pauses.end()
    clock.now += 10_000
    assert pauses.due() is None
    assert done == []
    pauses.end()
    assert pauses.due() == 15


def test_what_was_missed_comes_in_order() -> None:
    pauses, clock, done = idle()
    pauses.begin()
    pauses.end()
    clock.now += 10_000
    pauses.due()
    assert done == ["save", "unload"]
