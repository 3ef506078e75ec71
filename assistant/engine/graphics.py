"""Graphics processors as the engine's parent sees them: which there are, where layers go, and what blames them."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from assistant.engine.backends import library_folder, modules
from assistant.engine.loaded import LoadedModel
from assistant.engine.placement import Placement
from assistant.engine.replies import OutOfRoom
from assistant.errors import Bug, ChildDied, ChildOutOfMemory, PrivetError
from assistant.values import Device, RunPlan
from assistant.workers import Child, ChildSpec, Refusal

_LOOK_SECONDS: Final = 10.0
_START_SECONDS: Final = 10.0
_FIELDS: Final = ("name", "memory", "free", "shared", "description")


@dataclass(frozen=True, slots=True)
class Place:
    """So many layers of a model on a graphics processor, by llama.cpp's name; the rest on the processor."""

    layers: int = 0
    device: str = ""

    def fewer(self, layers: int) -> str:
        """The sentence that says that only so many could be placed."""
        if layers:
            return (
                f"Only {layers} of {self.layers} layers of the model could be placed on the graphics processor, "
                "so it answers more slowly."
            )
        return "The graphics processor could not be used for this model, so it runs on the processor, more slowly."


PROCESSOR: Final = Place()


def placed(plan: RunPlan, place: Place | None) -> RunPlan:
    """The same plan with so many layers there; None leaves them where the plan has them.

    What batches cost is known only where it was measured.
    """
    if place is None:
        return plan
    device = place.device if place.layers else ""
    if (place.layers, device) == (plan.gpu_layers, plan.device):
        return plan
    return replace(plan, gpu_layers=place.layers, device=device, row_costs=())


def load_placed(
    placement: Placement, model: str, plan: RunPlan, load: Callable[[RunPlan], LoadedModel]
) -> tuple[LoadedModel, list[str]]:
    """Load with as many layers on the graphics processor as it takes, down to none; and what is to be said of that.

    load: loads by a plan. Raises what it raises for the processor alone.
    """
    place, tried = Place(plan.gpu_layers, plan.device), []
    for layers in placement.steps(model, place.device, place.layers):
        try:
            loaded = load(placed(plan, Place(layers, place.device)))
        except (ChildDied, Refusal):
            if not layers:
                raise
            tried.append(layers)
            continue
        if tried:
            placement.failed(model, place.device, tried[-1])
        return loaded, [place.fewer(layers)] if tried else []
    raise Bug("no way to load was tried")


def look() -> tuple[Device, ...]:
    """The graphics processors here, as a child sees them: a driver that crashes or hangs takes only that with it.

    Starts nothing where no back end came with Privet.
    """
    folder = library_folder()
    if folder is None or not modules(folder):
        return ()
    child = Child(ChildSpec("The look at graphics processors", "assistant.engine.worker", start_seconds=_START_SECONDS))
    try:
        found = child.call("devices", deadline=_LOOK_SECONDS).values.get("devices")
    except (ChildDied, Refusal):
        return ()
    finally:
        child.close()
    return tuple(_device(fields) for fields in found) if isinstance(found, list) else ()


def blames_device(error: PrivetError) -> bool:
    """True if a driver may have caused it: a crash, a hang, or no room. Whoever is killed has not crashed."""
    if isinstance(error, ChildOutOfMemory):
        return False
    if isinstance(error, ChildDied):
        return error.signal != signal.SIGKILL
    return isinstance(error, OutOfRoom)


def _device(fields: dict[str, Any]) -> Device:
    return Device(**{name: fields[name] for name in _FIELDS})
