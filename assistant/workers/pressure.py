"""Whether this machine is short of memory, as the kernel tells it: how often it killed for that, and how it stalls."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_VMSTAT: Final = Path("/proc/vmstat")
_PRESSURE: Final = Path("/proc/pressure/memory")
_HIGH: Final = 10.0
"""Percent of the last ten seconds in which every process waited for memory; at rest it is 0. systemd-oomd and its like
end programs by this figure, without the kernel counting it."""


def kills(vmstat: Path = _VMSTAT) -> int:
    """How many processes the kernel has ended for want of memory since the start; 0 where it does not say.

    Source: `oom_kill` in /proc/vmstat (mm/vmstat.c); kills within control groups are among them.
    """
    for line in _lines(vmstat):
        name, _, value = line.partition(" ")
        if name == "oom_kill" and value.isdecimal():
            return int(value)
    return 0


def high(pressure: Path = _PRESSURE) -> bool:
    """True if the machine stands still for want of memory (`full avg10`, Documentation/accounting/psi.rst)."""
    for line in _lines(pressure):
        kind, _, rest = line.partition(" ")
        average = rest.split(" ", 1)[0].removeprefix("avg10=")
        if kind == "full":
            try:
                return float(average) >= _HIGH
            except ValueError:
                return False
    return False


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []  # no Linux, or a kernel that does not tell
