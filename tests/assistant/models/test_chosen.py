"""The chosen model gets what the machine allows now, and whatever it gets less of is said once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from assistant.engine import PROCESSOR, Engine, LoadedModel, Place
from assistant.models import ChosenModel, Wishes
from assistant.models.plans import Plans
from assistant.modelstore import Fitting, Layouts, ModelStore
from assistant.settings import Folders, Settings, options
from assistant.values import (
    Adapter,
    Battery,
    Device,
    LoadPlan,
    MeasuredPlan,
    ModelFile,
    PlanTried,
    RunPlan,
    RunWish,
    Speed,
)

FILE = ModelFile(Path("/models/tiny.gguf"), "Tiny", "llama", "chatml", 32_768, 1)


class FakeStore:
    """A store with one model, of which no layouts were made."""

    layouts = Layouts(Path("/models"))

    def embedded_chat(self) -> Path:
        return FILE.path

    def inspect(self, path: Path) -> ModelFile:
        return FILE


class FakeFitting:
    """A machine whose battery and free memory are as the test says."""

    def __init__(self) -> None:
        self.on: Battery | None = None
        self.tokens = 8192
        self.kv_type = "f16"

    def here(self) -> str:
        return "this machine"

    def battery(self) -> Battery | None:
        return self.on

    def plan_now(self, path: Path, devices: Sequence[Device], wish: RunWish) -> LoadPlan:
        best = devices[0].name if devices else ""
        return LoadPlan(
            wish.context or self.tokens, 2, wish.kv_type or self.kv_type, gpu_layers=31 if best else 0, device=best
        )


class FakePlans:
    """One way to run any model, measured with others."""

    def __init__(self, plan: RunPlan, *tried: PlanTried) -> None:
        self._measured = MeasuredPlan(plan, tried, "rule")

    def read(self, path: Path, machine: str) -> MeasuredPlan:
        return self._measured


class FakeEngine:
    """An engine that notes what it is told."""

    def __init__(self) -> None:
        self.in_memory = False
        self.ran_out = 0
        self.share = 1.0
        self.context = 0
        self.loads = self.looks = 0
        self.place = PROCESSOR
        self.plan: RunPlan | None = None
        self.speed: Speed | None = None
        self.found: tuple[Device, ...] = ()
        self.said: tuple[str, ...] = ()

    def use(
        self,
        file: ModelFile,
        context: int,
        adapters: tuple[Adapter, ...],
        *,
        thinking: bool,
        plan: RunPlan | None,
        place: Place,
        speed: Speed | None,
    ) -> None:
        self.context, self.adapters, self.place, self.plan = context, adapters, place, plan
        self.speed = speed

    def devices(self) -> tuple[Device, ...]:
        self.looks += 1
        return self.found

    def notes(self) -> tuple[str, ...]:
        said, self.said = self.said, ()
        return said

    def spare(self, share: float) -> None:
        self.share = share

    def load(self) -> LoadedModel:
        self.loads += not self.in_memory
        self.in_memory = True
        return LoadedModel(FILE, self.context, 0.1)


class Room:
    """The chosen model, with everything around it scripted."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(Folders.inside(folder))
        self.fitting, self.engine = FakeFitting(), FakeEngine()
        store, fitting = cast(ModelStore, FakeStore()), cast(Fitting, self.fitting)
        self.model = ChosenModel(self.settings, store, fitting, cast(Engine, self.engine), devices=self.engine.devices)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_on_battery_half_of_the_threads_work_and_it_is_said_once(room: Room) -> None:
    room.model.load()
    assert (room.engine.share, room.model.notes()) == (1.0, ())
    room.fitting.on = Battery(80, plugged=False)
    room.model.load()
    room.model.load()
    (said,) = room.model.notes()
    assert room.engine.share == 0.5 and said.startswith("On battery")
    room.model.load()
    assert room.model.notes() == ()
    room.fitting.on = Battery(80, plugged=True)
    room.model.load()
    assert room.engine.share == 1.0


