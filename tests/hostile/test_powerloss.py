"""The power fails at any moment of a real run: PRIVET_POWER_CUTS=300 moments are tried (12 without it)."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.hostile import powerloss, promises
from tests.hostile.crashing import write
from tests.hostile.powerloss import Call

FILES = 8
NAMES = [str(number) for number in range(FILES)]


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_nothing_acknowledged_is_lost_when_the_power_fails(tmp_path: Path) -> None:
    home, files, before = tmp_path / "home", tmp_path / "files", tmp_path / "before"
    files.mkdir()
    for number in range(FILES):
        write(files, number, 1)
    promises.opens(home)
    half = promises.finish(home, files)  # so that replacing is part of the recorded run
    assert half[-1] == "done"
    for number in range(0, FILES, 2):
        write(files, number, 2)
    shutil.copytree(home, before)
    program = promises.start(home, files, prefix=powerloss.prefix(tmp_path / "trace"))
    said, complaints = program.communicate(timeout=280)
    assert program.returncode == 0, complaints
    asked = powerloss.calls(tmp_path / "trace")
    assert powerloss.said(asked) == said.splitlines()
    writes = [at for at, call in enumerate(asked) if call.name == "pwrite64" and Path(call.path).parent == home]
    assert len(writes) > 100
    chance = random.Random(1)
    hurt = 0
    for number in range(int(os.environ.get("PRIVET_POWER_CUTS", "12"))):
        cut = chance.choice(writes) + chance.randint(1, 3)
        after = tmp_path / f"after {number}"
        hurt += powerloss.lose_power(before, after, asked[:cut], home, chance)
        assert promises.broken(after, powerloss.said(asked[:cut]), NAMES) == [], f"cut {cut}"
        shutil.rmtree(after)
    assert hurt > 0


def test_a_disk_that_lies_is_noticed(tmp_path: Path) -> None:
    """The model itself: what was not forced may be lost, torn or kept; what was forced is there."""
    before = tmp_path / "before"
    before.mkdir()
    (before / "file").write_bytes(b"old")
    name = str(tmp_path / "file")
    asked = [
        Call("pwrite64", name, b"forced", 0),
        Call("fdatasync", name),
        Call("pwrite64", name, b"x" * 2048, 6),
    ]
    seen = set()
    for seed in range(40):
        powerloss.lose_power(before, tmp_path / f"{seed}", asked, tmp_path, random.Random(seed))
        content = (tmp_path / f"{seed}" / "file").read_bytes()
        assert content.startswith(b"forced")
        seen.add(content.count(b"x"))
    assert {0, 2048} <= seen and len(seen) > 3
