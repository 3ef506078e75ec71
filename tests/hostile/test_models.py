"""Model files made to do harm are refused by our own reader, quickly, in little memory, and never by a crash."""

from __future__ import annotations

import io
import resource
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import ModelUnreadable
from assistant.modelstore import ModelStore, gguf
from assistant.settings import Folders
from tests.assistant.modelstore.gguf_files import (
    ARRAY,
    BOOL,
    I32,
    TEXT,
    U32,
    U64,
    Gguf,
    array,
    pair,
    pairs,
    tensor,
    text,
    texts,
)

HUGE = (1 << 64) - 1


def with_pair(raw: bytes) -> Gguf:
    return Gguf(pairs=pairs(extra=raw))


def with_tensors(*tensors: bytes, data: int = 4096) -> Gguf:
    return Gguf(tensors=tensors, data=bytes(data))


HOSTILE = {
    "magic": (Gguf(magic=b"GGML"), "not-gguf"),
    "version 0": (Gguf(version=0), "version"),
    "version 1": (Gguf(version=1), "version"),
    "version 4": (Gguf(version=4), "version"),
    "other byte order": (Gguf(version=0x03000000), "byte-order"),
    "more pairs than bytes": (Gguf(pair_count=HUGE), "counts"),
    "negative pairs": (Gguf(pair_count=1 << 63), "counts"),
    "more tensors than bytes": (Gguf(tensor_count=HUGE), "counts"),
    "tensors whose sizes overflow": (Gguf(tensor_count=HUGE // 32), "counts"),
    "pairs over the cap": (Gguf(pair_count=gguf.MAX_PAIRS + 1, data=bytes(1 << 20)), "counts"),
    "fewer pairs than said": (Gguf(pair_count=7, tensors=(), data=bytes(64)), "key"),
    "empty key": (with_pair(pair("", U32, 1)), "key"),
    "key with a zero": (with_pair(pair("a\0b", U32, 1)), "key"),
    "key not of this world": (with_pair(pair("schlüssel", U32, 1)), "key"),
    "key not UTF-8": (with_pair(pair(b"\xff\xfe", U32, 1)), "text"),
    "long key": (with_pair(pair("k" * 2000, U32, 1)), "too-long"),
    "key as long as memory": (with_pair(struct.pack("<Q", HUGE) + b"key"), "cut-off"),
    "key past the end": (with_pair(struct.pack("<Q", 1 << 20) + b"key"), "cut-off"),
    "the same key twice": (with_pair(pair("llama.block_count", U32, 1)), "duplicate"),
    "the same key as array": (with_pair(array("llama.block_count", U32, bytes(4), 1)), "duplicate"),
    "unknown type": (with_pair(text("k") + struct.pack("<II", 13, 0)), "type"),
    "negative type": (with_pair(text("k") + struct.pack("<II", HUGE >> 32, 0)), "type"),
    "neither yes nor no": (with_pair(pair("k", BOOL, 2)), "type"),
    "text not UTF-8": (with_pair(text("k") + struct.pack("<I", TEXT) + text(b"\xff")), "text"),
    "text past the end": (with_pair(text("k") + struct.pack("<IQ", TEXT, HUGE)), "cut-off"),
    "text of 5 MB": (with_pair(pair("k", TEXT, "x" * (5 << 20))), "too-long"),
    "array of arrays": (with_pair(array("k", ARRAY, bytes(64), 1)), "type"),
    "array of nothing known": (with_pair(array("k", 99, bytes(64), 1)), "type"),
    "array as long as memory": (with_pair(array("k", U64, b"", HUGE)), "cut-off"),
    "array whose size overflows": (with_pair(array("k", U64, b"", 1 << 61)), "cut-off"),
    "texts as many as memory": (with_pair(array("k", TEXT, b"", HUGE)), "cut-off"),
    "text in an array past the end": (with_pair(array("k", TEXT, struct.pack("<Q", HUGE), 1)), "cut-off"),
    "alignment 0": (with_pair(pair("general.alignment", U32, 0)), "alignment"),
    "alignment 3": (with_pair(pair("general.alignment", U32, 3)), "alignment"),
    "alignment huge": (with_pair(pair("general.alignment", U32, 1 << 31)), "alignment"),
    "alignment text": (with_pair(pair("general.alignment", TEXT, "32")), "alignment"),
    "alignment yes": (with_pair(pair("general.alignment", BOOL, 1)), "alignment"),
    "alignment of another type": (with_pair(pair("general.alignment", I32, 32)), "alignment"),
    "alignment array": (with_pair(array("general.alignment", U32, bytes(4), 1)), "alignment"),
    "tensor without a name": (with_tensors(tensor("", (32,))), "key"),
    "tensor with a long name": (with_tensors(tensor("n" * 64, (32,))), "too-long"),
    "tensor name twice": (with_tensors(tensor("a", (32,)), tensor("a", (32,), offset=128)), "duplicate"),
    "no dimension": (with_tensors(tensor("a", ())), "shape"),
    "five dimensions": (with_tensors(tensor("a", (2,) * 5)), "shape"),
    "four thousand million dimensions": (with_tensors(text("a") + struct.pack("<I", HUGE >> 32)), "shape"),
    "dimension 0": (with_tensors(tensor("a", (32, 0))), "shape"),
    "dimension negative": (with_tensors(tensor("a", (1 << 63,))), "shape"),
    "dimensions that overflow to 0": (with_tensors(tensor("a", (1 << 32, 1 << 32))), "shape"),
    "dimensions that overflow to 32": (with_tensors(tensor("a", ((1 << 62) + 8, 4))), "shape"),
    "dimensions over 64 bits": (with_tensors(tensor("a", (4 * ((1 << 31) - 1),) * 2, 26)), "shape"),
    "weights over 64 bits": (with_tensors(tensor("a", (1 << 30, 1 << 32), 27)), "cut-off"),
    "sums that overflow": (
        with_tensors(tensor("a", ((1 << 63) - 64,), 24), tensor("b", ((1 << 63) - 64,), 24, (1 << 63) - 64)),
        "cut-off",
    ),
    "offsets of another alignment": (with_tensors(tensor("a", (33,)), tensor("b", (33,), offset=132)), "offset"),
    "a token twice": (Gguf(pairs=pairs(tokens=texts("tokenizer.ggml.tokens", ("a", "b", "a")))), "duplicate"),
    "bytes that overflow": (with_tensors(tensor("a", ((1 << 62),), 28)), "cut-off"),
    "half a block": (with_tensors(tensor("a", (33,), 2)), "shape"),
    "removed type of weights": (with_tensors(tensor("a", (32,), 4)), "weights"),
    "unknown type of weights": (with_tensors(tensor("a", (32,), 1000)), "weights"),
    "offset not aligned": (with_tensors(tensor("a", (32,), offset=1)), "offset"),
    "offset past the end": (with_tensors(tensor("a", (32,), offset=1 << 62)), "offset"),
    "offset that overflows": (with_tensors(tensor("a", (32,), offset=HUGE - 31)), "offset"),
    "weights on top of each other": (with_tensors(tensor("a", (32,)), tensor("b", (32,), offset=0)), "offset"),
    "weights past the end": (with_tensors(tensor("a", (32, 1000))), "cut-off"),
    "last byte missing": (Gguf(data=bytes(256 + 17)), "cut-off"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_each_hostile_header_is_refused_for_its_own_reason(name: str) -> None:
    file, code = HOSTILE[name]
    content = file.bytes()
    with pytest.raises(gguf.NotSound) as refused:
        gguf.read_header(io.BytesIO(content), len(content))
    assert refused.value.code == code


# The classes of llama.cpp's tests/test-gguf.cpp that it refuses, and what stands for them here.
LLAMA_CPP = {
    "HEADER_BAD_MAGIC": "magic",
    "HEADER_BAD_VERSION_0": "version 0",
    "HEADER_BAD_VERSION_1": "version 1",
    "HEADER_BAD_VERSION_FUTURE": "version 4",
    "HEADER_BAD_N_KV": "more pairs than bytes",
    "HEADER_BAD_N_TENSORS": "more tensors than bytes",
    "KV_BAD_KEY_SIZE": "key as long as memory",
    "KV_EMPTY_KEY": "empty key",
    "KV_BAD_TYPE": "unknown type",
    "KV_DUPLICATE_KEY": "the same key twice",
    "KV_BAD_ALIGN": "alignment 3",
    "KV_WRONG_TYPE_ALIGN": "alignment of another type",
    "TENSORS_BAD_NAME_SIZE": "tensor with a long name",
    "TENSORS_BAD_N_DIMS": "five dimensions",
    "TENSORS_BAD_SHAPE": "dimension negative",
    "TENSORS_ZERO_DIM": "dimension 0",  # llama.cpp takes it; no model has one
    "TENSORS_NE_TOO_BIG": "dimensions over 64 bits",
    "TENSORS_NBYTES_TOO_BIG": "weights over 64 bits",
    "TENSORS_BAD_TYPE": "unknown type of weights",
    "TENSORS_BAD_OFFSET": "offset that overflows",
    "TENSORS_DUPLICATE_NAME": "tensor name twice",
    "TENSORS_BAD_ALIGN": "alignment 3",
    "TENSORS_INCONSISTENT_ALIGN": "offsets of another alignment",
    "DATA_NOT_ENOUGH_DATA": "last byte missing",
    "DATA_BAD_ALIGN": "alignment 3",
    "DATA_INCONSISTENT_ALIGN": "offsets of another alignment",
    "DATA_MEM_SIZE_OVERFLOW": "sums that overflow",
}


def test_every_class_of_llama_cpps_own_tests_is_here() -> None:
    assert {name for name in LLAMA_CPP.values() if name not in HOSTILE} == set()


@pytest.mark.parametrize(
    "file",
    [
        Gguf(pairs=(), tensors=(), data=b""),  # HEADER_EMPTY
        Gguf(tensors=(), data=b""),  # KV_SUCCESS
        Gguf(),  # TENSORS_SUCCESS, DATA_SUCCESS
        Gguf(  # TENSORS_CUSTOM_ALIGN, DATA_CUSTOM_ALIGN
            pairs=pairs(extra=pair("general.alignment", U32, 1)),
            tensors=(tensor("a", (33,)), tensor("b", (33,), offset=132)),
            data=bytes(264),
            alignment=1,
        ),
    ],
)
def test_what_llama_cpps_own_tests_take_for_sound_is_a_sound_header_here_too(file: Gguf) -> None:
    content = file.bytes()
    assert gguf.read_header(io.BytesIO(content), len(content)).version == 3


def test_the_file_they_are_made_from_is_sound() -> None:
    content = Gguf().bytes()
    assert len(gguf.read_header(io.BytesIO(content), len(content)).tensors) == 2


def test_a_sound_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    content = Gguf().bytes()
    store = ModelStore(Folders.inside(tmp_path))
    path = tmp_path / "cut.gguf"
    for length in range(len(content)):
        path.write_bytes(content[:length])
        with pytest.raises(ModelUnreadable):
            store.inspect(path)


def test_a_header_that_says_less_than_the_truth_about_the_files_size_is_refused() -> None:
    content = Gguf().bytes()
    with pytest.raises(gguf.NotSound, match="became shorter"):
        gguf.read_header(io.BytesIO(content[:40]), len(content))


@pytest.mark.slow
def test_a_sparse_file_of_a_terabyte_costs_neither_time_nor_memory(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    path = tmp_path / "sparse.gguf"
    empty_texts = Gguf(pairs=(text("k") + struct.pack("<IIQ", ARRAY, TEXT, 1 << 36),), tensors=())
    long_text = Gguf(pairs=(text("k") + struct.pack("<IQ", TEXT, 1 << 39),), tensors=())
    many_pairs = Gguf(pairs=(), pair_count=1 << 36, tensors=())
    store = ModelStore(Folders.inside(tmp_path))
    for file in (empty_texts, long_text, many_pairs):
        with path.open("wb") as target:
            target.write(file.header)
            target.truncate(1 << 40)
        with pytest.raises(ModelUnreadable):
            store.inspect(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10  # KiB


def seeds() -> list[bytes]:
    rich = Gguf(
        pairs=pairs(
            template=pair("tokenizer.chat_template", TEXT, "{{'<|im_start|>'}}"),
            alignment=pair("general.alignment", U32, 32),
            merges=texts("tokenizer.ggml.merges", ("a b", "c d")),
            scores=array("tokenizer.ggml.scores", U32, bytes(16), 4),
        )
    )
    return [Gguf().bytes(), rich.bytes(), *(file.bytes()[:4096] for file, _ in HOSTILE.values())]


SEEDS = seeds()
INTERESTING = [0, 1, 2, 8, 9, 31, 255, 1 << 31, (1 << 32) - 1, 1 << 62, 1 << 63, HUGE]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A seed with some of its bytes, lengths and counts replaced, and perhaps its end."""
    content = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(content) - 1))
        match draw(st.integers(0, 3)):
            case 0:
                content[place] = draw(st.integers(0, 255))
            case 1:
                content[place : place + 8] = struct.pack("<Q", draw(st.sampled_from(INTERESTING)))
            case 2:
                content[place:place] = draw(st.binary(max_size=16))
            case _:
                del content[place : place + draw(st.integers(1, 16))]
        if not content:
            break
    return bytes(content)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=mutated())
def test_whatever_is_changed_the_reader_accepts_or_refuses(content: bytes) -> None:
    try:
        header = gguf.read_header(io.BytesIO(content), len(content), frozenset({"<|im_start|>"}))
    except gguf.NotSound:
        return
    # What it accepts holds: everything lies inside the file and nothing on top of anything else.
    end = header.data
    for part in header.tensors:
        assert header.data + part.offset >= end
        end = header.data + part.offset + part.size
    assert end <= max(len(content), header.data)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=mutated() | st.binary(max_size=200))
def test_a_person_only_ever_sees_sentences(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mutated.gguf"
    path.write_bytes(content)
    said = ""
    try:
        ModelStore(Folders.inside(tmp_path)).inspect(path)
    except ModelUnreadable as error:
        said = error.what + error.do
    assert said.count(".gguf") <= 2
    assert "!" not in said
