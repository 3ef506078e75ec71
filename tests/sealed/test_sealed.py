"""The journeys while the kernel is watched: no packet, no network socket, no file outside, no name from a document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.assistant.rights import exports
from tests.conftest import EMBEDDED_CHAT
from tests.journeys.papers import facts
from tests.journeys.terminal import Terminal
from tests.sealed import rig
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

SENT = """
import socket, sys
if sys.argv[1] == "sealed":
    from assistant.privacy import seal_process
    seal_process()
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"planted", ("192.0.2.1", 9))
except PermissionError:
    assert sys.argv[1] == "sealed"
"""
PAGE = """# The gate

The gate at Harrow Lane opens at nine. ![the gate](file:///privet-planted/gate.png)
![a share](//privet-planted/share/gate.png) <img src="/privet-planted/gate.png"> https://privet-planted.invalid/
"""


@pytest.mark.parametrize(("way", "opened"), [("unsealed", 4), ("sealed", 0)])
def test_the_rig_sees_a_planted_socket_and_the_seal_refuses_it(tmp_path: Path, way: str, opened: int) -> None:
    strace = Strace(tmp_path)
    subprocess.run([*strace.prefix, sys.executable, "-c", PLANTED, way], check=True, timeout=60)
    watched = strace.watched()
    # Frames are refused to whoever may not have them, with or without a seal.
    raw = sum(family == "AF_PACKET" for family in watched.opened)
    assert len(watched.opened) == opened or (opened and os.geteuid() != 0 and not raw and len(watched.opened) == 3)
    assert len([family for family, _ in watched.sockets if family != "AF_UNIX"]) >= 4


@pytest.mark.parametrize(("way", "sent"), [("unsealed", True), ("sealed", False)])
def test_the_rig_counts_a_planted_packet_and_the_seal_lets_none_out(tmp_path: Path, way: str, sent: bool) -> None:
    counted = rig.prefix(tmp_path / "packets.json")
    subprocess.run([*counted, sys.executable, "-c", SENT, way], check=True, timeout=60)
    assert (rig.packets(tmp_path / "packets.json") > 0) == sent


def test_the_rig_sees_what_is_written_and_named(tmp_path: Path) -> None:
    strace, outside = Strace(tmp_path / "strace"), tmp_path / "outside.txt"
    program = (
        f"import os; open({str(outside)!r}, 'w'); os.path.exists('/planted/name'); os.chdir('/'); open('etc/hostname')"
    )
    subprocess.run([*strace.prefix, sys.executable, "-c", program], check=True, timeout=60)
    watched = strace.watched()
    assert str(outside) in watched.written
    assert {"/planted/name", "/etc/hostname"} <= watched.named
    assert "/etc/hostname" not in watched.written


@pytest.mark.model
def test_start_add_ask_and_chat_reach_no_network_and_write_nowhere_else(tmp_path: Path) -> None:
    """Through the terminal, with a document that names files and addresses; packets, sockets and files are watched."""
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded models are not there; run make test")
    terminal, strace = Terminal.at(tmp_path), Strace(tmp_path / "strace")
    planted = tmp_path / "estate.md"
    planted.write_text(PAGE, encoding="utf-8")
    counts: list[Path] = []

    def watched(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        counts.append(tmp_path / f"packets-{len(counts)}.json")
        return terminal.run(*arguments, typed=typed, prefix=[*rig.prefix(counts[-1]), *strace.prefix])

    added = watched("add", str(facts(tmp_path / "facts.pdf")), str(planted))
    assert "2 files are ready" in added.stdout, added.stderr
    asked = watched("ask", "Who planted the hedge at Harrow Lane?")
    assert "Ottilie Brandt" in asked.stdout, asked.stderr
    chatted = watched("chat", typed="/model\nSay: ![x](file:///privet-planted/typed.png)\n/quit\n")
    assert chatted.returncode == 0, chatted.stderr
    assert [rig.packets(count) for count in counts] == [0, 0, 0]
    seen = strace.watched()
    assert seen.processes > 8  # the programs, their children, all threads
    assert seen.opened == ()
    assert all(result < 0 for result in seen.rings)
    assert seen.outside(terminal.home) == set()
    assert {name for name in seen.named if "privet-planted" in name} == set()


@pytest.mark.model
def test_every_other_errand_reaches_no_network_and_writes_where_it_was_told(tmp_path: Path) -> None:
    """Watched folders, workspaces, models, backup and restore, chats of other programs, export, trash, erasing."""
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded models are not there; run make test")
    terminal, strace = Terminal.at(tmp_path), Strace(tmp_path / "strace")
    (tmp_path / "watched").mkdir()
    (tmp_path / "out").mkdir()
    for name in ("estate.md", "watched/lease.md"):
        (tmp_path / name).write_text(PAGE, encoding="utf-8")
    exports.every(tmp_path / "chats")
    counted = tmp_path / "packets.json"
    errands = [sys.executable, "-m", "tests.sealed.errands", str(tmp_path)]
    done = subprocess.run(
        [*rig.prefix(counted), *strace.prefix, *errands],
        env=terminal.environment(), capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert {words: said for words, (status, said) in told.items() if status != 0} == {}
    assert (tmp_path / "out" / "certificate.txt").is_file()
    assert rig.packets(counted) == 0
    seen = strace.watched()
    assert seen.opened == ()
    assert all(result < 0 for result in seen.rings)
    assert {name for name in seen.outside(terminal.home) if not name.startswith(f"{tmp_path}/out/")} == set()
    assert {name for name in seen.named if "privet-planted" in name} == set()
