"""What made a state: a state is used again only by the very same model, library, kind of cache and adapters."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from assistant.values import Adapter, RunPlan

_LOOKED_AT: Final = 1 << 20
"""Bytes at each end of a file: in a GGUF file the header with all its names, and the last weights."""


def fingerprint(path: Path) -> str:
    """A name for a file's content: of its size, its time, and both its ends. "" where it can't be read."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            digest = hashlib.blake2b(f"{status.st_size} {status.st_mtime_ns} ".encode(), digest_size=20)
            digest.update(file.read(_LOOKED_AT))
            file.seek(max(0, status.st_size - _LOOKED_AT))
            digest.update(file.read(_LOOKED_AT))
    except OSError:
        return ""
    return digest.hexdigest()


def adapters_name(adapters: Sequence[Adapter]) -> str:
    """A name for adapters that are in force together; "" for none. One with scale 0 is none."""
    return " ".join(f"{fingerprint(one.path)}*{one.scale!r}" for one in in_force(adapters))


def in_force(adapters: Sequence[Adapter]) -> list[Adapter]:
    """Those of the adapters that change anything."""
    return [one for one in adapters if one.scale]


def maker(file: str, version: str, plan: RunPlan) -> str:
    """What makes the states of a loaded model. file: its fingerprint. version: of the library."""
    facts = [file, version, plan.kv_type, plan.flash_attention, plan.device, plan.gpu_layers]
    return json.dumps(facts)


def with_adapters(made: str, adapters: str) -> str:
    """The maker of states under adapters, by their name."""
    return f"{made} {adapters}"
