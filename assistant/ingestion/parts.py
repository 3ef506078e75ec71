"""Files inside a file, held in memory while children read them; the parent never looks into their bytes."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass, field
from types import TracebackType

from assistant.ingestion import caps


class Spool:
    """Bytes of one part, in memory that has a descriptor and no name. `full`: more came than a part may have."""

    def __init__(self) -> None:
        self.size = 0
        self.full = False
        if sys.platform.startswith("linux"):
            self.descriptor = os.memfd_create("part", os.MFD_CLOEXEC)
        else:  # a file without a name there, gone from the disk's lists when it is closed
            with tempfile.TemporaryFile() as file:
                self.descriptor = os.dup(file.fileno())

    def write(self, data: bytes) -> None:
        """Add bytes; what goes over the cap is dropped and remembered as `full`."""
        if self.size + len(data) > caps.MAX_PART:
            self.full = True
            return
        while data:
            data = data[os.write(self.descriptor, data) :]
        self.size = os.lseek(self.descriptor, 0, os.SEEK_END)

    def rewind(self) -> None:
        """Go back to the beginning, for the child that shares this place in the file."""
        os.lseek(self.descriptor, 0, os.SEEK_SET)

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        os.close(self.descriptor)


@dataclass(slots=True)
class Budget:
    """What one document, with all files inside it, may still use up. until: by time.monotonic."""

    until: float
    size: int = caps.MAX_INSIDE
    parts: int = caps.MAX_PARTS
    pictures: float = 900.0
    names: set[str] = field(default_factory=set)

    def extend(self, seconds: float) -> None:
        """Give back time that recognition of pictures took, up to a quarter of an hour in all."""
        seconds = min(seconds, self.pictures)
        self.pictures -= seconds
        self.until += seconds

    def name(self, name: str) -> str:
        """A name for a part that no other has: "a.txt", "a.txt (2)"."""
        number, unique = 1, name
        while unique in self.names:
            number += 1
            unique = f"{name} ({number})"
        self.names.add(unique)
        return unique
