"""How often in a row each model's process ended by itself; at the third time the model is set aside."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Final

from assistant.errors import ChildDied, ChildOutOfMemory, ModelSetAside

IN_A_ROW: Final = 3
_FAULTS: Final = (OSError, ValueError, TypeError, AttributeError)


class Deaths:
    """Counts, and keeps the counts in a small file: whoever starts Privet anew after a crash goes on counting.

    A model is named by the fingerprint of its file; nothing that anybody said is kept. A process that was killed from
    outside counts like one that crashed: who killed it can't be told (some programs that guard a computer's memory do,
    and the system need not say so), and a model that is loaded again and again would make that worse, while one that
    is set aside needlessly costs a sentence and a click.
    """

    def __init__(self, place: Path | None = None) -> None:
        """place: the file, None to keep nothing beyond this process."""
        self._place = place
        self._lock = threading.Lock()
        self._counts = _read(place) if place is not None else {}
        self._short: dict[str, int] = {}

    def check(self, model: str, name: str) -> None:
        """Raises ModelSetAside for a model that ended too often."""
        with self._lock:
            if self._counts.get(model, 0) >= IN_A_ROW:
                raise ModelSetAside(
                    f"{name} ended unexpectedly {IN_A_ROW} times in a row and was set aside.",
                    "Choose another model, or have this one tried again.",
                )

    def died(self, model: str, name: str, error: ChildDied) -> ChildDied:
        """Count a death. Returns what is to be said: at the third in a row, that the model is set aside."""
        with self._lock:
            count = self._counts[model] = self._counts.get(model, 0) + 1
            if isinstance(error, ChildOutOfMemory):
                self._short[model] = self._short.get(model, 0) + 1
            self._keep()
        if count < IN_A_ROW:
            return error
        what = f"{error.what} That was {count} times in a row: {name} is set aside, until you have it tried again."
        return type(error)(what, "Choose another model, or have this one tried again.", error.child, error.signal)

    def answered(self, model: str) -> None:
        """The model has done what it was asked for: the row is over."""
        with self._lock:
            if self._counts.pop(model, 0):
                self._keep()

    def try_again(self) -> None:
        """Set no model aside any more."""
        with self._lock:
            if self._counts:
                self._counts.clear()
                self._keep()

    def out_of_memory(self, model: str) -> int:
        """How often the system ended this model for want of memory, since Privet was started."""
        with self._lock:
            return self._short.get(model, 0)

    def _keep(self) -> None:
        if self._place is None:
            return
        new = self._place.with_suffix(".new")
        try:
            self._place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new.write_text(json.dumps(self._counts), encoding="utf-8")
            os.replace(new, self._place)
        except OSError:
            pass  # it is counted in this process still


def _read(place: Path) -> dict[str, int]:
    try:
        kept = json.loads(place.read_bytes())
        return {str(model): int(count) for model, count in kept.items()}
    except _FAULTS:
        return {}  # none was kept, or none that makes sense
