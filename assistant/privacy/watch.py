"""Looks at Privet's own processes from outside their own words: what /proc says about each, and its open sockets.

The kernel's tables of sockets are read for each process's own network, so that one in a namespace is seen too.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

_TABLES: Final = {
    # file under /proc/PID/net: (name for people, the column of the inode, from 0; -1 the last)
    "tcp": ("IPv4 TCP", 9),
    "tcp6": ("IPv6 TCP", 9),
    "udp": ("IPv4 UDP", 9),
    "udp6": ("IPv6 UDP", 9),
    "udplite": ("UDP-Lite", 9),
    "raw": ("IPv4 raw", 9),
    "raw6": ("IPv6 raw", 9),
    "icmp": ("ICMP", 9),
    "icmp6": ("ICMPv6", 9),
    "packet": ("packet", 8),
    "netlink": ("netlink", 9),
    "unix": ("Unix", 6),
}
_LOCAL: Final = "Unix"
_UNKNOWN: Final = "of a kind that the kernel lists nowhere"


@dataclass(frozen=True, slots=True)
class Process:
    """One process of Privet. number: its id. role: the worker's module, or what it is.

    filtered: the kernel's filter is in force. sockets: open ones by kind; None where the kernel lets nobody look.
    """

    number: int
    role: str
    filtered: bool
    no_new_privileges: bool
    threads: int
    sockets: Mapping[str, int] | None = field(default_factory=dict)

    @property
    def network_sockets(self) -> int | None:
        """How many of its sockets could leave this computer; a Unix socket can't."""
        if self.sockets is None:
            return None
        return sum(count for kind, count in self.sockets.items() if kind != _LOCAL)

    @property
    def local_sockets(self) -> int:
        """How many Unix sockets it has, for the display and the keychain."""
        return (self.sockets or {}).get(_LOCAL, 0)


def processes(root: int | None = None) -> tuple[Process, ...]:
    """This process and all that it started, and what those started. root: another one to begin with."""
    if not sys.platform.startswith("linux"):
        return ()
    first = os.getpid() if root is None else root
    parents = {number: _parent(number) for number in _numbers()}
    family, found = {first}, [first]
    for number in found:
        for child, parent in parents.items():
            if parent == number and child not in family:
                family.add(child)
                found.append(child)
    return tuple(one for one in (_look(number, number == first) for number in found) if one is not None)


def _numbers() -> Iterator[int]:
    for name in os.listdir("/proc"):
        if name.isdecimal():
            yield int(name)


def _text(number: int, name: str) -> str:
    try:
        with open(f"/proc/{number}/{name}", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _parent(number: int) -> int:
    # The name in brackets may hold spaces and brackets of its own.
    fields = _text(number, "stat").rpartition(")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0


def _look(number: int, first: bool) -> Process | None:
    status = dict(line.split(":\t", 1) for line in _text(number, "status").splitlines() if ":\t" in line)
    if not status or status.get("State", "Z").startswith("Z"):
        return None
    threads = status.get("Threads", "1").strip()
    return Process(
        number,
        "Privet itself" if first else _role(number),
        status.get("Seccomp", "0").strip() == "2",
        status.get("NoNewPrivs", "0").strip() == "1",
        int(threads) if threads.isdecimal() else 1,
        _sockets(number),
    )


def _role(number: int) -> str:
    words = _text(number, "cmdline").split("\0")
    if "assistant.workers" in words:
        after = words.index("assistant.workers") + 1
        return words[after] if after < len(words) else "assistant.workers"
    return os.path.basename(words[0]) or "unknown"


def _sockets(number: int) -> Mapping[str, int] | None:
    """The open sockets of a process by kind."""
    folder = f"/proc/{number}/fd"
    inodes = []
    try:
        for name in os.listdir(folder):
            try:
                target = os.readlink(os.path.join(folder, name))
            except FileNotFoundError:
                continue  # closed in the meantime
            if target.startswith("socket:["):
                inodes.append(target[8:-1])
    except OSError:
        return None
    if not inodes:
        return {}
    kinds = _kinds(number)
    return dict(Counter(kinds.get(inode, _UNKNOWN) for inode in inodes))


def _kinds(number: int) -> dict[str, str]:
    """The kind of each socket, by its inode, in the network that the process is in."""
    found = {}
    for table, (kind, column) in _TABLES.items():
        for line in _text(number, f"net/{table}").splitlines()[1:]:
            fields = line.split()
            if len(fields) > column:
                found[fields[column]] = kind
    return found
