"""An alarm calls when it is due, when it is rung, and not after it was closed."""

from __future__ import annotations

import threading

import pytest

from assistant.errors import Bug
from assistant.workers import Alarm


class Work:
    """Answers from a list, and counts."""

    def __init__(self, *answers: float | None) -> None:
        self.answers = list(answers)
        self.called = threading.Semaphore(0)

    def __call__(self) -> float | None:
        self.called.release()
        return self.answers.pop(0) if self.answers else None


def test_it_is_called_when_rung_and_again_when_it_said() -> None:
    work = Work(0.01, 0.01)
    alarm = Alarm("test", work)
    assert not work.called.acquire(timeout=0.05)
    alarm.ring()
    for _ in range(3):
        assert work.called.acquire(timeout=5)
    assert not work.called.acquire(timeout=0.05)
    alarm.ring()
    assert work.called.acquire(timeout=5)
    alarm.close()


def test_closing_ends_the_thread_and_ringing_does_nothing_then() -> None:
    work = Work(60.0)
    alarm = Alarm("a thread of this test", work)
    alarm.ring()
    assert work.called.acquire(timeout=5)
    alarm.close()
    alarm.close()
    assert "a thread of this test" not in [thread.name for thread in threading.enumerate()]
    alarm.ring()
    assert not work.called.acquire(timeout=0.05)


def test_a_complaint_is_logged_and_the_alarm_lives_on(caplog: pytest.LogCaptureFixture) -> None:
    called = threading.Semaphore(0)

    def work() -> float | None:
        called.release()
        raise Bug("something secret")

    alarm = Alarm("test", work)
    alarm.ring()
    assert called.acquire(timeout=5)
    alarm.ring()
    assert called.acquire(timeout=5)
    alarm.close()
    assert "Bug" in caplog.text
    assert "secret" not in caplog.text
