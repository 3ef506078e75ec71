"""`privet privacy` in the real program: how it stands, and a report that can be checked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the seal is Linux's")


def privet(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "assistant", *arguments], capture_output=True, text=True, timeout=280)


def test_it_says_how_each_layer_stands_and_who_may_read_what(home: Path) -> None:
    (home / "data").mkdir(parents=True, mode=0o755)
    (home / "data").chmod(0o755)
    done = privet("privacy", "--json")
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert [layer["name"] for layer in seen["layers"] if layer["mandatory"] and layer["state"] != "holds"] == []
    assert seen["processes"][0]["network_sockets"] == 0
    assert seen["processes"][0]["filtered"] is True
    data = next(one for one in seen["places"] if one["name"] == "data")
    assert data["private"] is False and "everyone" in data["readers"]
    assert "LOOK" in privet("privacy").stdout


def test_an_empty_network_is_said_to_be_one_or_why_not(home: Path) -> None:
    done = privet("--empty-network", "privacy", "--json")
    layer = next(one for one in json.loads(done.stdout)["layers"] if one["name"] == "Empty network")
    assert (layer["state"] == "holds") != ("does not allow an empty network" in done.stderr)


@pytest.mark.slow
def test_it_proves_itself_and_a_changed_report_is_noticed(home: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    done = privet("privacy", "prove", "--report", str(report))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "none got out" in done.stdout
    assert privet("privacy", "verify", str(report)).returncode == 0
    report.write_text(report.read_text(encoding="utf-8").replace("none got out", "one got out"), encoding="utf-8")
    assert privet("privacy", "verify", str(report)).returncode == 1


def test_a_report_that_can_t_be_written_is_said_before_the_work(home: Path, tmp_path: Path) -> None:
    done = privet("privacy", "prove", "--report", str(tmp_path / "nowhere" / "report.txt"))
    assert done.returncode == 1
    assert "can't be written" in done.stderr
    assert done.stdout == ""
