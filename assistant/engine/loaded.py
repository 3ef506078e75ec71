"""What is in memory, and how it runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.values import ModelFile, RunPlan
from assistant.workers import usable_cores


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """What is in memory. context: the window in tokens. seconds: how long loading took. plan: how it runs."""

    file: ModelFile
    context: int
    seconds: float
    plan: RunPlan = field(default_factory=lambda: RunPlan(1))


def default_plan(threads: int = 0) -> RunPlan:
    """How a model runs where nothing was measured. threads: 0 is one a core."""
    return RunPlan(threads or usable_cores(), flash_attention=True)
