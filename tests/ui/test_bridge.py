"""Tests of the bridge: work runs elsewhere, its events come back here, in order and whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from assistant.errors import Bug, DiskFull, PrivetError, Stopped
from assistant.values import Stop
from tests.ui.conftest import WaitUntil
from ui.bridge import Bridge, Lane, Question


@pytest.fixture
def bridge(wait_until: WaitUntil) -> Iterator[Bridge]:
    bridge = Bridge()
    yield bridge
    bridge.stop_all()
    wait_until(lambda: not bridge.busy)
    bridge.close()


def no_fault(error: PrivetError) -> None:
    raise AssertionError(error)


def test_work_runs_off_the_windows_thread_and_its_result_comes_back_on_it(
    bridge: Bridge, wait_until: WaitUntil
) -> None:
    seen: list[tuple[threading.Thread, threading.Thread]] = []
    bridge.call(threading.current_thread, lambda worker: seen.append((worker, threading.current_thread())), no_fault)
    wait_until(lambda: seen)
    worker, receiver = seen[0]
    assert receiver is threading.main_thread()
    assert worker is not receiver


def test_events_come_in_order_and_the_end_comes_last(bridge: Bridge, wait_until: WaitUntil) -> None:
    seen: list[object] = []
    bridge.stream(lambda stop: range(2000), seen.append, no_fault, lambda: seen.append("end"), Lane.ANSWER)
    wait_until(lambda: "end" in seen)
    assert seen == [*range(2000), "end"]


def test_an_error_comes_after_the_events_before_it(bridge: Bridge, wait_until: WaitUntil) -> None:
    seen: list[object] = []

    def work(stop: Stop) -> Iterator[int]:
        yield 1
        raise DiskFull("The disk is full.", "Free some room.")

    bridge.stream(work, seen.append, lambda error: seen.append(error.what), lambda: seen.append("end"), Lane.ANSWER)
    wait_until(lambda: "end" in seen)
    assert seen == [1, "The disk is full.", "end"]


def test_being_stopped_is_an_end_and_no_error(bridge: Bridge, wait_until: WaitUntil) -> None:
    seen: list[object] = []

    def work(stop: Stop) -> Iterator[int]:
        while not stop.requested:
            yield 1
        raise Stopped

    task = bridge.stream(work, lambda event: None, seen.append, lambda: seen.append("end"), Lane.ANSWER)
    task.stop.set()
    wait_until(lambda: seen)
    assert seen == ["end"]


def test_a_stranger_among_the_exceptions_is_told_as_our_mistake(bridge: Bridge, wait_until: WaitUntil) -> None:
    seen: list[PrivetError] = []
    bridge.call(lambda: 1 // 0, lambda result: None, seen.append)
    wait_until(lambda: seen)
    assert isinstance(seen[0], Bug)
    assert "ZeroDivisionError" in seen[0].what


def test_work_can_ask_the_person_and_wait(bridge: Bridge, wait_until: WaitUntil) -> None:
    answers: list[str | None] = []
    question: Question[str, str] = bridge.question(lambda request, answer: answer(f"{request}!"))
    bridge.call(lambda: question("who"), answers.append, no_fault)
    wait_until(lambda: answers)
    assert answers == ["who!"]


def test_a_question_that_is_withdrawn_is_answered_with_nothing(bridge: Bridge, wait_until: WaitUntil) -> None:
    answers: list[object] = []
    shown: list[object] = []
    question: Question[str, str] = bridge.question(lambda request, answer: shown.append(request))
    bridge.call(lambda: question("who"), answers.append, no_fault)
    wait_until(lambda: shown)
    question.withdraw()
    wait_until(lambda: answers)
    assert answers == [None]


def test_a_letter_that_raises_does_not_hold_up_the_next(
    bridge: Bridge, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    monkeypatch.setattr("sys.excepthook", lambda kind, error, trace: seen.append(kind))
    empty: dict[str, None] = {}
    bridge.mailbox.post(lambda: empty["nothing"])
    bridge.mailbox.post(lambda: seen.append("next"))
    wait_until(lambda: "next" in seen)
    assert seen == [KeyError, "next"]
