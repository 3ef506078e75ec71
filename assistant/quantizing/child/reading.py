"""How well a layout predicts a text, and how far its predictions are from a reference's.

Method: llama.cpp's tools/perplexity with `--kl-divergence` (README.md there, "Perplexity"): the text is read in
windows of 512 tokens, the second half of each is scored, and the reference's log-probabilities are kept in 16 bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy

from assistant.quantizing.child.predictor import BATCH, Predictor
from assistant.workers import Refusal, Request

WINDOW: Final = 512
_RANGE: Final = 40.0  # nats below the likeliest token; llama.cpp cuts at 16, which loses a small model's long tail
_STEPS: Final = 65_535
_MOST: Final = 1 << 30  # bytes of kept log-probabilities

Tell = Callable[[int, int], None]
Rows = Any  # numpy arrays of float32: a row a token, a column a word of the vocabulary


@dataclass
class Reference:
    """What the reference predicted. tokens: of the text, whole windows. kept: batch by batch, see `_packed`."""

    text: str = ""
    tokens: list[int] = field(default_factory=list)
    kept: list[tuple[Any, Any, Any]] = field(default_factory=list)


def read_reference(reference: Reference, request: Request, tell: Tell) -> None:
    """Arguments: path, text, tokens (of the text at most), threads. Keeps what the model predicts."""
    text, most = str(request.arguments.get("text")), _whole(request, "tokens")
    with Predictor(str(request.arguments.get("path")), WINDOW, _whole(request, "threads")) as model:
        tokens = model.tokenize(text)
        scored_bytes = 2 * model.vocabulary_size * WINDOW // 2
        windows = min(len(tokens), most) // WINDOW
        windows = max(1, min(windows, _MOST // scored_bytes))
        if len(tokens) < WINDOW:
            raise Refusal("bad-request", "text")
        reference.text, reference.tokens = text, tokens[: windows * WINDOW]
        reference.kept = [_packed(rows) for rows, _ in _scored(model, reference.tokens, tell)]


def compare(reference: Reference, request: Request, tell: Tell) -> Mapping[str, object]:
    """Arguments: path, threads. Answers tokens, divergence, error, same_top, perplexity."""
    divergences: list[Any] = []
    likelihoods: list[Any] = []
    same = 0
    with Predictor(str(request.arguments.get("path")), WINDOW, _whole(request, "threads")) as model:
        if not reference.kept or model.tokenize(reference.text)[: len(reference.tokens)] != reference.tokens:
            raise Refusal("bad-request", "another vocabulary")
        for (rows, following), packed in zip(_scored(model, reference.tokens, tell), reference.kept, strict=True):
            theirs = _unpacked(*packed)
            divergences.append((numpy.exp(theirs) * (theirs - rows)).sum(axis=1))
            likelihoods.append(rows[numpy.arange(len(following)), following])
            same += int((theirs.argmax(axis=1) == rows.argmax(axis=1)).sum())
    each, likelihood = numpy.concatenate(divergences), numpy.concatenate(likelihoods)
    count = len(each)
    return {
        "tokens": count,
        "divergence": max(0.0, float(each.mean())),
        "error": float(each.std()) / math.sqrt(count),
        "same_top": same / count,
        "perplexity": math.exp(-float(likelihood.mean())),
    }


def _scored(model: Predictor, tokens: list[int], tell: Tell) -> Iterator[tuple[Rows, list[int]]]:
    """Log-probabilities of the scored tokens, batch by batch, each with the tokens that really follow."""
    for start in range(0, len(tokens), WINDOW):
        window = tokens[start : start + WINDOW]
        model.clear()
        for at in range(0, WINDOW, BATCH):
            scored = at >= WINDOW // 2
            rows = model.decode(window[at : at + BATCH], at, scored=scored)
            tell(start + at + BATCH, len(tokens))
            if scored:
                following = window[at + 1 : at + BATCH + 1]
                yield _log_softmax(rows[: len(following)]), following


def _log_softmax(rows: Rows) -> Rows:
    rows = rows - rows.max(axis=1, keepdims=True)
    return rows - numpy.log(numpy.exp(rows).sum(axis=1, keepdims=True))


def _packed(rows: Rows) -> tuple[Any, Any, Any]:
    """In 16 bits, linear between each row's largest and smallest."""
    largest = rows.max(axis=1, keepdims=True)
    step = numpy.maximum(largest - rows.min(axis=1, keepdims=True), 1e-6).clip(max=_RANGE) / numpy.float32(_STEPS)
    return numpy.rint(((largest - rows) / step).clip(max=_STEPS)).astype(numpy.uint16), largest, step


def _unpacked(steps: Any, largest: Any, step: Any) -> Rows:
    return largest - steps.astype(numpy.float32) * step


def _whole(request: Request, key: str) -> int:
    value = request.arguments.get(key)
    if not isinstance(value, int):
        raise Refusal("bad-request", key)
    return value
