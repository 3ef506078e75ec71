"""The main job in the real window, under strace, with the real models; the engine's child is killed on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EMBEDDED_CHAT
from tests.journeys.papers import facts
from tests.sealed import rig
from tests.sealed.strace import Strace
from tests.sealed.test_sealed import PAGE

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.sealed]


def test_chat_stop_kill_drop_ask_without_a_network_socket(tmp_path: Path) -> None:
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded models are not there; run make test")
    strace, home, counted = Strace(tmp_path / "strace"), tmp_path / "home", tmp_path / "packets.json"
    page = tmp_path / "gate.md"
    page.write_text(PAGE, encoding="utf-8")
    done = subprocess.run(
        [
            *rig.prefix(counted),
            *strace.prefix,
            sys.executable,
            "-m",
            "tests.journeys.window",
            str(facts(tmp_path / "estate.pdf")),
            str(page),
        ],
        env=os.environ | {"PRIVET_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["chat"]["answer"]
    assert seen["stopped"]["answer"]
    assert seen["asks_documents"] is True
    assert seen["document"]["sources"][0] == 1
    assert seen["document"]["answer"]
    assert "I found nothing about this in your documents." in seen["nothing"]["answer"]
    assert seen["heavy"] == []
    states = [state for role, _, state, _ in seen["turns"] if role == "assistant"]
    assert states[1:] == ["stopped", "interrupted", "complete", "complete", "complete"]
    assert "privet-planted" in seen["planted"]["answer"]  # it is on the screen, and that is all
    killed = [turn for turn in seen["turns"] if turn[2] == "interrupted"]
    assert len(killed) == 1
    assert len(killed[0][1]) > 20
    assert killed[0][3] == "The language model ended unexpectedly (SIGKILL)."
    watched = strace.watched()
    assert watched.processes > 5
    assert watched.opened == ()
    assert rig.packets(counted) == 0
    assert watched.outside(home) == set()
    assert {name for name in watched.named if "privet-planted" in name} == set()
