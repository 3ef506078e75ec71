"""An empty network namespace: a network of this process's own, in which there is nothing at all.

Optional, because many systems don't let people make one; the filter in `seal` is what the promise rests on. Abstract
Unix sockets, which some displays and input methods use, are out of reach in it. Source: user_namespaces(7).
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from typing import Final

VARIABLE: Final = "PRIVET_EMPTY_NETWORK"
ARGUMENT: Final = "--empty-network"
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000

_state = {"entered": False}


def wanted(arguments: list[str]) -> bool:
    """True if a person asked for it; takes the argument out of `arguments`."""
    asked = ARGUMENT in arguments
    while ARGUMENT in arguments:
        arguments.remove(ARGUMENT)
    return asked or os.environ.get(VARIABLE, "") not in ("", "0")


def enter_empty_network() -> str:
    """Go into a network namespace with nothing in it; "" once inside, else one sentence that says why not.

    To be called while the process has one thread and before the seal is set.
    """
    if not sys.platform.startswith("linux"):
        return f"An empty network is not to be had on this system ({sys.platform})."
    # A user namespace whose names can't be mapped would leave this process a stranger to its own files, and there is
    # no way back out: so a child tries it first.
    child = os.fork()
    if child == 0:
        os._exit(_enter())
    _, status = os.waitpid(child, 0)
    failure = os.waitstatus_to_exitcode(status) or _enter()
    if failure:
        name = errno.errorcode.get(failure, "unknown error")
        return f"The system does not allow an empty network ({name}); the seal holds without it."
    _state["entered"] = True
    return ""


def in_empty_network() -> bool:
    """True if this process went into an empty network and still sees nothing in it."""
    return _state["entered"] and not reachable_interfaces()


def reachable_interfaces() -> tuple[str, ...]:
    """The network interfaces that this process could see, the loopback left out."""
    try:
        with open("/proc/self/net/dev", encoding="ascii", errors="replace") as file:
            names = [line.split(":", 1)[0].strip() for line in file if ":" in line]
    except OSError:
        return ()
    return tuple(name for name in names if name != "lo")


def _enter() -> int:
    """0, or the number of the error."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return ctypes.get_errno() or errno.EPERM
    try:
        for name, line in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(line)
    except OSError as error:
        return error.errno or errno.EPERM
    return 0
