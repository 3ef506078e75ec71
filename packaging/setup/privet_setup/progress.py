"""Shows how far set-up is: one line a step, alive on a terminal, sparse in a log."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

# Without a terminal, a long step says this often (seconds) that it is still at work.
_SIGN_OF_LIFE = 30.0


def clock(seconds: float) -> str:
    """Minutes and seconds, as on a stopwatch: 83.2 gives 1:23."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


class Progress:
    """Numbers the steps and keeps the current line up to date."""

    def __init__(self, total: int, out: TextIO = sys.stdout) -> None:
        self._total = total
        self._out = out
        self._live = out.isatty()
        self._number = 0
        self._title = ""
        self._detail = ""
        self._began = 0.0
        self._said = 0.0

    def begin(self, title: str, hint: str = "") -> None:
        """Start the next step. hint: what it costs the first time, for example "190 MB"."""
        self._number += 1
        self._title = f"[{self._number}/{self._total}] {title}" + (f" ({hint})" if hint else "")
        self._detail = ""
        self._began = self._said = time.monotonic()
        if self._live:
            self.tick()
        else:
            self._print(f"{self._title} ...")

    def detail(self, text: str) -> None:
        """Say what the step is doing right now."""
        self._detail = text
        self.tick()

    def tick(self) -> None:
        """Refresh the line. Call it about once a second during long work."""
        now = time.monotonic()
        text = f"{self._title}  {clock(now - self._began)}  {self._detail}"
        if self._live:
            width = shutil.get_terminal_size().columns - 1
            self._out.write("\r\033[K" + text[:width])
            self._out.flush()
        elif now - self._said >= _SIGN_OF_LIFE:
            self._said = now
            self._print("      " + text)

    def end(self, result: str) -> None:
        """Close the step with its result, for example "already there"."""
        seconds = time.monotonic() - self._began
        took = f", {clock(seconds)}" if seconds >= 1 else ""
        if self._live:
            self._out.write("\r\033[K")
            self._print(f"{self._title}: {result}{took}")
        else:
            self._print(f"      {result}{took}")

    def note(self, text: str) -> None:
        """Print a line that stays, above the live one."""
        if self._live:
            self._out.write("\r\033[K")
        self._print(text)

    def _print(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()
