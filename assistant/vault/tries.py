"""Wrong passphrases slow down: how many there were is kept beside the vault, before each try and over a restart.

It keeps somebody at this keyboard from guessing quickly. Somebody who has the files can take this one away; against
them stands what a try costs (`cost`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from assistant.vault.files import write_atomically

FILE: Final = "tries.json"
_FREE: Final = 3
_LONGEST_SECONDS: Final = 60.0


class Tries:
    """The tries at one vault."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        """clock: seconds since 1970; it may jump, which never makes a wait longer than a minute."""
        self._file = folder / FILE
        self._clock = clock
        self._failed, self._at = self._read()

    @property
    def wait(self) -> float:
        """Seconds until the next try: none after the first three, then 1, 2, 4 ... 60."""
        if self._failed < _FREE:
            return 0.0
        due = min(2.0 ** min(self._failed - _FREE, 10), _LONGEST_SECONDS)
        passed = self._clock() - self._at
        # A clock that was set back says that less than nothing has passed: the wait begins anew.
        return due if passed < 0 else max(0.0, due - passed)

    def begin(self) -> None:
        """A try is about to be made; it counts as wrong until `succeed`: ending Privet on the way gains nothing."""
        self._failed, self._at = self._failed + 1, self._clock()
        try:
            write_atomically(self._file, json.dumps({"failed": self._failed, "at": self._at}).encode() + b"\n")
        except OSError:
            pass  # a full disk must not lock a person out of what they came to save

    def succeed(self) -> None:
        """The try opened the vault: the count begins anew."""
        self._failed, self._at = 0, 0.0
        try:
            self._file.unlink(missing_ok=True)
        except OSError:
            pass

    def _read(self) -> tuple[int, float]:
        try:
            fields = json.loads(self._file.read_bytes()[:1024])
            return max(0, min(int(fields["failed"]), 1000)), float(fields["at"])
        except FileNotFoundError:
            return 0, 0.0
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            return _FREE, self._clock()  # somebody was at it
