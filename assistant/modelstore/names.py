"""Names of files, which may hold anything a file system allows: how they are shown, and made safe for ours."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path
from typing import Final

_SHOWN: Final = 120
_LONGEST: Final = 180  # bytes of a name of ours; most file systems allow 255
_RESERVED: Final = frozenset('<>:"/\\|?*')  # what Windows does not allow; a models folder may move there


def shown(name: str | Path) -> str:
    """A file's name for a sentence: what can't be seen or turns the reading round is written as its number."""
    text = name.name if isinstance(name, Path) else name
    seen = "".join(letter if _visible(letter) else _number(letter) for letter in text)
    return seen if len(seen) <= _SHOWN else f"{seen[: _SHOWN - 21]}…{seen[-20:]}"


def shown_path(path: Path) -> str:
    """A whole path for a person, escaped likewise."""
    return "".join(letter if _visible(letter) else _number(letter) for letter in str(path))


def safe_name(name: str, ending: str = ".gguf") -> str:
    """A name for a file of ours that says the same and that every file system takes. ending: which it keeps."""
    stem = name.removesuffix(ending)
    kept = "".join(letter if _visible(letter) and letter not in _RESERVED else "_" for letter in stem).strip(". ")
    encoded = kept.encode("utf-8", "replace")[: _LONGEST - len(ending)]
    return (encoded.decode("utf-8", "ignore") or "model") + ending


def _visible(letter: str) -> bool:
    return letter == " " or (letter.isprintable() and unicodedata.category(letter) not in ("Cf", "Cs", "Co"))


def _number(letter: str) -> str:
    try:
        raw = os.fsencode(letter)  # a byte that is no text: os.fsdecode hid it in half a character
    except UnicodeEncodeError:
        return f"\\u{ord(letter):04x}"
    if len(raw) == 1:
        return f"\\x{raw[0]:02x}"
    return f"\\u{ord(letter):04x}"
