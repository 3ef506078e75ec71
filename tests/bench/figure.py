"""One measured figure and what it is held against."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A value, the baseline measured beside it in the same run, and the bar for their ratio.

    bar: as "<= 1.5" or ">= 0.97"; None where a figure is only reported. The ratio is value / baseline.
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    bar: str | None = None

    @property
    def ratio(self) -> float | None:
        """Value / baseline; the value itself where there is no baseline."""
        return None if self.baseline is None else self.value / self.baseline

    @property
    def holds(self) -> bool | None:
        """Whether the bar holds; None without one."""
        if self.bar is None:
            return None
        relation, limit = self.bar.split()
        held = self.value if self.ratio is None else self.ratio
        return held <= float(limit) if relation == "<=" else held >= float(limit)

    def row(self) -> dict[str, object]:
        """As it stands in build/bench.json."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "baseline": self.baseline,
            "ratio": self.ratio,
            "bar": self.bar,
            "holds": self.holds,
        }

    def line(self) -> str:
        """As it stands in the table."""
        baseline = "" if self.baseline is None else f"{self.baseline:.3f}"
        ratio = "" if self.ratio is None else f"{self.ratio:.3f}"
        verdict = {True: f"{self.bar} holds", False: f"{self.bar} MISSED", None: "-"}[self.holds]
        return f"{self.name:<58} {self.value:>10.3f} {self.unit:<12} {baseline:>10} {ratio:>7}  {verdict}"


def side_by_side(ours: Callable[[], float], theirs: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Medians of both, measured in turns so that a noisy machine is noisy for both; the order alternates."""
    mine: list[float] = []
    other: list[float] = []
    for number in range(rounds):
        for first in (True, False) if number % 2 == 0 else (False, True):
            (mine if first else other).append(ours() if first else theirs())
    return statistics.median(mine), statistics.median(other)
