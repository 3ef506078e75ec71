"""A model's layouts: the same weights written in other ways, and what each of them is worth on this machine."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.values.chat import RunPlan, Speed


@dataclass(frozen=True, slots=True)
class Closeness:
    """How close a layout's next-token probabilities are to the reference, on a fixed text.

    tokens: how many were predicted. divergence: mean Kullback-Leibler divergence from the reference, in nats a token;
    error: its standard error. same_top: share of tokens for which both have the same likeliest one. perplexity: of
    the text under this layout. Method: llama.cpp's tools/perplexity, `--kl-divergence`.
    """

    tokens: int
    divergence: float
    error: float
    same_top: float
    perplexity: float


@dataclass(frozen=True, slots=True)
class WeightsApart:
    """How far the weights of a layout are from those of the file that it was made from, each as llama.cpp reads it.

    largest: the largest difference of any weight; typical: the root of the mean square; both as shares of the largest
    weight among the 32 neighbours that a weight stands with.
    """

    largest: float
    typical: float


@dataclass(frozen=True, slots=True)
class MeasuredLayout:
    """One layout of a model, measured here. name: as "Q8_0". size: bytes of its file.

    read, write: tokens a second, a question to documents in the window. first_word: seconds until the first word of
    it. answer: seconds for it and an answer of 150 tokens. memory: bytes of the engine's process, None if unknown.
    closeness: None before it was measured. source: it is the file that the others were made from. path: None where
    it was measured and then removed. apart: its weights from the source's, None where nobody looked.
    """

    name: str
    size: int
    read: float
    write: float
    first_word: float
    answer: float
    memory: int | None = None
    closeness: Closeness | None = None
    source: bool = False
    path: Path | None = None
    apart: WeightsApart | None = None


@dataclass(frozen=True, slots=True)
class Tuned:
    """The end of a tuning: what was measured, which layout is recommended, by which rule, and why.

    exact: the reference is the source's weights in exact (32-bit) arithmetic; else the source as it runs. layouts:
    the source first. recommended: a layout's name; "" before all were measured. machine: what they were measured on.
    when: seconds since 1970.
    """

    model: str
    source: Path
    context: int
    threads: int
    machine: str
    exact: bool
    layouts: tuple[MeasuredLayout, ...]
    recommended: str = ""
    rule: str = ""
    why: str = ""
    when: float = 0.0

    @property
    def original(self) -> MeasuredLayout:
        """The file that the others were made from."""
        return next(layout for layout in self.layouts if layout.source)

    @property
    def best(self) -> MeasuredLayout:
        """The recommended layout; the original where there is none yet."""
        return next((layout for layout in self.layouts if layout.name == self.recommended), self.original)

    def nothing_lost(self, layout: MeasuredLayout) -> bool:
        """True where it is proven: exact arithmetic is no farther from it than from the file that it was made from.

        Within two standard errors, and only where exact arithmetic is the reference: to compute with the weights of a
        file as it lies, llama.cpp rounds what they are multiplied with, which alone costs something.
        """
        theirs, ours = self.original.closeness, layout.closeness
        if layout.source or not self.exact or theirs is None or ours is None:
            return layout.source
        return ours.divergence <= theirs.divergence + 2 * math.hypot(ours.error, theirs.error)


@dataclass(frozen=True, slots=True)
class LayoutMaking:
    """A layout is being made: `done` of `total` of its weights. layout: its name; "exact" is the reference."""

    layout: str
    done: int
    total: int
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class LayoutMeasuring:
    """A layout is being measured. what: "speed", "quality" (tokens) or "weights" (matrices); `done` of `total`."""

    layout: str
    what: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class LayoutMeasured:
    """A layout was made and measured. known: it was before, by a tuning that was broken off."""

    layout: MeasuredLayout
    known: bool = False


@dataclass(frozen=True, slots=True)
class LayoutPassedOver:
    """A layout was not tried. why: a sentence."""

    layout: str
    why: str


@dataclass(frozen=True, slots=True)
class PlanTried:
    """A way to run a model that was tried here. read, write: tokens a second."""

    plan: RunPlan
    read: float
    write: float


@dataclass(frozen=True, slots=True)
class MeasuredPlan:
    """How a model runs best on this machine. tried: all that was measured, the usual way first.

    rule: how it was chosen. when: seconds since 1970.
    """

    plan: RunPlan
    tried: tuple[PlanTried, ...]
    rule: str
    when: float = 0.0

    @property
    def speed(self) -> Speed | None:
        """How fast it was this way; None where that was not kept."""
        plan = replace(self.plan, row_costs=())  # which were measured last
        return next((Speed(each.read, each.write) for each in self.tried if each.plan == plan), None)

    @property
    def gain(self) -> float:
        """Seconds of the usual way for each second of this one, for 1,300 tokens read and 150 written."""
        plan = replace(self.plan, row_costs=())  # which were measured last
        usual, best = self.tried[0], next(each for each in self.tried if each.plan == plan)
        return (1300 / usual.read + 150 / usual.write) / (1300 / best.read + 150 / best.write)


TuneEvent = LayoutMaking | LayoutMeasuring | LayoutMeasured | LayoutPassedOver | Tuned
