"""Read and judge the header of a GGUF file, which may be hostile, before any native code sees it.

Source: ggml's docs/gguf.md and the checks of llama.cpp's gguf.cpp, which this is at least as strict as.
Nothing is allocated on the word of the file: lengths and counts are held against the file's size and
against caps that are far above any real model's.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

Value = int | float | bool | str

MAX_PAIRS: Final = 16_384
MAX_TENSORS: Final = 65_536
MAX_KEY: Final = 1_024
MAX_TEXT: Final = 4 << 20  # of one text; the longest chat templates are a hundredth of that
MAX_TEXTS: Final = 16 << 20  # of all texts that are kept
MAX_ITEMS: Final = 2_000_000  # texts in arrays altogether; the largest vocabularies have 0.8 million, merges included
MAX_ITEM_BYTES: Final = 256 << 20  # of those texts altogether
MAX_NAME: Final = 63  # bytes of a tensor's name (GGML_MAX_NAME, less the closing zero)
MAX_DIMENSIONS: Final = 4
MAX_ALIGNMENT: Final = 1 << 20
MAX_NUMBERS: Final = 1024  # items of an array of numbers that is kept; models have one a layer at most
DEFAULT_ALIGNMENT: Final = 32

_TEXT, _ARRAY, _BOOL = 8, 9, 7
_NUMBERS: Final = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    _BOOL: struct.Struct("<B"),
    10: struct.Struct("<Q"),
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}
_UINT32, _UINT64 = _NUMBERS[4], _NUMBERS[10]
_UINT32_TYPE: Final = 4

TENSOR_TYPES: Final[Mapping[int, tuple[int, int]]] = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    34: (256, 54), 35: (256, 66), 39: (32, 17), 40: (64, 36), 41: (128, 18), 42: (64, 18),
}  # fmt: skip
"""ggml's number of a type of weights: (weights in a block, bytes of a block)."""


