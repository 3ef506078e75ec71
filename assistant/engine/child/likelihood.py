"""What the model itself found likely at a place, before a sampler left anything out."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from assistant.engine.child.llama import Context

MOST: Final = 64
"""Alternatives that can be asked for."""


def log_probabilities(context: Context, row: int = -1) -> Any:
    """The logarithm of each token's probability: the log-softmax of a row's logits, as an array of float32."""
    logits = logits_of(context, row)
    largest = logits.max()
    return logits - (largest + np.log(np.exp(logits - largest).sum(dtype=np.float64))).astype(np.float32)


def logits_of(context: Context, row: int = -1) -> Any:
    """A row's logits, where llama.cpp holds them until the next decoding."""
    return np.ctypeslib.as_array(context.logits(row), shape=(context.model.vocabulary_size,))


def choice(context: Context, token: int, row: int, count: int) -> list[object]:
    """A chosen token's text and log-probability, and the `count` likeliest as [text, log-probability], best first."""
    likely = log_probabilities(context, row)
    best = np.argpartition(likely, -count)[-count:]
    ranked = sorted(((float(likely[one]), int(one)) for one in best), key=lambda pair: (-pair[0], pair[1]))
    alternatives = [[_text(context, one), value] for value, one in ranked]
    return [_text(context, token), float(likely[token]), alternatives]


def _text(context: Context, token: int) -> str:
    return context.model.piece(token, special=True).decode("utf-8", "replace")
