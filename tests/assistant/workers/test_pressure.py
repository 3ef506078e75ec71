"""What the kernel says about memory, and a child that it ended for want of it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from assistant.errors import ChildDied, ChildOutOfMemory
from assistant.workers import Child, ChildSpec, pressure

ECHO = "tests.assistant.workers.echo_worker"


def test_the_kernels_count_is_read(tmp_path: Path) -> None:
    vmstat = tmp_path / "vmstat"
    vmstat.write_text("nr_free_pages 7\noom_kill 12\noom_kill_something 4\n")
    assert pressure.kills(vmstat) == 12
    assert pressure.kills(tmp_path / "none") == 0


@pytest.mark.parametrize(
    ("text", "high"),
    [
        ("some avg10=90.00 avg60=1.00\nfull avg10=22.10 avg60=1.00 avg300=0.10 total=7\n", True),
        ("some avg10=90.00 avg60=1.00\nfull avg10=0.40 avg60=1.00 avg300=0.10 total=7\n", False),
        ("full nonsense\n", False),
        ("", False),
    ],
)
def test_a_machine_that_stands_still_is_short_of_memory(tmp_path: Path, text: str, high: bool) -> None:
    place = tmp_path / "memory"
    place.write_text(text)
    assert pressure.high(place) is high


@pytest.mark.parametrize(("killed", "error"), [(1, ChildOutOfMemory), (0, ChildDied)])
def test_a_kill_for_want_of_memory_is_told_from_others(
    monkeypatch: pytest.MonkeyPatch, killed: int, error: type[ChildDied]
) -> None:
    counts = iter((5, 5 + killed))
    monkeypatch.setattr(pressure, "kills", lambda: next(counts))
    monkeypatch.setattr(pressure, "high", lambda: False)
    child = Child(ChildSpec("The echo", ECHO))
    try:
        parts = child.stream("count", {"to": 10_000, "pause": 0.01}, deadline=60)
        next(parts)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(ChildDied) as caught:
            list(parts)
    finally:
        child.close()
    assert type(caught.value) is error
    assert caught.value.signal == signal.SIGKILL
    assert ("memory" in caught.value.what) is bool(killed)
