"""Fits the weights that are data, and compares answers as SQuAD does."""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize

Rows = tuple[Any, Any]
"""The features of candidates (candidates x features), and which of them are right."""


def normal(answer: str) -> str:
    """As SQuAD compares answers: small letters, no punctuation, no articles."""
    plain = "".join(letter for letter in answer.lower() if letter not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", plain).split())


def f1(answer: str, gold: str) -> float:
    """SQuAD's F1 over words."""
    said, wanted = normal(answer).split(), normal(gold).split()
    same = sum((Counter(said) & Counter(wanted)).values())
    return 2 * same / (len(said) + len(wanted)) if same else 0.0


def softmax_weights(
    asked: Sequence[Rows], names: Sequence[str], ridge: float, free: Collection[str] | None = None
) -> dict[str, float]:
    """Weights under which the right candidates of each question are likeliest (a conditional logit).

    free: the features that may speak against a candidate; the others have no weight below nought. None for all.
    """

    def loss(weights: Any) -> tuple[float, Any]:
        total, slope = ridge * weights @ weights, 2 * ridge * weights
        for features, right in asked:
            scores = features @ weights
            likely = np.exp(scores - scores.max())
            likely /= likely.sum()
            good = likely * right
            total -= math.log(good.sum() + 1e-12)
            slope = slope - features.T @ (good / (good.sum() + 1e-12) - likely)
        return total, slope

    bounds = [(None if free is None or name in free else 0.0, None) for name in names]
    begin = np.zeros(len(names))
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 120}).x
    return {name: round(float(weight), 4) for name, weight in zip(names, found, strict=True)}


def matrix(rows: Sequence[Mapping[str, float]], names: Mapping[str, int]) -> Any:
    """Rows of named features as numbers; names that are not known are left out."""
    made = np.zeros((len(rows), len(names)), dtype=np.float32)
    for at, row in enumerate(rows):
        for name, value in row.items():
            if name in names:
                made[at, names[name]] = value
    return made


def logistic(features: Any, right: Any, ridge: float) -> Any:
    """Weights of a logistic rule, the first one alone."""
    wide = np.hstack([np.ones((len(features), 1)), features])

    def loss(weights: Any) -> tuple[float, Any]:
        likely = 1 / (1 + np.exp(-(wide @ weights)))
        held = weights * np.r_[0.0, np.ones(len(weights) - 1)]
        total = -np.sum(np.log(np.where(right > 0, likely, 1 - likely) + 1e-12)) + ridge / 2 * held @ held
        return float(total), wide.T @ (likely - right) + ridge * held

    return minimize(loss, np.zeros(wide.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
