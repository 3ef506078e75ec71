"""Cosines of a question's tokens with those of stretches of texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy


def nearness(
    question: tuple[Any, Any], texts: Sequence[tuple[Any, Any]], spans: Sequence[Sequence[int]]
) -> tuple[list[list[int]], Any]:
    """Where the question's tokens stand, and for each span (text, start, end) a row of float32, little-endian.

    question, texts: vectors of tokens (tokens x width), and where they stand. A row: the cosine of the mean of the
    span's tokens with the mean of all of the question's; then for each token of the question the greatest cosine with
    one of the span's. Noughts for a span of which nothing was read.
    """
    vectors, offsets = question
    said = [at for at, (start, end) in enumerate(offsets) if end > start]
    whole, each = _unit(vectors.mean(axis=0)), _unit(vectors[said])
    rows = numpy.zeros((len(spans), 1 + len(said)), "<f4")
    units = [_unit(read) for read, _ in texts]
    for row, (text, first, last) in zip(rows, spans, strict=True):
        read, places = texts[text]
        inside = [at for at, (start, end) in enumerate(places) if start < end and first <= start and end <= last]
        if inside and said:
            row[0] = _unit(read[inside].mean(axis=0)) @ whole
            row[1:] = (each @ units[text][inside].T).max(axis=1)
    return [[int(start), int(end)] for start, end in (offsets[at] for at in said)], rows


def _unit(vectors: Any) -> Any:
    return vectors / numpy.maximum(numpy.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
