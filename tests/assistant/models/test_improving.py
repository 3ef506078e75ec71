"""What is done in pauses without being asked: once, announced, given up within a moment, gone on with later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.engine import Engine
from assistant.models import ChosenModel, Improving, Plans, improving, tuning
from assistant.models.improving import ANNOUNCED
from assistant.modelstore import Fitting, ModelStore, Rules, Timing
from assistant.modelstore import machine as machines
from assistant.quantizing import LAYOUTS
from assistant.settings import Folders, Settings, options
from assistant.values import LayoutMeasuring, Machine, MeasuredPlan, PlanTried, Prepared, RunPlan, Stop
from tests.assistant.modelstore.tiny_models import tiny_model


def _as_in_the_table(fitting: Fitting, machine: Machine, stop: Stop) -> Iterator[LayoutMeasuring]:
    """Instead of a quarter of a minute of measuring: a time for one type of weights."""
    timing = Timing("Q8_0", 2, 1024, 2816, 30_000_000, 4e-4, 1e-3, 1.1e-3, 440)
    fitting.keep_rates([timing], replace(timing, layers=24, width=256, inner=512), machine)
    yield LayoutMeasuring("Q8_0", "speed", 1, 1)


class House:
    """One tiny model, chosen in the settings, and all that a Privet has around it."""

    def __init__(self, place: Path, rules: Rules) -> None:
        self.folders = Folders.inside(place / "home")
        self.folders.models.mkdir(parents=True, exist_ok=True)
        self.model = self.folders.models / "tiny.gguf"
        if not self.model.exists():
            self.model.write_bytes(tiny_model().bytes())
        self.store = ModelStore(self.folders, rules=rules)
        self.fitting = Fitting(self.folders, self.store)
        self.plans = Plans(self.folders.cache / "plans.json", self.fitting)
        self.settings = Settings(self.folders)
        self.settings.set(options.CHAT_MODEL, str(self.model))
        self.busy: list[bool] = []

    def improve(self, stop: Stop | None = None, *, layouts: bool = True) -> list[Prepared]:
        def rest() -> bool:
            return self.busy.pop(0) if self.busy else False

        work = Improving(self.store, self.fitting, self.plans, rest)
        return list(work.run(self.model, stop or Stop(), layouts=layouts))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(tuning, "candidates", lambda facts, machine: (LAYOUTS["Q8_0"],))
    monkeypatch.setattr(tuning, "_ROUNDS", 1)
    monkeypatch.setattr(tuning, "_LAST_ROUNDS", 0)
    monkeypatch.setattr(improving, "measure_rates", _as_in_the_table)
    monkeypatch.setattr(tuning, "recommended", lambda layouts: layouts[-1])
    monkeypatch.setattr(machines, "measure_bandwidth", lambda cores: None)
    return House(tmp_path, Rules())


def test_it_is_done_once_and_said_in_one_sentence(house: House) -> None:
    house.busy = [True] * 3
    first, last = house.improve()
    assert first == Prepared("layout", False, ANNOUNCED) and last.ready
    tuned = house.store.layouts.read(house.model)
    assert tuned is not None and tuned.recommended
    assert house.fitting.machine().rates is not None
    assert house.plans.read(house.store.layouts.used(house.model), house.fitting.here()) is not None
    assert house.improve() == []


def test_it_waits_for_a_pause_and_a_stop_ends_the_waiting(house: House) -> None:
    stop = Stop()

    def rest() -> bool:
        stop.set()
        return True

    assert list(Improving(house.store, house.fitting, house.plans, rest).run(house.model, stop, layouts=True)) == []
    assert house.store.layouts.read(house.model) is None


def test_where_a_list_says_what_may_be_used_only_the_way_of_running_is_measured(house: House, tmp_path: Path) -> None:
    frozen = House(tmp_path, Rules(allowed=frozenset({"0" * 64})))
    frozen.plans.keep(house.model, house.fitting.here(), MeasuredPlan(RunPlan(1), (PlanTried(RunPlan(1), 1, 1),), "r"))
    list(_as_in_the_table(frozen.fitting, frozen.fitting.machine(), Stop()))
    assert frozen.improve() == []
    assert frozen.store.layouts.read(frozen.model) is None


def test_what_goes_wrong_is_no_fault_of_the_persons(house: House) -> None:
    house.model.write_bytes(b"GGUF, and no more")
    assert [step for step in house.improve() if step.sentence not in ("", ANNOUNCED)] == []


def test_the_model_that_answers_is_loaded_in_its_layout_and_by_its_plan(house: House) -> None:
    house.improve()
    store = house.store
    assert store.layouts.choose(house.model, "F32") is not None
    engine = Engine(threads=1)
    try:
        chosen = ChosenModel(house.settings, store, house.fitting, engine, house.plans)
        assert chosen.file().path == house.model
        made = store.layouts.folder(house.model) / "tiny.Q8_0.gguf"
        assert store.layouts.choose(house.model, "Q8_0") is not None
        assert chosen.file().path == made and chosen.file().name == "tiny"
        plan = RunPlan(1, 64, flash_attention=True)
        house.plans.keep(made, house.fitting.here(), MeasuredPlan(plan, (PlanTried(plan, 1, 1),), "rule"))
        assert chosen.load().plan == plan
        made.write_bytes(b"x" * made.stat().st_size)
        assert chosen.file().path == house.model  # a layout that is damaged is no reason not to answer
    finally:
        engine.close()
