"""How far the weights in one layout are from those in another, each as llama.cpp reads it."""

from __future__ import annotations

import ctypes
import mmap
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy
from llama_cpp import _ggml

from assistant.workers import Refusal, Request

_BLOCK: Final = 32  # weights that share a scale in the layouts without a K
_AT_ONCE: Final = 1 << 20

Tell = Callable[[int, int], None]
_ToFloat = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)


class _Traits(ctypes.Structure):
    """ggml.h, struct ggml_type_traits, as far as it is needed."""

    _fields_ = (
        ("type_name", ctypes.c_char_p),
        ("blck_size", ctypes.c_int64),
        ("blck_size_interleave", ctypes.c_int64),
        ("type_size", ctypes.c_size_t),
        ("is_quantized", ctypes.c_bool),
        ("to_float", ctypes.c_void_p),
    )


class _Parameters(ctypes.Structure):
    """gguf.h, struct gguf_init_params."""

    _fields_ = (("no_alloc", ctypes.c_bool), ("ctx", ctypes.c_void_p))


def _native() -> Any:
    base = ctypes.CDLL(str(_ggml.libggml_base_path / "libggml-base.so")) if os.name == "posix" else _ggml.libggml
    for name, result in (
        ("ggml_get_type_traits", ctypes.POINTER(_Traits)),
        ("gguf_init_from_file", ctypes.c_void_p),
        ("gguf_get_n_tensors", ctypes.c_int64),
        ("gguf_get_tensor_name", ctypes.c_char_p),
        ("gguf_get_tensor_type", ctypes.c_int),
        ("gguf_get_tensor_offset", ctypes.c_size_t),
        ("gguf_get_tensor_size", ctypes.c_size_t),
        ("gguf_get_data_offset", ctypes.c_size_t),
        ("gguf_free", None),
    ):
        getattr(base, name).restype = result
    return base


@dataclass(frozen=True, slots=True)
class _Tensor:
    type: int
    offset: int
    size: int


class _File:
    """The weights of a model file; a context manager."""

    def __init__(self, path: str, native: Any) -> None:
        """Raises Refusal where it is none."""
        self._native = native
        parameters = _Parameters(True, None)
        native.gguf_init_from_file.argtypes = (ctypes.c_char_p, _Parameters)
        header = native.gguf_init_from_file(os.fsencode(path), parameters)
        if not header:
            raise Refusal("model-unreadable")
        pointer = ctypes.c_void_p(header)
        try:
            data = native.gguf_get_data_offset(pointer)
            self.tensors: dict[str, _Tensor] = {}
            for number in range(native.gguf_get_n_tensors(pointer)):
                at = ctypes.c_int64(number)
                name = native.gguf_get_tensor_name(pointer, at).decode("utf-8", "replace")
                self.tensors[name] = _Tensor(
                    native.gguf_get_tensor_type(pointer, at),
                    data + native.gguf_get_tensor_offset(pointer, at),
                    native.gguf_get_tensor_size(pointer, at),
                )
        finally:
            native.gguf_free(pointer)
        self._file = Path(path).open("rb")  # noqa: SIM115 - closed by __exit__
        self._bytes = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bytes.close()
        self._file.close()

    def rows(self, tensor: _Tensor) -> Iterator[Any]:
        """The weights as 32-bit numbers, in pieces of the same length for every layout."""
        traits = self._native.ggml_get_type_traits(tensor.type).contents
        blocks = tensor.size // traits.type_size
        at_once = _AT_ONCE // traits.blck_size
        for start in range(0, blocks, at_once):
            count = min(at_once, blocks - start)
            begin = tensor.offset + start * traits.type_size
            piece = self._bytes[begin : begin + count * traits.type_size]
            if not traits.to_float:  # F32 itself
                yield numpy.frombuffer(piece, "<f4")
                continue
            row = numpy.empty(count * traits.blck_size, numpy.float32)
            _ToFloat(traits.to_float)(_pointer(piece), row.ctypes.data, row.size)
            yield row


def _pointer(piece: bytes) -> int:
    """Where the bytes lie; they have to live for as long as that is used."""
    return ctypes.cast(ctypes.c_char_p(piece), ctypes.c_void_p).value or 0


def compare_weights(request: Request, tell: Tell) -> Mapping[str, object]:
    """Arguments: source, path. Answers `largest` and `typical`, as shares of the largest of 32 weights in a row.

    largest: the largest difference of any weight; typical: the root of the mean square of all. Raises Refusal.
    """
    native = _native()
    largest = squares = 0.0
    count = 0
    with (
        _File(str(request.arguments.get("source")), native) as source,
        _File(str(request.arguments.get("path")), native) as other,
    ):
        if source.tensors.keys() != other.tensors.keys():
            raise Refusal("bad-request", "another model")
        for number, (name, tensor) in enumerate(source.tensors.items()):
            tell(number, len(source.tensors))
            for theirs, ours in zip(source.rows(tensor), other.rows(other.tensors[name]), strict=True):
                if theirs.size != ours.size or theirs.size % _BLOCK:
                    continue  # a few numbers that are in 32 bits in every layout
                theirs, ours = theirs.reshape(-1, _BLOCK), ours.reshape(-1, _BLOCK)
                scale = numpy.abs(theirs).max(axis=1, keepdims=True)
                shares = numpy.abs(theirs - ours) / numpy.maximum(scale, 1e-30)
                largest = max(largest, float(shares.max()))
                squares += float(numpy.square(shares, dtype=numpy.float64).sum())
                count += shares.size
    tell(1, 1)
    return {"largest": largest, "typical": (squares / max(count, 1)) ** 0.5}