def test_whoever_wants_full_speed_on_battery_gets_it(room: Room) -> None:
    room.settings.set(options.SPARE_BATTERY, False)
    room.fitting.on = Battery(80, plugged=False)
    room.model.load()
    assert (room.engine.share, room.model.notes()) == (1.0, ())


def test_little_memory_gives_a_smaller_window_with_a_word(room: Room) -> None:
    room.fitting.tokens = 4096
    room.model.load()
    assert room.engine.context == 4096
    assert room.model.notes() == ("Little memory is free: the model looks back on 4,096 tokens instead of 8,192.",)
    # What is in memory stays as it is; the next loading looks again.
    room.fitting.tokens = 8192
    room.model.load()
    assert room.engine.context == 4096
    room.engine.in_memory = False
    room.model.load()
    assert (room.engine.context, room.model.notes()) == (8192, ())


def test_memory_that_ran_out_halves_the_window_but_not_below_the_least(room: Room) -> None:
    for times, context in ((1, 4096), (2, 2048), (5, 2048)):
        room.engine.ran_out, room.engine.in_memory = times, False
        room.model.load()
        assert room.engine.context == context


def test_a_window_that_a_person_chose_is_theirs(room: Room) -> None:
    room.settings.set(options.CONTEXT_TOKENS, 16_384)
    room.fitting.tokens = 2048
    room.model.load()
    assert (room.engine.context, room.model.notes()) == (16_384, ())


def test_a_model_runs_as_was_wished_for_it(room: Room) -> None:
    room.model.load()
    assert room.engine.plan is None
    wishes = Wishes(room.settings)
    wishes.set(FILE.path, RunWish(context=4096, threads=1, kv_type="q8_0"))
    wishes.set(Path("/models/another.gguf"), RunWish(context=2048, threads=3))
    room.model.load()
    assert room.engine.context == 4096
    assert room.engine.plan is not None
    assert (room.engine.plan.threads, room.engine.plan.kv_type) == (1, "q8_0")
    assert room.engine.plan.flash_attention  # llama.cpp keeps less precision for it alone


def test_how_fast_it_was_when_it_was_measured_is_known_before_it_answers(room: Room) -> None:
    plan = RunPlan(2, 512, flash_attention=True)
    room.model._plans = cast(Plans, FakePlans(replace(plan, row_costs=(1.5,)), PlanTried(plan, 300.0, 60.0)))
    room.model.load()
    assert (room.engine.plan, room.engine.speed) == (replace(plan, row_costs=(1.5,)), Speed(300.0, 60.0))
    # On one thread it is slower than it was: that is not known.
    Wishes(room.settings).set(FILE.path, RunWish(threads=1))
    room.model.load()
    assert room.engine.plan is not None and room.engine.plan.threads == 1 and room.engine.speed is None


def test_where_memory_is_short_the_conversation_is_kept_in_less_precision(room: Room) -> None:
    room.fitting.kv_type = "q8_0"
    room.model.load()
    assert room.engine.plan is not None and room.engine.plan.kv_type == "q8_0"


CARD = Device("Vulkan0", 8 << 30, 7 << 30, description="A card")


@pytest.mark.parametrize(
    ("choice", "found", "place"),
    [
        ("auto", (CARD,), Place(31, "Vulkan0")),
        ("auto", (), PROCESSOR),
        ("off", (CARD,), PROCESSOR),
    ],
)
def test_layers_go_to_the_graphics_processor_that_may_be_used(
    room: Room, choice: str, found: tuple[Device, ...], place: Place
) -> None:
    room.settings.set(options.GRAPHICS, choice)
    room.engine.found = found
    room.model.load()
    assert room.engine.place == place


def test_what_lies_on_the_graphics_processor_stays_where_it_is(room: Room) -> None:
    room.engine.found = (CARD,)
    room.model.load()
    # Its memory is full of this very model now: looking again would move layers back.
    room.engine.found = ()
    room.settings.set(options.THINKING, False)
    room.model.load()
    assert (room.engine.place, room.engine.looks) == (Place(31, "Vulkan0"), 1)
    room.engine.said = ("The graphics processor could not be used.",)
    assert room.model.notes() == ("The graphics processor could not be used.",)
    assert room.model.notes() == ()
