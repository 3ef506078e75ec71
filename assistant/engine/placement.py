"""How many layers go to a graphics processor: as planned, less where that failed before, and none in the end."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_FAULTS: Final = (OSError, ValueError, TypeError, AttributeError)
_FEWEST: Final = 4
"""Layers below which carrying data to the graphics processor and back costs more than they save."""


class Placement:
    """Remembers, in a small file, which models failed with how many layers on which graphics processor.

    A model is named by the fingerprint of its file, a graphics processor by llama.cpp's name for it.
    """

    def __init__(self, place: Path | None = None) -> None:
        """place: the file, None to keep nothing beyond this process."""
        self._place = place
        self._lock = threading.Lock()
        self._most = _read(place) if place is not None else {}

    def steps(self, model: str, device: str, layers: int) -> Iterator[int]:
        """The layers to try one after the other: as many as planned or known to do, half, a quarter, none."""
        with self._lock:
            left = min(layers, self._most.get(_key(model, device), layers)) if device else 0
        while left >= min(_FEWEST, max(1, layers)):
            yield left
            left //= 2
        yield 0

    def failed(self, model: str, device: str, layers: int) -> None:
        """Have fewer layers than these be tried from now on; 0 is none at all."""
        with self._lock:
            self._most[_key(model, device)] = layers // 2 if layers // 2 >= _FEWEST else 0
            self._keep()

    def forget(self) -> None:
        """Try everything again."""
        with self._lock:
            self._most.clear()
            self._keep()

    def _keep(self) -> None:
        if self._place is None:
            return
        new = self._place.with_suffix(".new")
        try:
            self._place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.write_text(json.dumps(self._most), encoding="utf-8")
            os.replace(new, self._place)
        except OSError:
            pass  # it holds for this process still


def _key(model: str, device: str) -> str:
    return f"{model} {device}"


def _read(place: Path) -> dict[str, int]:
    try:
        return {str(key): int(most) for key, most in json.loads(place.read_bytes()).items()}
    except _FAULTS:
        return {}  # none was kept, or none that makes sense
