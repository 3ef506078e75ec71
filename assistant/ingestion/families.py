"""Which kind of document a file is, told by its first bytes and its name; pure."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final


class Family(StrEnum):
    """A kind of document, each read by a module of its own in `formats`."""

    PDF = "pdf"
    DOCX = "docx"
    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"


_BY_SUFFIX: Final = {
    ".pdf": Family.PDF,
    ".docx": Family.DOCX,
    ".docm": Family.DOCX,
    ".html": Family.HTML,
    ".htm": Family.HTML,
    ".xhtml": Family.HTML,
    ".md": Family.MARKDOWN,
    ".markdown": Family.MARKDOWN,
    ".txt": Family.TEXT,
    ".text": Family.TEXT,
}

SUFFIXES: Final = tuple(_BY_SUFFIX)
"""The endings of file names that Privet reads, lower case, with the dot."""

HEAD_BYTES: Final = 1024
"""How many of a file's first bytes `recognise` wants to see."""


def is_supported(path: Path) -> bool:
    """True if the name says that Privet can read it; the file itself is not looked at."""
    return path.suffix.lower() in _BY_SUFFIX


def recognise(path: Path, head: bytes) -> Family | None:
    """What a file is, or None where Privet can't read its kind. head: its first HEAD_BYTES bytes.

    What the bytes say goes before what the name says: a PDF named .txt is read as a PDF. The 1,024 bytes in
    which "%PDF-" may stand are those of ISO 32000-1, annex H.3.4.1.
    """
    named = _BY_SUFFIX.get(path.suffix.lower())
    if head.startswith(b"%PDF-") or (b"%PDF-" in head and named in (None, Family.PDF)):
        return Family.PDF
    return named
