"""What this machine is: processor, memory, battery, free disk; nothing is run for it but a measurement of memory."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import psutil

from assistant.modelstore import rates
from assistant.modelstore.bandwidth import measure_bandwidth
from assistant.settings import Folders
from assistant.values import Battery, Device, Machine
from assistant.workers import usable_cores

# What llama.cpp's kernels ask for, by the names in /proc/cpuinfo (x86: arch/x86/include/asm/cpufeatures.h; ARM:
# arch/arm64/kernel/cpuinfo.c).
_NAMED: Final[Mapping[str, str]] = {
    "avx": "avx",
    "avx2": "avx2",
    "fma": "fma",
    "f16c": "f16c",
    "avx_vnni": "avx_vnni",
    "avx512f": "avx512f",
    "avx512_vnni": "avx512_vnni",
    "avx512_bf16": "avx512_bf16",
    "amx_int8": "amx_int8",
    "asimd": "neon",
    "asimddp": "dotprod",
    "i8mm": "i8mm",
}
# macOS tells each with `hw.optional.…` (sysctl); every Mac with Apple's own processor has these two.
_APPLE: Final = frozenset(("neon", "dotprod"))
# IsProcessorFeaturePresent of Windows (winnt.h): number of a feature and its name here.
_WINDOWS: Final = ((39, "avx"), (40, "avx2"), (41, "avx512f"), (43, "dotprod"), (19, "neon"))
_NO_LIMIT: Final = 1 << 60
_CGROUP: Final = Path("/sys/fs/cgroup")


def read_machine(folders: Folders, devices: Sequence[Device] = (), *, measure: bool = True) -> Machine:
    """This machine, now. devices: as the engine sees them. measure: measure the memory if nobody did before."""
    memory, available = _memory()
    processor = _processor()
    cores = _cores()
    return Machine(
        processor=processor,
        cores=cores,
        threads=usable_cores(),
        instructions=instructions(),
        memory=memory,
        available=available,
        disk=_free(folders.models),
        bandwidth=_bandwidth(folders, processor, cores, measure),
        battery=battery(),
        devices=tuple(devices),
        rates=rates.read(rates_file(folders), processor, cores),
    )


def rates_file(folders: Folders) -> Path:
    """Where it is kept what each type of weights costs on this machine."""
    return folders.cache / "rates.json"


def machine_name() -> str:
    """What measurements belong to: the processor, and how many of its cores this process may use."""
    return f"{_processor()}, {_cores()} cores"


def multiplies_bytes() -> bool:
    """Whether this processor multiplies 8-bit numbers quickly, and without losing what is too large for 16 bits."""
    return bool(instructions() & {"avx512_vnni", "avx_vnni", "amx_int8", "dotprod", "i8mm"})


def instructions(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """The vector instructions of this processor that llama.cpp has kernels for."""
    if sys.platform == "win32":
        import ctypes

        present = ctypes.windll.kernel32.IsProcessorFeaturePresent
        return frozenset(name for number, name in _WINDOWS if present(number))
    if sys.platform == "darwin":
        return _APPLE if platform.machine() == "arm64" else frozenset(("avx", "avx2", "fma", "f16c"))
    return frozenset(_NAMED[flag] for flag in _line(cpuinfo, "flags", "Features").split() if flag in _NAMED)


def cgroup_limit(root: Path = _CGROUP, own: Path = Path("/proc/self/cgroup")) -> int | None:
    """Bytes that the control groups above this process allow it, None where they set no limit.

    Source: Documentation/admin-guide/cgroup-v2.rst (memory.max) and cgroup-v1/memory.rst (memory.limit_in_bytes).
    """
    limits = [_number(root / "memory" / "memory.limit_in_bytes")]
    try:
        for line in own.read_text(encoding="ascii").splitlines():
            if line.startswith("0::"):
                group = root / line[3:].lstrip("/")
                limits += [_number(place / "memory.max") for place in (group, *group.parents) if place != Path("/")]
    except (OSError, ValueError):
        pass  # no Linux, or no control groups
    return min((limit for limit in limits if limit is not None and limit < _NO_LIMIT), default=None)


def _memory() -> tuple[int, int]:
    seen = psutil.virtual_memory()
    total, available = int(seen.total), int(seen.available)
    limit = cgroup_limit()
    if limit is not None and limit < total:
        return limit, min(available, limit)
    return total, available


def _cores() -> int:
    """Physical cores: a second thread on a core gains a model nothing."""
    return max(1, min(psutil.cpu_count(logical=False) or usable_cores(), usable_cores()))


def _processor() -> str:
    return _line(Path("/proc/cpuinfo"), "model name") or platform.processor() or platform.machine()


def _line(cpuinfo: Path, *keys: str) -> str:
    """The value of the first line of /proc/cpuinfo with one of these keys, or ""."""
    try:
        with cpuinfo.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                key, _, value = line.partition(":")
                if key.strip() in keys:
                    return value.strip()
    except OSError:
        pass  # no Linux
    return ""


def battery() -> Battery | None:
    """The battery as it is now, None where there is none or nothing is known of it."""
    try:
        seen = psutil.sensors_battery()
    except (OSError, AttributeError, RuntimeError):
        return None  # psutil knows no battery on this system
    return None if seen is None else Battery(round(seen.percent), bool(seen.power_plugged))


def _free(folder: Path) -> int:
    """Free bytes of the disk that `folder` is on, or will be."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except OSError:
            continue
    return 0


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None  # not there, or "max"


def _bandwidth(folders: Folders, processor: str, cores: int, measure: bool) -> float | None:
    """Of this processor with these cores, measured once and kept in the cache folder."""
    place = folders.cache / "machine.json"
    try:
        kept = json.loads(place.read_bytes())
        if kept["processor"] == processor and kept["cores"] == cores and kept["bandwidth"] > 1e8:
            return float(kept["bandwidth"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # nothing was kept that makes sense
    measured = measure_bandwidth(cores) if measure else None
    if measured is not None:
        try:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            place.write_text(
                json.dumps({"processor": processor, "cores": cores, "bandwidth": measured}), encoding="utf-8"
            )
        except OSError:
            pass  # it is measured again next time
    return measured
