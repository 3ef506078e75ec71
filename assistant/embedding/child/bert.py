"""An encoder of the BERT family as an ONNX graph, made from its weights with ONNX Runtime's fused operators.

The arithmetic is that of transformers' modeling_bert.py. Operators: docs/ContribOperators.md of ONNX Runtime. In 8 bits
each matrix has a scale for each of its columns, and what it is multiplied with is quantized when it is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy

from assistant.embedding.architecture import Shape
from assistant.embedding.child import protobuf

_WORDS: Final = "embeddings.word_embeddings.weight"


class Tensors(Protocol):
    """The weights of a model, by name."""

    def __contains__(self, name: str) -> bool: ...

    def get(self, name: str, *shape: int) -> Any:
        """A tensor of this shape as float32. Raises NoWeights where there is none, or another."""


def graph(shape: Shape, weights: Tensors, *, eight_bits: bool) -> bytes:
    """An ONNX model: ids (int64), mask (int32), positions (int64) to hidden (float32). Raises NoWeights."""
    return _Graph(shape, weights, eight_bits).bytes()


def padded(rows: Sequence[Sequence[int]], shape: Shape) -> dict[str, Any]:
    """What `graph` takes, of rows of tokens: "ids" and "mask" (rows x longest), "positions" (longest)."""
    longest = max(len(row) for row in rows)
    ids = numpy.zeros((len(rows), longest), numpy.int64)
    mask = numpy.zeros((len(rows), longest), numpy.int32)
    for number, row in enumerate(rows):
        ids[number, : len(row)], mask[number, : len(row)] = row, 1
    return {"ids": ids, "mask": mask, "positions": numpy.arange(longest) + shape.offset}


class _Graph:
    def __init__(self, shape: Shape, weights: Tensors, eight_bits: bool) -> None:
        self._shape, self._weights, self._eight = shape, weights, eight_bits
        self._prefix = next((p for p in ("", "bert.", "roberta.") if f"{p}{_WORDS}" in weights), "")
        self._nodes: list[bytes] = []
        self._kept: dict[str, Any] = {}

    def bytes(self) -> bytes:
        """All of it."""
        hidden = self._embeddings()
        for number in range(self._shape.layers):
            hidden = self._layer(f"encoder.layer.{number}", hidden)
        self._nodes.append(protobuf.node("Identity", [hidden], ["hidden"]))
        two = ("texts", "tokens")
        inputs = {"ids": ("int64", two), "mask": ("int32", two), "positions": ("int64", ("tokens",))}
        return protobuf.model(self._nodes, self._kept, inputs, {"hidden": ("float32", (*two, "width"))})

    def _embeddings(self) -> str:
        shape = self._shape
        words = self._keep("words", self._get(_WORDS, shape.words, shape.width))
        places = self._get("embeddings.position_embeddings.weight", shape.positions, shape.width)
        kinds = self._get("embeddings.token_type_embeddings.weight", shape.types, shape.width)
        places = self._keep("places", places + kinds[0])  # every token is of the first kind
        self._nodes += [
            protobuf.node("Gather", [words, "ids"], ["word"], axis=0),
            protobuf.node("Gather", [places, "positions"], ["place"], axis=0),
            protobuf.node("Add", ["word", "place"], ["embedded"]),
        ]
        gain, bias = self._norm("embeddings.LayerNorm")
        norm = ["embedded", gain, bias]
        self._nodes.append(protobuf.node("LayerNormalization", norm, ["start"], epsilon=self._shape.epsilon))
        return "start"

    def _layer(self, name: str, hidden: str) -> str:
        shape = self._shape
        looked = self._attention(name, hidden)
        out, bias = self._product(f"{name}.attention.output.dense", looked, shape.width, shape.width)
        middle = self._skip(f"{name}.attention.output.LayerNorm", out, hidden, bias)
        inner, bias = self._product(f"{name}.intermediate.dense", middle, shape.width, shape.inner)
        active = f"{name}.active"
        self._nodes.append(protobuf.node(f"com.microsoft.{shape.activation}", [inner, bias], [active]))
        out, bias = self._product(f"{name}.output.dense", active, shape.inner, shape.width)
        return self._skip(f"{name}.output.LayerNorm", out, middle, bias)

    def _attention(self, name: str, hidden: str) -> str:
        width = self._shape.width
        parts = [f"{name}.attention.self.{which}" for which in ("query", "key", "value")]
        matrix = numpy.concatenate([self._get(f"{part}.weight", width, width) for part in parts]).T
        bias = numpy.concatenate([self._get(f"{part}.bias", width) for part in parts])
        kept = self._keep(f"{name}.attention.bias", bias)
        if not self._eight:
            inputs = [hidden, self._keep(f"{name}.attention", matrix), kept, "mask"]
            operator = "com.microsoft.Attention"
        else:
            small, scale = _small(matrix)
            zero = self._keep(f"{name}.attention.zero", numpy.zeros(len(scale), numpy.int8))
            quantized, step, nought = self._quantized(hidden)
            weights = self._keep(f"{name}.attention", small), self._keep(f"{name}.attention.scale", scale)
            inputs = [quantized, weights[0], kept, step, weights[1], "mask", nought, zero]
            operator = "com.microsoft.QAttention"
        self._nodes.append(protobuf.node(operator, inputs, [f"{name}.looked"], num_heads=self._shape.heads))
        return f"{name}.looked"

    def _product(self, name: str, hidden: str, rows: int, columns: int) -> tuple[str, str]:
        """A dense layer without its bias, and the bias."""
        matrix = self._get(f"{name}.weight", columns, rows).T
        bias = self._keep(f"{name}.bias", self._get(f"{name}.bias", columns))
        if not self._eight:
            self._nodes.append(protobuf.node("MatMul", [hidden, self._keep(name, matrix)], [f"{name}.out"]))
            return f"{name}.out", bias
        small, scale = _small(matrix)
        quantized, step, nought = self._quantized(hidden)
        kept = [self._keep(name, small), step, self._keep(f"{name}.scale", scale), nought]
        self._nodes.append(
            protobuf.node("com.microsoft.MatMulIntegerToFloat", [quantized, kept[0], *kept[1:]], [f"{name}.out"])
        )
        return f"{name}.out", bias

    def _quantized(self, hidden: str) -> tuple[str, str, str]:
        names = (f"{hidden}.8", f"{hidden}.step", f"{hidden}.nought")
        self._nodes.append(protobuf.node("DynamicQuantizeLinear", [hidden], names))
        return names

    def _skip(self, name: str, out: str, before: str, bias: str) -> str:
        gain, offset = self._norm(name)
        inputs = [out, before, gain, offset, bias]
        self._nodes.append(
            protobuf.node("com.microsoft.SkipLayerNormalization", inputs, [f"{name}.out"], epsilon=self._shape.epsilon)
        )
        return f"{name}.out"

    def _norm(self, name: str) -> tuple[str, str]:
        width = self._shape.width
        gain = self._keep(f"{name}.gain", self._get(f"{name}.weight", width))
        return gain, self._keep(f"{name}.bias", self._get(f"{name}.bias", width))

    def _get(self, name: str, *shape: int) -> Any:
        return self._weights.get(self._prefix + name, *shape)

    def _keep(self, name: str, array: Any) -> str:
        self._kept[name] = numpy.ascontiguousarray(array)
        return name


def _small(matrix: Any) -> tuple[Any, Any]:
    """A matrix in 8 bits, symmetric about nought, and the scale of each of its columns."""
    scale = numpy.maximum(numpy.abs(matrix).max(axis=0), 1e-9) / 127
    return numpy.rint(matrix / scale).astype(numpy.int8), scale.astype(numpy.float32)
