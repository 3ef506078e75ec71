"""Runs a program in a network whose only way out is recorded, and writes how many packets took it.

`python -m tests.sealed.rig FILE COMMAND...`: this process goes into a network of its own and makes a cable (veth) from
there into another one, in which the program runs; every frame that leaves the program's end is counted at this end.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

_NEW_NETWORK = 0x40000000
_ALL_PROTOCOLS = 3
_OUTSIDE, _INSIDE = "10.99.0.1", "10.99.0.2"


def prefix(file: Path) -> list[str]:
    """What to put before a command so that its packets are counted into `file`. Skips where that is not allowed."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("unshare and ip are not installed (util-linux, iproute2)")
    rig = ["unshare", "--map-root-user", "--net", sys.executable, "-m", "tests.sealed.rig"]
    tried = subprocess.run([*rig, os.devnull, "true"], capture_output=True, text=True, timeout=60)
    if tried.returncode != 0:
        pytest.skip(f"no network of one's own is allowed here: {tried.stderr.strip()[-200:]}")
    return [*rig, str(file)]


def packets(file: Path) -> int:
    """How many were counted."""
    counted = json.loads(file.read_text(encoding="utf-8"))
    assert isinstance(counted, dict)
    return int(counted["packets"])


def main(file: Path, command: list[str]) -> int:
    """Run the command; the exit status is its own."""
    ready, go = os.pipe(), os.pipe()

    def inside() -> None:
        if ctypes.CDLL(None, use_errno=True).unshare(_NEW_NETWORK) != 0:
            os._exit(99)
        _without_greetings()
        os.write(ready[1], b"x")
        os.read(go[0], 1)
        for words in (f"addr add {_INSIDE}/24 dev inside", "link set inside up", "link set lo up",
                      f"route add default via {_OUTSIDE}"):  # fmt: skip
            subprocess.run(["ip", *words.split()], check=True)

    started: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        started.append(subprocess.Popen(command, preexec_fn=inside))

    # Popen returns only once the program runs, which waits for the cable, which needs the process's number.
    starter = threading.Thread(target=start)
    starter.start()
    os.read(ready[0], 1)
    children = Path(f"/proc/self/task/{starter.native_id}/children").read_text(encoding="ascii").split()
    _cable(children[-1])
    counted = _Counter("outside")
    os.write(go[1], b"x")
    starter.join()
    code = started[0].wait()
    file.write_text(json.dumps({"packets": counted.end()}), encoding="utf-8")
    return code


def _cable(process: str) -> None:
    _without_greetings()
    for words in (
        f"link add outside type veth peer name inside netns {process}",
        f"addr add {_OUTSIDE}/24 dev outside",
        "link set outside up",
    ):
        subprocess.run(["ip", *words.split()], check=True)


def _without_greetings() -> None:
    """The cable speaks IPv4 alone: for IPv6 the kernel would greet its neighbours by itself."""
    setting = Path("/proc/sys/net/ipv6/conf/default/disable_ipv6")
    if setting.exists():
        setting.write_text("1", encoding="ascii")


class _Counter:
    """Counts the frames that arrive at one end of the cable."""

    def __init__(self, device: str) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL_PROTOCOLS))
        self._socket.bind((device, _ALL_PROTOCOLS))
        self._ended = threading.Event()
        self._count = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def end(self) -> int:
        """The count, after what is still on its way."""
        self._ended.set()
        self._thread.join()
        return self._count

    def _run(self) -> None:
        while True:
            readable, _, _ = select.select([self._socket], [], [], 0.3)
            if readable:
                try:
                    _, address = self._socket.recvfrom(65_536)
                except OSError:
                    continue  # said once, when the program has ended and its end of the cable went with it
                self._count += address[2] != socket.PACKET_OUTGOING
            elif self._ended.is_set():
                return


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
