"""The reader of GGUF headers agrees with the format and with llama.cpp's own tables."""

from __future__ import annotations

import ctypes
import importlib.util
import io
from pathlib import Path

import pytest

from assistant.modelstore import gguf
from tests.assistant.modelstore.gguf_files import BOOL, F32, I64, TEXT, U32, Gguf, array, pair, pairs, tensor, texts


def read(content: bytes, wanted: frozenset[str] = frozenset()) -> gguf.Header:
    return gguf.read_header(io.BytesIO(content), len(content), wanted)


def test_everything_a_header_says_is_read() -> None:
    file = Gguf(
        version=2,
        pairs=(
            pair("t", TEXT, "grün"),
            pair("yes", BOOL, 1),
            pair("less", I64, -5),
            pair("half", F32, 0.5),
            array("numbers", U32, bytes(12), 3),
            texts("words", ("a", "<|im_end|>", b"\xff")),
        ),
    )
    header = read(file.bytes(), frozenset({"<|im_end|>", "missing"}))
    assert header.version == 2
    assert header.values == {"t": "grün", "yes": True, "less": -5, "half": 0.5}
    assert header.arrays == {"numbers": 3, "words": 3}
    assert header.marks == {"<|im_end|>"}
    assert [(part.name, part.shape, part.offset, part.size) for part in header.tensors] == [
        ("a", (32, 2), 0, 256),
        ("b", (32,), 256, 18),
    ]
    assert header.data == -(-len(file.header) // 32) * 32


def test_another_alignment_is_followed() -> None:
    file = Gguf(
        pairs=pairs(alignment=pair("general.alignment", U32, 1024)),
        tensors=(tensor("a", (1,)), tensor("b", (1,), offset=1024)),
        data=bytes(1028),
        alignment=1024,
    )
    assert read(file.bytes()).data % 1024 == 0
    with pytest.raises(gguf.NotSound, match="cut-off"):
        read(file.but(data=bytes(1027)).bytes())


def test_our_table_of_weights_is_the_installed_llama_cpps() -> None:
    spec = importlib.util.find_spec("llama_cpp")
    if spec is None or spec.origin is None:
        pytest.skip("llama_cpp is not installed")
    (library,) = Path(spec.origin).parent.joinpath("lib").glob("libggml-base.so")
    ggml = ctypes.CDLL(str(library))
    ggml.ggml_blck_size.restype = ctypes.c_int64
    ggml.ggml_type_size.restype = ctypes.c_size_t
    known = {number: (ggml.ggml_blck_size(number), ggml.ggml_type_size(number)) for number in range(43)}
    assert {number: sizes for number, sizes in known.items() if sizes[0]} == dict(gguf.TENSOR_TYPES)
