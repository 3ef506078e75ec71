"""Read a safetensors file: a bounded JSON header, then plain numbers. Source: huggingface/safetensors, README.md."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any, Final

import numpy

_MAX_HEADER: Final = 16 << 20
_TYPES: Final = {"F32": "<f4", "F16": "<f2", "BF16": "<u2", "I8": "i1"}


class NoWeights(Exception):
    """A file that is no safetensors file, or lies about what it holds."""


class Weights:
    """The tensors of a file, mapped into memory and handed out as float32."""

    def __init__(self, path: Path) -> None:
        """Raises NoWeights, OSError."""
        self._bytes = numpy.memmap(path, dtype=numpy.uint8, mode="r")
        if len(self._bytes) < 8:
            raise NoWeights
        (length,) = struct.unpack("<Q", self._bytes[:8].tobytes())
        if length > min(_MAX_HEADER, len(self._bytes) - 8):
            raise NoWeights
        try:
            header = json.loads(self._bytes[8 : 8 + length].tobytes())
        except (ValueError, RecursionError) as error:
            raise NoWeights from error
        if not isinstance(header, dict):
            raise NoWeights
        self._header: dict[str, Any] = header
        self._start = 8 + length

    def __contains__(self, name: str) -> bool:
        return name in self._header

    def get(self, name: str, *shape: int) -> Any:
        """A tensor of this shape as float32. Raises NoWeights where there is none, or another."""
        try:
            about = self._header[name]
            kind = _TYPES[about["dtype"]]
            begin, end = (self._start + int(offset) for offset in about["data_offsets"])
            if tuple(about["shape"]) != shape or not self._start <= begin <= end <= len(self._bytes):
                raise NoWeights(name)
            array = self._bytes[begin:end].view(kind).reshape(shape)
        except (KeyError, TypeError, ValueError) as error:
            raise NoWeights(name) from error
        if about["dtype"] == "BF16":  # its 16 bits are the upper half of a float32
            return (array.astype(numpy.uint32) << 16).view(numpy.float32)
        if about["dtype"] == "I8":  # a scale for each of its rows, in a tensor of its own
            return array.astype(numpy.float32) * self.get(f"{name}.scale", shape[0])[:, None]
        return array.astype(numpy.float32)
