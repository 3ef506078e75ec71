"""Which back ends for graphics processors came with Privet: files beside llama.cpp's library, looked at by name."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final

_NAMES: Final = ("cuda", "hip", "vulkan", "metal")
"""In the order in which they are loaded: a card that two of them see is used through the first."""
_PATTERNS: Final = ("libggml-{}.so", "libggml-{}.dylib", "ggml-{}.dll")


def modules(folder: Path) -> list[Path]:
    """The back ends in a folder, by absolute path."""
    places = [folder / pattern.format(name) for name in _NAMES for pattern in _PATTERNS]
    return [place for place in places if place.is_file()]


def library_folder() -> Path | None:
    """Where the engine's child finds llama.cpp's libraries, without importing anything."""
    found = importlib.util.find_spec("llama_cpp")
    return None if found is None or found.origin is None else Path(found.origin).absolute().parent / "lib"