class NotSound(Exception):
    """A header that is not sound. code: a stable word. detail: what is wrong, without text from the file."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Tensor:
    """A block of weights. offset, size: in bytes, the offset from the start of the data."""

    name: str
    shape: tuple[int, ...]
    type: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Header:
    """What a GGUF file says about itself.

    values: single values by key. arrays: how many items each array has. items: the type of an array's items, as
    GGUF numbers them. numbers: the items of short arrays of numbers. marks: which of the texts asked for stand
    as an item in an array of texts. tokens: the tokens asked for, by number. data: where the weights begin, in
    bytes.
    """

    version: int
    values: Mapping[str, Value]
    arrays: Mapping[str, int]
    items: Mapping[str, int]
    numbers: Mapping[str, tuple[int | float, ...]]
    marks: frozenset[str]
    tokens: Mapping[int, str]
    tensors: tuple[Tensor, ...]
    data: int

    def text(self, key: str) -> str:
        """The text under `key`, "" where there is none."""
        value = self.values.get(key)
        return value if isinstance(value, str) else ""

    def integer(self, key: str) -> int | None:
        """The whole number under `key`, None where there is none."""
        value = self.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


def read_header(
    file: BinaryIO, size: int, wanted: frozenset[str] = frozenset(), tokens: frozenset[int] = frozenset()
) -> Header:
    """Read the header of a GGUF file of `size` bytes from its start. Raises NotSound, OSError.

    wanted: texts to look for in the file's arrays of texts (its vocabulary), each at most 64 bytes. tokens: the
    numbers of tokens whose texts are wanted.
    """
    return _Reader(file, size, wanted, tokens).header()


class _Reader:
    """Walks through one header, never past the end of the file."""

    def __init__(self, file: BinaryIO, size: int, wanted: frozenset[str], tokens: frozenset[int]) -> None:
        self._file = file
        self._size = size
        self._at = 0
        self._wanted = {text.encode(): text for text in wanted}
        self._longest = max((len(encoded) for encoded in self._wanted), default=0)
        self._marks: set[str] = set()
        self._token_numbers = tokens
        self._tokens: dict[int, str] = {}
        self._arrays: dict[str, int] = {}
        self._items_of: dict[str, int] = {}
        self._numbers: dict[str, tuple[int | float, ...]] = {}
        self._alignment_type = _UINT32_TYPE
        self._kept = 0
        self._items = 0
        self._item_bytes = 0

    def header(self) -> Header:
        """The whole header; the file's data is looked at only by its size."""
        if self._size < 4 or self._take(4) != b"GGUF":
            raise NotSound("not-gguf", "the first four bytes are others")
        version = self._version()
        tensor_count, pair_count = self._number(_UINT64), self._number(_UINT64)
        # A pair takes 13 bytes at least, a tensor 33: a count over that is a lie whatever follows.
        if pair_count > min(MAX_PAIRS, self._left // 13) or tensor_count > min(MAX_TENSORS, self._left // 33):
            raise NotSound("counts", f"{pair_count} pairs and {tensor_count} tensors in {self._size} bytes")
        values = self._pairs(pair_count)
        alignment = self._alignment(values)
        tensors = self._tensors(tensor_count, alignment)
        data = self._at + -self._at % alignment
        _hold_against_size(tensors, self._size - data, alignment)
        marks = frozenset(self._marks)
        return Header(version, values, self._arrays, self._items_of, self._numbers, marks, self._tokens, tensors, data)

    @property
    def _left(self) -> int:
        return self._size - self._at

    def _take(self, length: int) -> bytes:
        if length > self._left:
            raise NotSound("cut-off", f"{length} bytes wanted at {self._at} of {self._size}")
        taken = self._file.read(length)
        if len(taken) != length:
            raise NotSound("cut-off", "the file became shorter while it was read")
        self._at += length
        return taken

    def _skip(self, length: int) -> None:
        if length > self._left:
            raise NotSound("cut-off", f"{length} bytes wanted at {self._at} of {self._size}")
        self._at += length
        self._file.seek(self._at)

    def _number(self, kind: struct.Struct) -> int:
        number: int = kind.unpack(self._take(kind.size))[0]
        return number

    def _version(self) -> int:
        version = self._number(_UINT32)
        if version & 0xFFFF == 0 and version:
            raise NotSound("byte-order", "written for processors of the other byte order")
        if version not in (2, 3):
            raise NotSound("version", f"version {version}")
        return version

    def _text(self, longest: int) -> str:
        length = self._number(_UINT64)
        if length > longest:
            # A length past the end of the file is a cut or a lie; one inside it is only too much.
            raise NotSound("cut-off" if length > self._left else "too-long", f"a text of {length} bytes")
        try:
            return self._take(length).decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotSound("text", "a text that is not UTF-8") from error

    def _key(self) -> str:
        key = self._text(MAX_KEY)
        if not key or not key.isprintable() or not key.isascii():
            raise NotSound("key", "a key that is no name")
        return key

    def _pairs(self, count: int) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for _ in range(count):
            key = self._key()
            if key in values or key in self._arrays:
                raise NotSound("duplicate", "a key that stands twice")
            kind = self._number(_UINT32)
            if key == "general.alignment":
                self._alignment_type = kind
            if kind == _ARRAY:
                self._array(key)
            else:
                values[key] = self._value(kind)
        return values

    def _value(self, kind: int) -> Value:
        if kind == _TEXT:
            text = self._text(MAX_TEXT)
            self._kept += len(text)
            if self._kept > MAX_TEXTS:
                raise NotSound("too-long", "more text than a header needs")
            return text
        if kind not in _NUMBERS:
            raise NotSound("type", f"a value of type {kind}")
        number: int | float = _NUMBERS[kind].unpack(self._take(_NUMBERS[kind].size))[0]
        if kind == _BOOL:
            if number not in (0, 1):
                raise NotSound("type", "a yes or no that is neither")
            return bool(number)
        return number

    def _array(self, key: str) -> None:
        kind, count = self._number(_UINT32), self._number(_UINT64)
        if kind == _TEXT:
            self._texts(count, vocabulary=key == "tokenizer.ggml.tokens")
        elif kind in _NUMBERS and count <= MAX_NUMBERS:
            self._numbers[key] = tuple(self._number(_NUMBERS[kind]) for _ in range(count))
        elif kind in _NUMBERS:
            self._skip(count * _NUMBERS[kind].size)
        else:
            raise NotSound("type", f"an array of type {kind}")
        self._arrays[key], self._items_of[key] = count, kind

    def _texts(self, count: int, *, vocabulary: bool) -> None:
        """Pass over `count` texts, remembering those that are wanted. They need not be UTF-8: tokens may be bytes."""
        self._items += count
        if count * _UINT64.size > self._left:
            raise NotSound("cut-off", f"{count} texts in {self._left} bytes")
        if self._items > MAX_ITEMS:
            raise NotSound("counts", f"{self._items} texts in arrays")
        seen: set[int] = set()
        for number in range(count):
            length = self._number(_UINT64)
            self._item_bytes += length
            if length > MAX_TEXT or self._item_bytes > MAX_ITEM_BYTES:
                raise NotSound("cut-off" if length > self._left else "too-long", f"a text of {length} bytes")
            text = self._take(length)
            if length <= self._longest and text in self._wanted:
                self._marks.add(self._wanted[text])
            if vocabulary and text:
                if (hashed := hash(text)) in seen:
                    # llama.cpp would end its process over this. Python's keyed hashes stand for the texts, which
                    # would take ten times the memory.
                    raise NotSound("duplicate", "a token that stands twice")
                seen.add(hashed)
                if number in self._token_numbers:
                    self._tokens[number] = text.decode("utf-8", "replace")

    def _alignment(self, values: Mapping[str, Value]) -> int:
        alignment = values.get("general.alignment", DEFAULT_ALIGNMENT)
        if self._alignment_type != _UINT32_TYPE or not isinstance(alignment, int):
            raise NotSound("alignment", "an alignment that is no whole number")
        if not 1 <= alignment <= MAX_ALIGNMENT or alignment & (alignment - 1):
            raise NotSound("alignment", f"an alignment of {alignment}")
        return alignment

    def _tensors(self, count: int, alignment: int) -> tuple[Tensor, ...]:
        tensors: list[Tensor] = []
        names: set[str] = set()
        for _ in range(count):
            tensor = self._tensor(alignment)
            if tensor.name in names:
                raise NotSound("duplicate", "a tensor's name that stands twice")
            names.add(tensor.name)
            tensors.append(tensor)
        return tuple(tensors)

    def _tensor(self, alignment: int) -> Tensor:
        name = self._text(MAX_NAME)
        if not name or not name.isprintable():
            raise NotSound("key", "a tensor without a name")
        dimensions = self._number(_UINT32)
        if not 1 <= dimensions <= MAX_DIMENSIONS:
            raise NotSound("shape", f"a tensor of {dimensions} dimensions")
        shape = tuple(self._number(_UINT64) for _ in range(dimensions))
        kind, offset = self._number(_UINT32), self._number(_UINT64)
        if kind not in TENSOR_TYPES:
            raise NotSound("weights", f"weights of type {kind}")
        if offset % alignment:
            raise NotSound("offset", f"an offset of {offset} with an alignment of {alignment}")
        return Tensor(name, shape, kind, offset, self._bytes(shape, kind))

    def _bytes(self, shape: tuple[int, ...], kind: int) -> int:
        block, size = TENSOR_TYPES[kind]
        count = 1
        for dimension in shape:
            count *= dimension
            # Python's numbers do not overflow; llama.cpp's do at 2^63, and no file is that large.
            if dimension == 0 or count >= 1 << 63:
                raise NotSound("shape", "a dimension that is zero or huge")
        if shape[0] % block:
            raise NotSound("shape", f"rows of {shape[0]} weights in blocks of {block}")
        return count // block * size


def _hold_against_size(tensors: tuple[Tensor, ...], available: int, alignment: int) -> None:
    """Each tensor must begin where the one before it ends, padded, and end inside the file."""
    expected = 0
    for tensor in tensors:
        if tensor.offset != expected:
            raise NotSound("offset", f"an offset of {tensor.offset} where {expected} is due")
        end = tensor.offset + tensor.size
        if end > available:
            raise NotSound("cut-off", f"weights up to byte {end} of {max(available, 0)}")
        expected = end + -end % alignment
