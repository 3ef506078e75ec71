"""Chats with branches in the real window: no turn is lost, no version is the wrong one, the meter is right, and what
was read before is not read again.

PRIVET_CHAT_TURNS=20 has that many turns in each of five chats; a few in two without it. PRIVET_SEED: another course.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

pytestmark = [pytest.mark.model, pytest.mark.slow]

MARK = "Wintergreen"
"""In every question of theirs."""
TURNS = int(os.environ.get("PRIVET_CHAT_TURNS", "0"))


@pytest.mark.timeout(1200)
def test_nothing_is_lost_between_chats_and_branches_and_no_word_is_on_the_disk(
    home: Path, embedded_chat: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = ["5", str(TURNS)] if TURNS else ["2", "5"]
    ran = subprocess.run(
        [sys.executable, "-m", "tests.journeys.branching", *counts, os.environ.get("PRIVET_SEED", "3")],
        cwd=PROJECT,
        env=os.environ | {"PRIVET_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=1100,
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout.splitlines()[-1])
    assert said["wrong"] == []
    assert {"ask", "edit", "again", "version"} <= set(said["done"])
    # All of what was read before but for stretches that are sooner read again than copied.
    assert said["cached"] > 0.7 * said["common"]
    states = list((home / "cache" / "states").iterdir())
    assert states, "nothing was saved"
    for file in home.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert MARK.encode() not in content and MARK.encode("utf-16-le") not in content, file
    with capsys.disabled():
        if TURNS:
            print(f"\n{said}; {len(states)} states searched")
