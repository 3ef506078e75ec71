"""A reader: an encoder that has a question and a passage before it at once, with heads for whether and where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy
import onnxruntime

from assistant.embedding.architecture import Shape
from assistant.embedding.child import bert
from assistant.embedding.child.weights import NoWeights, Weights

_ROOM: Final = 2048
"""Tokens in one batch, padding included."""
_QUESTION: Final = 64
_BOTH: Final = 384
"""Tokens: what is longer is cut off at its end. Its passages are of 256 at the most."""


class _Over:
    """The weights of a model that was made from another: its own where it has them, else the other's."""

    def __init__(self, own: Weights, base: Weights) -> None:
        self._own, self._base = own, base

    def __contains__(self, name: str) -> bool:
        return name in self._own or name in self._base

    def get(self, name: str, *shape: int) -> Any:
        """As `Weights.get`."""
        return (self._own if name in self._own else self._base).get(name, *shape)


class ReadingModel:
    """Runs a reader on ONNX Runtime."""

    def __init__(self, base: Path, own: Path, shape: Shape, threads: int, *, eight_bits: bool) -> None:
        """base: the folder of the model that it was made from. Raises NoWeights, OSError, what ONNX Runtime raises."""
        from tokenizers import Tokenizer

        self._shape = shape
        self._tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        learned = Weights(own)
        self._whether = learned.get("answerable.weight", 1, shape.width)[0], learned.get("answerable.bias", 1)[0]
        self._where = learned.get("span.weight", 2, shape.width).T, learned.get("span.bias", 2)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4
        graph = bert.graph(shape, _Over(learned, Weights(base / "model.safetensors")), eight_bits=eight_bits)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        begin, end = (self._tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]"))
        if begin is None or end is None:
            raise NoWeights("a tokenizer without [CLS] and [SEP]")
        self._begin, self._end = int(begin), int(end)

    def read(
        self, question: str, texts: Sequence[str], go_on: Callable[[], None]
    ) -> tuple[list[list[tuple[int, int]]], Any]:
        """Of each text where its tokens stand (start, end; characters), and all numbers as `reading.read` takes them.

        go_on: called before each batch; raises to break off.
        """
        asked = self._tokenizer.encode(question, add_special_tokens=False).ids[:_QUESTION]
        first = [self._begin, *asked, self._end]
        room = _BOTH - len(first) - 1
        cut = [
            (one.ids[:room], one.offsets[:room])
            for one in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        ]
        order = sorted(range(len(cut)), key=lambda at: -len(cut[at][0]))
        numbers: dict[int, Any] = {}
        while order:
            go_on()
            count = max(1, _ROOM // (len(first) + len(cut[order[0]][0]) + 1))
            batch, order = order[:count], order[count:]
            hidden = self._hidden([[*first, *cut[at][0], self._end] for at in batch])
            for at, rows in zip(batch, hidden, strict=True):
                whether = rows[0] @ self._whether[0] + self._whether[1]
                where = rows[len(first) : len(first) + len(cut[at][0])] @ self._where[0] + self._where[1]
                numbers[at] = numpy.concatenate([[whether], where[:, 0], where[:, 1]])
        together = [numbers[at] for at in range(len(cut))]
        made = numpy.concatenate(together) if together else numpy.zeros(0)
        return [[(int(a), int(b)) for a, b in offsets] for _, offsets in cut], made.astype("<f4")

    def _hidden(self, rows: Sequence[Sequence[int]]) -> Any:
        return self._session.run(None, bert.padded(rows, self._shape))[0]
