"""The vault when the power fails, the disk refuses, the process is killed, the folder goes: nothing kept is lost.

PRIVET_POWER_CUTS and PRIVET_KILLS say how many cuts and kills are tried; a few where they are not set.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.errors import PrivetError, VaultDamaged, VaultFault
from assistant.vault import Vault
from tests.assistant.vault import power
from tests.assistant.vault.opening import open_vault
from tests.assistant.vault.test_vault import PROJECT

CUTS = int(os.environ.get("PRIVET_POWER_CUTS", "25"))
KILLS = int(os.environ.get("PRIVET_KILLS", "3"))
SEED = int(os.environ.get("PRIVET_SEED", "0"))


def pairs(vault: Vault) -> set[int]:
    """The numbers of the transactions that are there; each wrote two rows, and none may be there by half."""
    with vault.read() as connection:
        rows = connection.execute("SELECT key, value FROM meta WHERE key LIKE 'n%' OR key LIKE 'm%'").fetchall()
    left, right = ({int(key[1:]) for key, _ in rows if key[0] == letter} for letter in "nm")
    assert left == right
    assert all(value == f"{key[1:]}:" + "x" * (37 * int(key[1:]) % 9000) for key, value in rows)
    return left


def sound(folder: Path, acknowledged: set[int]) -> None:
    """Open what is left, and look whether all that was acknowledged is there."""
    with open_vault(folder) as vault:
        found = pairs(vault)
        assert acknowledged <= found, sorted(acknowledged - found)
        assert vault.file_check()


def said(ops: list[power.Op]) -> set[int]:
    return {int(line) for op in ops if op.what == "say" for line in op.data.split() if line.isdigit()}


def command(program: str, folder: Path) -> list[str]:
    return [sys.executable, "-c", f"from tests.assistant.vault import writing; writing.{program}({str(folder)!r})"]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[power.Op]]:
    """A run from the first start over writes, checkpoints, other keys and a closing, recorded."""
    if not power.can_record():
        pytest.skip("strace is not there or may not trace")
    place = tmp_path_factory.mktemp("recorded")
    return place / "data", power.record(command("a_life", place / "data"), place / "data", place / "trace", PROJECT)


def test_after_a_power_cut_all_that_was_acknowledged_is_there(
    recorded: tuple[Path, list[power.Op]], tmp_path: Path
) -> None:
    folder, ops = recorded
    assert len(said(ops)) == 60 and sum(op.what == "sync" for op in ops) > 60
    chance = random.Random(SEED)
    cuts = sorted(chance.choices(range(len(ops)), k=CUTS))
    disk, done, lost = power.Disk(folder), 0, 0
    for number, cut in enumerate(cuts):
        for op in ops[done:cut]:
            disk.do(op)
        done = cut
        disk.cut(tmp_path / str(number), chance)
        lost += not opens_or_was_never_made(tmp_path / str(number), said(ops[:cut]))
        shutil.rmtree(tmp_path / str(number))
    assert lost == 0


def opens_or_was_never_made(folder: Path, acknowledged: set[int]) -> bool:
    try:
        sound(folder, acknowledged)
    except VaultDamaged:
        raise
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("call", ["pwrite64", "fdatasync,fsync", "ftruncate"])
def test_a_disk_that_refuses_is_said_in_a_sentence_and_loses_nothing(tmp_path: Path, call: str, error: str) -> None:
    if not power.can_record():
        pytest.skip("strace is not there or may not trace")
    open_vault(tmp_path / "data").close()
    chance = random.Random(f"{SEED}{call}{error}")
    places = [f"-P{tmp_path / 'data' / name}" for name in ("vault.db", "vault.db-wal", "keys.json.tmp")]
    when = chance.randint(2, 12)
    done = subprocess.run(
        ["strace", "-f", "-o", "/dev/null", *places, f"-etrace={call}", f"-einject={call}:error={error}:when={when}+5",
         *command("some_writes", tmp_path / "data")],
        cwd=PROJECT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr[-2000:]
    lines = done.stdout.splitlines()
    sound(tmp_path / "data", {int(line) for line in lines if line.isdigit()})
    faults = [line for line in lines if not line.isdigit()]
    assert all(fault.startswith(("DiskFull: ", "VaultFault: ", "VaultDamaged: ")) for fault in faults), faults
    assert faults or call == "ftruncate"


def test_killed_at_any_moment_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    acknowledged: set[int] = set()
    for _ in range(KILLS):
        with subprocess.Popen(
            command("many_lives", tmp_path / "data"), cwd=PROJECT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
        ) as child:
            assert child.stdout is not None
            first = child.stdout.readline()  # from here on it is at it
            time.sleep(chance.uniform(0, 1.5))
            child.kill()
            rest = child.stdout.read()
        # A line that was cut off by the kill acknowledges nothing.
        whole = (first + rest)[: (first + rest).rfind(b"\n") + 1]
        acknowledged |= {int(line) for line in whole.split() if line.isdigit()}
        sound(tmp_path / "data", acknowledged)
    assert len(acknowledged) > KILLS


def test_a_folder_that_vanishes_is_said_and_what_was_kept_is_there_when_it_comes_back(tmp_path: Path) -> None:
    vault = open_vault(tmp_path / "data")
    with vault.write() as connection:
        connection.execute("INSERT INTO meta VALUES ('n1', '1:'), ('m1', '1:')")
        connection.execute("UPDATE meta SET value = '1:' || ?", ("x" * 37,))
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    with pytest.raises(VaultFault), vault.write() as connection:
        connection.execute("INSERT INTO meta VALUES ('n2', '')")
    with pytest.raises(PrivetError):
        vault.back_up(tmp_path / "backup.privet")
    with pytest.raises(PrivetError):
        vault.ways.new_recovery_key()
    vault.close()
    assert not (tmp_path / "data" / "vault.db").exists()
    sound(tmp_path / "elsewhere", {1})
