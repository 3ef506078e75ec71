"""An encoder of the BERT family on ONNX Runtime: loads in a second, needs neither PyTorch nor transformers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy
import onnxruntime

from assistant.embedding.architecture import Shape
from assistant.embedding.child import bert
from assistant.embedding.child.weights import Weights

_ROOM: Final = 2048
"""Tokens in one batch, padding included: larger ones gain nothing on a processor, and keep a question waiting."""


class QuickModel:
    """What sentence-transformers computes for such a model: the same vectors, but for rounding; in 8 bits nearly so."""

    def __init__(self, folder: Path, shape: Shape, threads: int, *, eight_bits: bool, max_tokens: int) -> None:
        """Raises NoWeights, OSError, and what ONNX Runtime raises."""
        from tokenizers import Tokenizer

        self._shape = shape
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(max_tokens)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        # A thread that waits in a loop takes its core from the language model.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        model = bert.graph(shape, Weights(folder / "model.safetensors"), eight_bits=eight_bits)
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def encode(self, texts: Sequence[str], go_on: Callable[[], None]) -> Any:
        """A unit vector a text, float32, a row each in the order of the texts.

        The texts go by length, so that little is padded. go_on: called before each batch; raises to break off.
        """
        # sentence-transformers strips them too.
        tokens = [each.ids for each in self._tokenizer.encode_batch_fast([text.strip() for text in texts])]
        order = sorted(range(len(tokens)), key=lambda index: -len(tokens[index]))
        vectors = numpy.zeros((len(texts), self._shape.width), numpy.float32)
        while order:
            go_on()
            count = max(1, _ROOM // max(1, len(tokens[order[0]])))
            batch, order = order[:count], order[count:]
            vectors[batch] = self._batch([tokens[index] for index in batch])
        return vectors

    def tokens(self, texts: Sequence[str], go_on: Callable[[], None]) -> list[tuple[Any, Any]]:
        """Of each text the vectors of its tokens (tokens x width), and where they stand: start and end, both 0 for a
        token of the model's own.
        """
        encodings = self._tokenizer.encode_batch(list(texts))
        order = sorted(range(len(texts)), key=lambda index: -len(encodings[index].ids))
        found: dict[int, tuple[Any, Any]] = {}
        while order:
            go_on()
            count = max(1, _ROOM // max(1, len(encodings[order[0]].ids)))
            batch, order = order[:count], order[count:]
            hidden, _ = self._hidden([encodings[index].ids for index in batch])
            for index, rows in zip(batch, hidden, strict=True):
                offsets = encodings[index].offsets
                found[index] = rows[: len(offsets)], offsets
        return [found[index] for index in range(len(texts))]

    def _batch(self, rows: Sequence[Sequence[int]]) -> Any:
        hidden, mask = self._hidden(rows)
        if self._shape.mean:
            pooled = (hidden * mask[:, :, None]).sum(axis=1) / numpy.maximum(mask.sum(axis=1, keepdims=True), 1)
        else:
            pooled = hidden[:, 0]
        return pooled / numpy.maximum(numpy.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)

    def _hidden(self, rows: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """The vectors of the tokens of each row, padded, and which are tokens."""
        fed = bert.padded(rows, self._shape)
        (hidden,) = self._session.run(None, fed)
        return hidden, fed["mask"]
