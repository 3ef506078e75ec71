"""The journeys under strace: the kernel hands no process of Privet a network socket, ever."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import EMBEDDED_CHAT
from tests.journeys.papers import facts
from tests.journeys.terminal import Terminal
from tests.sealed.strace import Strace

pytestmark = [
    pytest.mark.sealed,
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="strace is Linux's"),
]

PLANTED = """
import ctypes, sys
if sys.argv[1] == "sealed":
    from assistant.privacy import seal_process
    seal_process()
libc = ctypes.CDLL(None)
for family in (2, 10, 16, 17):
    libc.socket(family, 3 if family in (16, 17) else 1, 0)
"""


@pytest.mark.parametrize(("way", "opened"), [("unsealed", 4), ("sealed", 0)])
def test_the_rig_sees_a_planted_socket_and_the_seal_refuses_it(tmp_path: Path, way: str, opened: int) -> None:
    strace = Strace(tmp_path)
    subprocess.run([*strace.prefix, sys.executable, "-c", PLANTED, way], check=True, timeout=60)
    watched = strace.watched()
    assert len(watched.opened) == opened
    assert len([family for family, _ in watched.sockets if family != "AF_UNIX"]) >= 4


@pytest.mark.model
def test_start_add_ask_and_chat_open_no_network_socket(tmp_path: Path) -> None:
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded models are not there; run make test")
    terminal, strace = Terminal.at(tmp_path), Strace(tmp_path / "strace")
    added = terminal.run("add", str(facts(tmp_path / "estate.pdf")), prefix=strace.prefix)
    assert "1 file is ready" in added.stdout, added.stderr
    asked = terminal.run("ask", "Who planted the hedge at Harrow Lane?", prefix=strace.prefix)
    assert "Ottilie Brandt" in asked.stdout, asked.stderr
    chatted = terminal.run("chat", typed="/model\nHello\n/quit\n", prefix=strace.prefix)
    assert chatted.returncode == 0, chatted.stderr
    watched = strace.watched()
    assert watched.processes > 8  # the programs, their children, all threads
    assert watched.opened == ()
    assert all(result < 0 for result in watched.rings)
