"""Windows' containment is asked for in its order, and a child that it does not hold never runs.

It has not been run on Windows: the bytes are held against its headers, the order against a system that is played.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence

import pytest

from assistant.privacy import jobs
from assistant.privacy.calls import SealError
from assistant.privacy.jobs import Contained, ExtendedLimits

CHILD = Contained("python -I -m assistant.workers", "A=1\0", 1000 << 20, 90, (11, 12))
STEPS = [
    "own_token", "restricted", "set_integrity", "create_job", "set_job", "set_job", "create_process", "assign",
    "resume",
]  # fmt: skip


class Played:
    """A system that notes what it is asked, and refuses the call of number `refused`."""

    def __init__(self, refused: int = -1, held: tuple[bool, bool] = (True, True)) -> None:
        self.asked: list[str] = []
        self.told: dict[str, object] = {}
        self.closed: list[int] = []
        self.killed: list[int] = []
        self._refused = refused
        self._held = held

    def _ask(self, name: str, answer: int, **told: object) -> int:
        if len(self.asked) == self._refused:
            raise OSError(name)
        self.asked.append(name)
        self.told |= told
        return answer

    def own_token(self) -> int:
        return self._ask("own_token", 1)

    def restricted(self, token: int, flags: int, restricting: Sequence[str]) -> int:
        return self._ask("restricted", 2, token_flags=flags, restricting=tuple(restricting))

    def set_integrity(self, token: int, level: str) -> None:
        self._ask("set_integrity", 0, integrity=(token, level))

    def create_job(self) -> int:
        return self._ask("create_job", 3)

    def set_job(self, job: int, kind: int, data: bytes) -> None:
        self._ask("set_job", 0, **{f"job{kind}": data})

    def create_process(self, token: int, child: Contained, flags: int, policy: int, mitigations: int) -> int:
        return self._ask("create_process", 4, process=(token, child), flags=flags, policy=policy)

    def assign(self, job: int, process: int) -> None:
        self._ask("assign", 0, assigned=(job, process))

    def resume(self, process: int) -> None:
        self._ask("resume", 0)

    def terminate(self, process: int) -> None:
        self.killed.append(process)

    def close(self, handle: int) -> None:
        self.closed.append(handle)

    def process_id(self, process: int) -> int:
        return 1000 + process

    def ended(self, process: int) -> int | None:
        return 1 if process in self.killed else None

    def in_job(self) -> bool:
        return self._held[0]

    def token_is_restricted(self) -> bool:
        return self._held[1]


def test_the_structures_are_as_large_as_windows_has_them() -> None:
    if sys.maxsize < 1 << 32:
        pytest.skip("the sizes are those of 64 bits")
    assert ctypes.sizeof(jobs.BasicLimits) == 64
    assert ctypes.sizeof(ExtendedLimits) == 144
    assert ExtendedLimits.ProcessMemoryLimit.offset == 112


def test_the_job_caps_memory_time_and_processes_and_ends_with_its_parent() -> None:
    held = ExtendedLimits.from_buffer_copy(jobs.limits(1000 << 20, 90))
    basic = held.BasicLimitInformation
    assert (held.ProcessMemoryLimit, basic.ActiveProcessLimit) == (1000 << 20, 1)
    assert basic.PerProcessUserTimeLimit == 90 * 10_000_000
    assert basic.LimitFlags == 0x2 | 0x8 | 0x100 | 0x400 | 0x2000
    assert not basic.LimitFlags & (0x800 | 0x1000)  # nothing may break away from it
    free = ExtendedLimits.from_buffer_copy(jobs.limits(0, 0)).BasicLimitInformation
    assert free.LimitFlags == 0x8 | 0x400 | 0x2000  # a cap of 0 would let it have nothing at all


def test_a_child_is_shut_in_before_it_runs() -> None:
    system = Played()
    assert jobs.start(system, CHILD) == (4, 3)
    assert system.asked == STEPS
    assert system.told["restricting"] == ("S-1-1-0", "S-1-5-32-545", "S-1-5-12")
    assert system.told["integrity"] == (2, "S-1-16-4096")
    assert system.told["process"] == (2, CHILD) and system.told["assigned"] == (3, 4)
    assert isinstance(system.told["flags"], int) and system.told["flags"] & jobs.SUSPENDED
    assert system.told["policy"] == jobs.CHILD_PROCESS_RESTRICTED
    assert system.told["job4"] == b"\xff\0\0\0"
    assert system.closed == [1, 2] and system.killed == []


@pytest.mark.parametrize("refused", range(len(STEPS)))
def test_whatever_is_refused_no_child_runs(refused: int) -> None:
    system = Played(refused)
    with pytest.raises(SealError):
        jobs.start(system, CHILD)
    assert system.asked == STEPS[:refused]
    begun = refused > STEPS.index("create_process")
    assert system.killed == ([4] if begun else [])
    assert sorted(system.closed) == sorted(set(system.closed))
    assert (3 in system.closed) == (refused > STEPS.index("create_job"))


@pytest.mark.parametrize("held", [(False, True), (True, False), (False, False)])
def test_a_child_that_is_not_shut_in_ends(held: tuple[bool, bool]) -> None:
    with pytest.raises(SealError):
        jobs.require(Played(held=held))
    jobs.require(Played())
