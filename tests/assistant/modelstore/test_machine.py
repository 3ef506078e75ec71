"""The machine is read from what the system says, and its memory is measured once."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.modelstore import machine
from assistant.modelstore.bandwidth import measure_bandwidth
from assistant.settings import Folders
from assistant.values import Device


def test_the_instructions_are_those_of_the_first_processor(tmp_path: Path) -> None:
    place = tmp_path / "cpuinfo"
    place.write_text("processor : 0\nflags\t\t: fpu avx avx2 fma f16c avx512f avx512_vnni sse\n\nflags : none\n")
    assert machine.instructions(place) == {"avx", "avx2", "fma", "f16c", "avx512f", "avx512_vnni"}
    place.write_text("Features : fp asimd asimddp i8mm\n")
    assert machine.instructions(place) == {"neon", "dotprod", "i8mm"}
    assert machine.instructions(tmp_path / "none") == frozenset()


def test_the_tightest_control_group_counts(tmp_path: Path) -> None:
    own = tmp_path / "cgroup"
    own.write_text("0::/user.slice/app\n")
    inner = tmp_path / "fs" / "user.slice" / "app"
    inner.mkdir(parents=True)
    assert machine.cgroup_limit(tmp_path / "fs", own) is None
    (inner / "memory.max").write_text("max\n")
    (inner.parent / "memory.max").write_text("4000000000\n")
    assert machine.cgroup_limit(tmp_path / "fs", own) == 4_000_000_000
    (inner / "memory.max").write_text("2000000000\n")
    assert machine.cgroup_limit(tmp_path / "fs", own) == 2_000_000_000
    (tmp_path / "fs" / "memory").mkdir()
    (tmp_path / "fs" / "memory" / "memory.limit_in_bytes").write_text("1000000000\n")
    assert machine.cgroup_limit(tmp_path / "fs", tmp_path / "none") == 1_000_000_000


def test_this_machine_is_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def measure(cores: int) -> float:
        asked.append(cores)
        return 5e10

    monkeypatch.setattr(machine, "measure_bandwidth", measure)
    folders = Folders.inside(tmp_path)
    card = Device("card", 8, 8)
    seen = machine.read_machine(folders, [card])
    assert 1 <= seen.cores <= seen.threads
    assert 0 < seen.available <= seen.memory
    assert (seen.bandwidth, seen.devices) == (5e10, (card,))
    assert seen.disk > 0
    again = machine.read_machine(folders)
    assert (again.bandwidth, asked) == (5e10, [seen.cores])
    (folders.cache / "machine.json").write_text('{"processor": "another", "cores": 4, "bandwidth": 1e12}')
    assert machine.read_machine(folders, measure=False).bandwidth is None


def test_the_memory_of_this_machine_is_measured() -> None:
    rate = measure_bandwidth(1)
    assert rate is not None
    assert 1e9 < rate < 2e12
