"""What the doctor says of graphics processors: which there are, what is free, and how much of the model lies there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from assistant.cli.doctor import graphics_check
from assistant.engine import LoadedModel
from assistant.models import ChosenModel
from assistant.values import Device, ModelFile, RunPlan

CARD = Device("Vulkan0", 8_000_000_000, 6_500_000_000, description="A Card of Eight")
FILE = ModelFile(Path("/models/a.gguf"), "A", "llama", "chatml", 2048, 1)


@dataclass
class Here:
    """A machine with these devices."""

    there: tuple[Device, ...]

    def devices(self) -> tuple[Device, ...]:
        return self.there


def said(there: tuple[Device, ...], plan: RunPlan) -> str:
    check = graphics_check(cast(ChosenModel, Here(there)), LoadedModel(FILE, 2048, 0.1, plan))
    assert (check.name, check.holds) == ("graphics", True)
    return check.seen


def test_without_a_device_that_is_said() -> None:
    assert said((), RunPlan(2)).startswith("no graphics processor is used")


def test_device_memory_and_layers_are_told() -> None:
    words = said((CARD,), RunPlan(2, gpu_layers=24, device="Vulkan0"))
    assert words == f"{CARD.words} (Vulkan0), 6.5 of 8.0 GB free; 24 layers of the model lie on Vulkan0"
    assert said((CARD,), RunPlan(2)).endswith("; the model uses none")
