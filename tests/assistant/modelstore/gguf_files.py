"""GGUF files made byte by byte, sound or not."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

U8, I8, U16, I16, U32, I32, F32, BOOL, TEXT, ARRAY, U64, I64, F64 = range(13)
_FORMATS = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "B", U64: "Q", I64: "q", F64: "d"}
CHATML = ("<|im_start|>", "<|im_end|>", "a", "b")


def text(value: str | bytes) -> bytes:
    """A text with its length before it."""
    encoded = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(encoded)) + encoded


def pair(key: str | bytes, kind: int, value: int | float | str) -> bytes:
    """A key with a single value."""
    raw = text(value) if isinstance(value, str) else struct.pack("<" + _FORMATS[kind], value)
    return text(key) + struct.pack("<I", kind) + raw


def array(key: str, kind: int, items: bytes, count: int) -> bytes:
    """A key with an array of `count` items, which are given as they stand in the file."""
    return text(key) + struct.pack("<IIQ", ARRAY, kind, count) + items


def texts(key: str, items: Sequence[str | bytes]) -> bytes:
    """A key with an array of texts."""
    return array(key, TEXT, b"".join(text(item) for item in items), len(items))


def tensor(name: str, shape: Sequence[int], kind: int = 0, offset: int = 0) -> bytes:
    """What the header says about one block of weights."""
    return text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)


def pairs(**changed: bytes) -> tuple[bytes, ...]:
    """The pairs of a small sound chat model, some of them (by the name here) replaced; b"" leaves one out."""
    usual = {
        "architecture": pair("general.architecture", TEXT, "llama"),
        "context": pair("llama.context_length", U32, 2048),
        "blocks": pair("llama.block_count", U32, 1),
        "width": pair("llama.embedding_length", U32, 32),
        "tokens": texts("tokenizer.ggml.tokens", CHATML),
    }
    return tuple(raw for raw in (usual | changed).values() if raw)


@dataclass(frozen=True)
class Gguf:
    """A file in parts; `tensor_count` and `pair_count` are the true ones unless given."""

    magic: bytes = b"GGUF"
    version: int = 3
    pairs: tuple[bytes, ...] = field(default_factory=pairs)
    tensors: tuple[bytes, ...] = (tensor("a", (32, 2)), tensor("b", (32,), 2, 256))
    data: bytes = bytes(256 + 18)
    alignment: int = 32
    tensor_count: int | None = None
    pair_count: int | None = None

    def but(self, **changed: object) -> Gguf:
        """The same file with other parts."""
        return replace(self, **changed)  # type: ignore[arg-type]  # the names are checked when it runs

    @property
    def header(self) -> bytes:
        """Everything before the padding and the weights."""
        tensor_count = len(self.tensors) if self.tensor_count is None else self.tensor_count
        pair_count = len(self.pairs) if self.pair_count is None else self.pair_count
        start = self.magic + struct.pack("<IQQ", self.version, tensor_count, pair_count)
        return start + b"".join(self.pairs) + b"".join(self.tensors)

    def bytes(self) -> bytes:
        """The whole file."""
        return self.header + bytes(-len(self.header) % self.alignment) + self.data
