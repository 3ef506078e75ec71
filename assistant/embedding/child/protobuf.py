"""Write an ONNX model: the few messages of it that are needed, in protobuf's encoding.

Sources: protobuf.dev/programming-guides/encoding; onnx/onnx.proto of the ONNX repository for the numbers of fields.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

Attribute = int | float

_IR_VERSION: Final = 9
_OPSET: Final = 17
_MICROSOFT: Final = "com.microsoft"
_DATA_TYPES: Final = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}
_BYTES, _FIXED32 = 2, 5


def node(operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Attribute) -> bytes:
    """A NodeProto. operator: "com.microsoft.X" for one of ONNX Runtime's own; an input "" is left out."""
    domain, _, name = operator.rpartition(".")
    parts = [_text(1, each) for each in inputs] + [_text(2, each) for each in outputs]
    parts += [_text(4, name), *(_message(5, _attribute(*pair)) for pair in attributes.items())]
    return b"".join([*parts, _text(7, domain)]) if domain else b"".join(parts)


def model(
    nodes: Iterable[bytes],
    weights: Mapping[str, Any],
    inputs: Mapping[str, tuple[str, Sequence[str]]],
    outputs: Mapping[str, tuple[str, Sequence[str]]],
) -> bytes:
    """A ModelProto. weights: numpy arrays by name. inputs, outputs: (type as numpy names it, names of dimensions)."""
    graph = [_message(1, each) for each in nodes] + [_text(2, "embedder")]
    graph += [_message(5, _tensor(name, array)) for name, array in weights.items()]
    graph += [_message(11, _value(name, *about)) for name, about in inputs.items()]
    graph += [_message(12, _value(name, *about)) for name, about in outputs.items()]
    opsets = [_text(1, "") + _number(2, _OPSET), _text(1, _MICROSOFT) + _number(2, 1)]
    return b"".join([_number(1, _IR_VERSION), _message(7, b"".join(graph)), *(_message(8, opset) for opset in opsets)])


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, float):
        return _text(1, name) + _key(2, _FIXED32) + struct.pack("<f", value) + _number(20, 1)
    return _text(1, name) + _number(3, value) + _number(20, 2)


def _tensor(name: str, array: Any) -> bytes:
    dims = b"".join(_number(1, size) for size in array.shape)
    return dims + _number(2, _DATA_TYPES[array.dtype.name]) + _text(8, name) + _message(9, array.tobytes())


def _value(name: str, kind: str, dimensions: Sequence[str]) -> bytes:
    shape = b"".join(_message(1, _text(2, each)) for each in dimensions)
    tensor = _number(1, _DATA_TYPES[kind]) + _message(2, shape)
    return _text(1, name) + _message(2, _message(1, tensor))


def _key(field: int, wire: int) -> bytes:
    return _varint(field << 3 | wire)


def _number(field: int, value: int) -> bytes:
    return _key(field, 0) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _message(field, value.encode())


def _message(field: int, content: bytes) -> bytes:
    return _key(field, _BYTES) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """value: not negative, which none of ours is."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
