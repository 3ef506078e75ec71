"""The processor cores that Privet may use."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Logical cores of this process: fewer than the machine has where somebody bound it to some of them.

    More threads than cores are no slower by a little: llama.cpp's wait for each other in a loop, a time slice each.
    """
    affinity = getattr(os, "sched_getaffinity", None)  # not on Windows and macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1
