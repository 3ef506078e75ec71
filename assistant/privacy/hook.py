"""An audit hook that refuses Python's own ways to the network and remembers which line tried.

It is a diagnostic, not a proof: one ctypes call walks round it. The proof is the kernel's filter in
`seal`; this hook only says where the attempt came from, which the kernel can't.
"""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass
from typing import Final

_AF_UNIX: Final = 1
_REFUSED_EVENTS: Final = frozenset(
    {
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "socket.getnameinfo",
        "urllib.Request",
        "http.client.connect",
        "ftplib.connect",
        "smtplib.connect",
        "poplib.connect",
        "imaplib.open",
        "nntplib.connect",
        "telnetlib.Telnet.open",
        "webbrowser.open",
    }
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One refused attempt. event: Python's audit event. where: file and line, never an address."""

    event: str
    where: str


_attempts: deque[Attempt] = deque(maxlen=100)
_installed = False


def attempts() -> tuple[Attempt, ...]:
    """The last 100 refused attempts of this process, oldest first."""
    return tuple(_attempts)


def install() -> None:
    """Install the hook for the life of this process; a second call does nothing."""
    global _installed
    if not _installed:
        sys.addaudithook(_refuse)
        _installed = True


def installed() -> bool:
    """True if the hook is in this process."""
    return _installed


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.__new__":
        # A family of -1 means that a descriptor is wrapped: the kernel has already judged that one.
        family = arguments[1]
        if isinstance(family, int) and int(family) in (_AF_UNIX, -1):
            return
    elif event not in _REFUSED_EVENTS:
        return
    _attempts.append(Attempt(event, _caller()))
    raise PermissionError(f"Privet never talks to a network ({event} refused)")


def _caller() -> str:
    """File and line of the nearest frame outside the standard library's network modules."""
    frame = sys._getframe(2)  # noqa: SLF001 - the documented way to see who called an audit hook
    while frame.f_back is not None and frame.f_code.co_filename.rsplit("/", 1)[-1] in {"socket.py", "client.py"}:
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
