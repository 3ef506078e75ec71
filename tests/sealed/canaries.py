"""Words that are nowhere else, and the search for them in files and memory: as they are, in UTF-16, in base64."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Final

CANARIES: Final = ("turningzanzibarquokka", "draftedzanzibarquokka", "titledzanzibarquokka", "secretzanzibarquokka")
_OVERLAP: Final = 256
_PART: Final = 16 << 20


def forms(word: str) -> set[bytes]:
    """The bytes that a word is searched as; of base64, the middle that all surroundings leave alike."""
    plain = word.encode()
    found = {plain, word.encode("utf-16-le"), word.encode("utf-16-be"), plain.hex().encode()}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + plain)
        found.add(encoded[4:-4] if shift else encoded[:-4])
    return found


def found_in(content: bytes) -> list[str]:
    """The canaries that stand in `content` in any form."""
    return [word for word in CANARIES if any(form in content for form in forms(word))]


def found_in_file(path: Path, part_bytes: int = _PART) -> list[str]:
    """The same for a file that may be larger than memory; read in parts of so many bytes."""
    found: set[str] = set()
    with path.open("rb") as file:
        tail = b""
        while part := file.read(part_bytes):
            found.update(found_in(tail + part))
            tail = part[-_OVERLAP:]
    return sorted(found)


def found_below(*folders: Path) -> Iterator[str]:
    """The files below `folders` that hold a canary, or are named by one, with which."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            words = found_in(str(path).encode())
            if path.is_file() and not path.is_symlink():
                words += found_in_file(path)
            if words:
                yield f"{path}: {', '.join(words)}"
