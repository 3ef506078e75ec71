"""How long a wrong passphrase has to wait, whatever the clock and the file say."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.vault.tries import Tries


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_waits_grow_to_a_minute_and_pass(tmp_path: Path) -> None:
    clock = Clock()
    waits = []
    for _ in range(12):
        tries = Tries(tmp_path, clock)  # each time a new start
        waits.append(tries.wait)
        tries.begin()
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    clock.now += 59
    assert Tries(tmp_path, clock).wait == 1
    clock.now += 2
    assert Tries(tmp_path, clock).wait == 0


@pytest.mark.parametrize("jump", [-10.0, -1e9])
def test_a_clock_set_back_begins_the_wait_anew_and_never_locks_out(tmp_path: Path, jump: float) -> None:
    clock = Clock()
    for _ in range(4):
        Tries(tmp_path, clock).begin()
    clock.now += jump
    assert Tries(tmp_path, clock).wait == 2


@pytest.mark.parametrize("content", [b"", b"{", b'{"failed": "x"}', b'{"failed": 1e999, "at": 0}', b"[]", b"\xff"])
def test_a_file_that_somebody_was_at_counts_as_three_wrong_ones(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tries.json").write_bytes(content)
    assert Tries(tmp_path, Clock()).wait == 1


def test_a_right_one_begins_anew(tmp_path: Path) -> None:
    tries = Tries(tmp_path)
    for _ in range(5):
        tries.begin()
    tries.succeed()
    assert Tries(tmp_path).wait == 0
