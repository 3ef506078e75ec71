"""Reads lock files: one block of name, version and hashes per package."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Pin:
    """One locked package: normalized name, exact version, the hashes any of which its file may have, and its text."""

    name: str
    version: str
    hashes: tuple[str, ...]
    text: str


def normalized(name: str) -> str:
    """A package name as PEP 503 compares it: "PySide6_Pdf" gives "pyside6-pdf"."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(path: Path) -> list[Pin]:
    """The pins of a lock file, in its order. Raises ValueError on a line that is neither a pin nor a comment."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    pins = []
    # A requirement goes on to the next line where a line ends in a backslash.
    for text in filter(None, re.split(r"(?<!\\)\n", "\n".join(lines))):
        match = _PIN.match(text)
        if match is None:
            raise ValueError(f"{path.name}: not a pinned package: {text[:80]!r}")
        hashes = tuple(_HASH.findall(text))
        pins.append(Pin(normalized(match["name"]), match["version"], hashes, text.strip()))
    return pins


def write(path: Path, pins: Iterable[Pin]) -> Path:
    """Write pins as a requirement file that pip reads; returns its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(pin.text + "\n" for pin in pins), encoding="utf-8")
    return path
