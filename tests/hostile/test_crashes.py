"""Documents survive kills, failing disks and full ones: run for real.

PRIVET_KILLS=200 kills that often (10 without it), PRIVET_IO_ERRORS=50 lets the disk fail in that many runs (2).
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assistant.documents.made import opened
from tests.hostile import promises
from tests.hostile.crashing import write

pytestmark = pytest.mark.slow

FILES = 8
NAMES = [str(number) for number in range(FILES)]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder of files in their first version."""
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(FILES):
        write(folder, number, 1)
    return folder


@pytest.mark.timeout(7200)
@pytest.mark.parametrize(
    ("kills", "more"),
    [(int(os.environ.get("PRIVET_KILLS", "10")), ()), (int(os.environ.get("PRIVET_KILLS", "10")) // 10, ("--index",))],
    ids=["vault", "index"],
)
def test_nothing_acknowledged_is_lost_by_kills(tmp_path: Path, files: Path, kills: int, more: tuple[str, ...]) -> None:
    home = tmp_path / "home"
    chance = random.Random(kills)
    promises.opens(home)
    took = 4.0
    done = version = 1
    for number in range(kills):
        program = promises.start(home, files, *more)
        time.sleep(chance.uniform(0, took))
        ended = program.poll() is not None
        program.kill()
        said, _ = program.communicate()
        assert promises.broken(home, said.splitlines(), NAMES) == [], f"after kill {number}"
        done += ended
        # Some files change now and then, so that versions are replaced as well.
        version += 1
        for changed in chance.sample(range(FILES), 2):
            write(files, changed, version)
        took = min(12.0, took * 0.9 if ended else took * 1.1)
    said_at_last = promises.finish(home, files, *more)
    assert said_at_last[-1] == "done"
    assert promises.broken(home, said_at_last, NAMES) == []
    with opened(home, index=bool(more)) as now:
        assert len(now.titles()) == FILES and now.documents.status().passages == 0
        assert not more or now.documents.verify()


@pytest.mark.timeout(3600)
@pytest.mark.skipif(shutil.which("fiu-run") is None, reason="fiu-utils is not installed")
@pytest.mark.parametrize("call", ["posix/io/rw/pwrite", "posix/io/sync/fsync", "posix/io/rw/pread"])
def test_a_failing_disk_loses_nothing_that_was_acknowledged(tmp_path: Path, files: Path, call: str) -> None:
    home = tmp_path / "home"
    promises.opens(home)
    failed = 0
    for number in range(int(os.environ.get("PRIVET_IO_ERRORS", "2"))):
        odds = (0.002, 0.01, 0.05)[number % 3]
        prefix = ("fiu-run", "-x", "-c", f"enable_random name={call},probability={odds}")
        program = promises.start(home, files, prefix=prefix)
        said, _ = program.communicate(timeout=280)
        failed += program.returncode != 0
        assert promises.broken(home, said.splitlines(), NAMES) == [], said
        write(files, number % FILES, number + 2)
    assert promises.finish(home, files)[-1] == "done"
    assert promises.broken(home, [], NAMES) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of three megabytes; the test skips where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small file system")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "none", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_stops_the_work_and_room_lets_it_go_on(small_disk: Path, files: Path) -> None:
    home = small_disk / "home"
    promises.opens(home)
    program = promises.start(home, files)
    said, _ = program.communicate(timeout=280)
    lines = said.splitlines()
    assert lines[-1] == "fault DiskFull", lines
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    assert promises.broken(home, lines, NAMES if "queued" in lines else []) == []
    assert promises.finish(home, files)[-1] == "done"
    assert promises.broken(home, [], NAMES) == []
