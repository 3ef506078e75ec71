"""What /proc says of our processes, and of who may open a folder."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from assistant.privacy import LayerState, layers, place, processes
from assistant.workers import Child, ChildSpec
from tests.assistant.privacy.test_seal import run

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")


def test_an_open_socket_is_seen_by_its_kind() -> None:
    (before,) = [one for one in processes() if one.number == os.getpid()]
    with socket.socket(), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as bound, socket.socket(socket.AF_UNIX):
        bound.bind(("::1", 0))
        (during,) = [one for one in processes() if one.number == os.getpid()]
    assert before.network_sockets is not None and during.network_sockets is not None
    assert during.network_sockets == before.network_sockets + 2
    assert during.local_sockets == before.local_sockets + 1
    assert during.sockets is not None and during.sockets["IPv6 UDP"] >= 1


def test_a_child_is_named_by_its_work_and_seen_to_be_filtered() -> None:
    child = Child(ChildSpec("The echo", "tests.assistant.workers.echo_worker"))
    try:
        child.call("echo", deadline=30)
        found = {one.role: one for one in processes()}
    finally:
        child.close()
    assert found["Privet itself"].filtered is False
    one = found["tests.assistant.workers.echo_worker"]
    assert (one.filtered, one.no_new_privileges, one.network_sockets) == (True, True, 0)


@pytest.mark.parametrize(
    ("mode", "private", "words"),
    [(0o700, True, "only you (0700)"), (0o750, False, "your group"), (0o705, False, "everyone on this computer")],
)
def test_who_may_open_a_folder(tmp_path: Path, mode: int, private: bool, words: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(mode)
    seen = place(str(folder))
    assert seen.private is private
    assert words in seen.readers
    assert place(str(folder / "none")).exists is False


def test_layers_of_an_unsealed_process_are_said_to_be_broken() -> None:
    by_name = {layer.name: layer.state for layer in layers()}
    assert by_name["Kernel filter (seccomp)"] is LayerState.BROKEN
    assert by_name["Guard in Python"] is LayerState.OFF


def test_layers_of_a_sealed_process_hold() -> None:
    found = run(
        """
        seal_process()
        print(json.dumps([[layer.name, layer.state.value, layer.mandatory] for layer in layers()]))
        """
    )
    assert isinstance(found, list)
    assert all(state == "holds" for _, state, mandatory in found if mandatory)
    assert ["Guard in Python", "holds", False] in found
