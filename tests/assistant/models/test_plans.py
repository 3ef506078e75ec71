"""How a model runs is chosen by measurement, kept for this model and this machine, and used when it is loaded."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.engine import PROCESSOR, Engine, Place
from assistant.engine.graphics import placed
from assistant.errors import ModelUnreadable, Stopped
from assistant.models import Plans, measure_plan, plans
from assistant.models.trial import Trial
from assistant.modelstore import Fitting, ModelStore, Rules
from assistant.settings import Folders
from assistant.values import Machine, MeasuredPlan, ModelFile, PlanTried, RunPlan, Stop
from tests.assistant.modelstore.tiny_models import tiny_model

MACHINE = Machine("p", 4, 8, frozenset(), 8 << 30, 4 << 30, 1 << 40)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    folders = Folders.inside(tmp_path / "home")
    folders.models.mkdir(parents=True)
    (folders.models / "tiny.gguf").write_bytes(tiny_model().bytes())
    return ModelStore(folders, rules=Rules())


def tiny(store: ModelStore) -> ModelFile:
    return store.inspect(store.folder / "tiny.gguf")


def measured_as(speeds: dict[RunPlan, tuple[float, float]], monkeypatch: pytest.MonkeyPatch) -> list[RunPlan]:
    """Have plans be as fast as told (100 tokens a second if nothing is); gives the list of those that were tried."""
    tried: list[RunPlan] = []

    def stand_in(engine: Engine, model: ModelFile, context: int, plan: RunPlan, stop: Stop) -> Trial:
        tried.append(plan)
        if plan.batch == 666:
            raise ModelUnreadable("no", "no")
        return Trial(*speeds.get(plan, (100.0, 100.0)), None)

    monkeypatch.setattr(plans, "try_plan", stand_in)
    return tried


def result(store: ModelStore, threads: int = 0) -> MeasuredPlan:
    *_, last = measure_plan(tiny(store), MACHINE, Stop(), threads=threads)
    assert isinstance(last, MeasuredPlan)
    return last


def test_the_usual_way_stays_where_nothing_is_clearly_faster(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = measured_as({}, monkeypatch)
    found = result(store)
    assert replace(found.plan, row_costs=()) == RunPlan(4, 256, flash_attention=True) and found.gain == 1.0
    assert {plan.threads for plan in tried} == {4, 8, 2}
    assert {plan.batch for plan in tried} == {256, 512, 128}
    assert {plan.kv_type for plan in tried} == {"f16", "q8_0"}
    assert {plan.flash_attention for plan in tried} == {True, False}


def test_what_is_faster_is_taken_step_by_step_and_measured_twice(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fewer, larger = RunPlan(2, 256, flash_attention=True), RunPlan(2, 512, flash_attention=True)
    tried = measured_as({fewer: (130.0, 120.0), larger: (160.0, 120.0)}, monkeypatch)
    found = result(store)
    assert replace(found.plan, row_costs=()) == larger and found.gain > 1.2
    assert tried.count(fewer) >= 2 and tried.count(larger) >= 2


def test_a_less_precise_cache_has_to_gain_more(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    small = RunPlan(1, 256, flash_attention=True, kv_type="q8_0")
    measured_as({small: (107.0, 107.0)}, monkeypatch)
    assert result(store, threads=1).plan.kv_type == "f16"
    measured_as({small: (120.0, 120.0)}, monkeypatch)
    assert result(store, threads=1).plan.kv_type == "q8_0"


def test_a_persons_own_threads_are_kept_and_what_does_not_load_is_passed_over(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "_BATCHES", (666, 128))
    tried = measured_as({}, monkeypatch)
    assert result(store, threads=3).plan.threads == 3
    assert {plan.threads for plan in tried} == {3}


def test_a_stop_ends_the_search(store: ModelStore) -> None:
    stop = Stop()
    stop.set()
    with pytest.raises(Stopped):
        list(measure_plan(tiny(store), MACHINE, stop))


def test_what_batches_cost_is_measured_once_and_kept_with_the_plan(
    store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured_as({}, monkeypatch)
    found = result(store, threads=1)
    assert len(found.plan.row_costs) == 5 and min(found.plan.row_costs) > 0
    folders = Folders.inside(tmp_path / "home")
    kept = Plans(folders.cache / "plans.json", Fitting(folders, store))
    kept.keep(tiny(store).path, "here", found)
    again = kept.read(tiny(store).path, "here")
    assert again is not None
    engine = Engine()
    try:
        engine.use(tiny(store), 512, plan=again.plan)
        assert engine.load().plan.row_costs == found.plan.row_costs
        # On a graphics processor, batches cost something else.
        assert placed(again.plan, Place(8, "Vulkan0")).row_costs == ()
        assert placed(again.plan, PROCESSOR) == again.plan
    finally:
        engine.close()


def test_a_plan_is_kept_for_this_model_and_this_machine(store: ModelStore, tmp_path: Path) -> None:
    folders = Folders.inside(tmp_path / "home")
    kept = Plans(folders.cache / "plans.json", Fitting(folders, store))
    path = tiny(store).path
    found = MeasuredPlan(RunPlan(2, 512, flash_attention=True), (PlanTried(RunPlan(2), 10.0, 5.0),), "rule", 7.0)
    assert kept.read(path, "here") is None
    kept.keep(path, "here", found)
    assert kept.read(path, "here") == found
    assert kept.read(path, "elsewhere") is None
    path.write_bytes(tiny_model(special=("<|x|>",)).bytes())
    assert kept.read(path, "here") is None


@pytest.mark.parametrize("change", [{"threads": 0}, {"kv_type": "q2"}, {"batch": "many"}, {"unknown": 1}])
def test_a_plan_that_makes_no_sense_counts_as_none(
    store: ModelStore, tmp_path: Path, change: dict[str, object]
) -> None:
    folders = Folders.inside(tmp_path / "home")
    kept = Plans(folders.cache / "plans.json", Fitting(folders, store))
    path = tiny(store).path
    kept.keep(path, "here", MeasuredPlan(RunPlan(2), (PlanTried(RunPlan(2), 10.0, 5.0),), "rule"))
    rows = json.loads(kept.place.read_bytes())
    next(iter(rows.values()))["plan"].update(change)
    kept.place.write_text(json.dumps(rows))
    assert kept.read(path, "here") is None


@pytest.mark.model
def test_the_engine_runs_by_a_plan(store: ModelStore) -> None:
    engine = Engine(threads=1)
    try:
        model = tiny(store)
        engine.use(model, 512)
        assert engine.load().plan == RunPlan(1, 256, flash_attention=True)
        other = RunPlan(1, 64, flash_attention=False)
        engine.use(model, 512, plan=other)
        assert engine.load().plan == other
        *tried, last = measure_plan(model, MACHINE, Stop(), threads=1)
        assert isinstance(last, MeasuredPlan) and len(tried) >= 4
    finally:
        engine.close()
