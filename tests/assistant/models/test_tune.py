"""A model is tuned on this machine: what is made, what stays, how it goes on after a stop, what is recommended."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import DiskFull, EnvironmentFault, Stopped
from assistant.models import Trial, Tuning, choosing, tune, tuning
from assistant.modelstore import Fitting, ModelStore, Rules, machine
from assistant.quantizing import LAYOUTS
from assistant.settings import Folders
from assistant.values import (
    Closeness,
    Facts,
    LayoutMaking,
    LayoutMeasured,
    LayoutMeasuring,
    LayoutPassedOver,
    Machine,
    MeasuredLayout,
    ModelFile,
    Stop,
    Tuned,
    TuneEvent,
    WeightsApart,
)
from tests.assistant.modelstore.tiny_models import tiny_model

GOOD = Closeness(500, 0.003, 0.0002, 0.97, 20.0)


class House:
    """A store with one tiny model in it."""

    def __init__(self, place: Path) -> None:
        self.folders = Folders.inside(place / "home")
        self.folders.models.mkdir(parents=True)
        self.model = self.folders.models / "tiny.gguf"
        self.model.write_bytes(tiny_model().bytes())
        self.store = ModelStore(self.folders, rules=Rules())
        self.fitting = Fitting(self.folders, self.store)

    def tune(self, stop: Stop | None = None, wish: Tuning = Tuning(threads=1)) -> Iterator[TuneEvent]:  # noqa: B008
        yield from tune(self.store, self.fitting, self.model, stop or Stop(), wish)

    def made(self) -> set[str]:
        """What lies in the folder of the model's layouts."""
        return {path.name for path in self.store.layouts.folder(self.model).iterdir()}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """With a short list of candidates, each tried once, on a machine whose memory nobody has to measure."""
    monkeypatch.setattr(tuning, "candidates", lambda facts, machine: (LAYOUTS["Q8_0"], LAYOUTS["Q4_0"]))
    monkeypatch.setattr(tuning, "_ROUNDS", 1)
    monkeypatch.setattr(tuning, "_LAST_ROUNDS", 0)
    monkeypatch.setattr(machine, "measure_bandwidth", lambda cores: None)
    return House(tmp_path)


def layout(name: str, answer: float, divergence: float, *, source: bool = False) -> MeasuredLayout:
    closeness = replace(GOOD, divergence=divergence)
    return MeasuredLayout(name, 1000, 1300 / answer, 100.0, answer, answer, None, closeness, source)


def test_layouts_are_measured_and_the_recommended_one_is_used(house: House) -> None:
    events = list(house.tune())
    tuned = events[-1]
    assert isinstance(tuned, Tuned) and tuned.exact
    names = [each.name for each in tuned.layouts]
    assert names[0] == "F32" and tuned.original.source and {"Q8_0", "Q4_0"} <= set(names)
    for each in tuned.layouts:
        assert each.read > 0 and each.write > 0 and each.closeness is not None
    closeness = {each.name: each.closeness.divergence for each in tuned.layouts if each.closeness}
    assert closeness["F32"] < closeness["Q8_0"] < closeness["Q4_0"]
    apart = {each.name: each.apart.largest for each in tuned.layouts if each.apart}
    # Half a step of 254, or of 16, of the largest weight that shares it.
    assert 0.003 < apart["Q8_0"] < 0.005 < 0.03 < apart["Q4_0"] < 0.2
    assert tuned.recommended in names and tuned.why and tuned.rule == choosing.RULE
    # Only what is used stays, and the original.
    assert house.model.is_file()
    best = [] if tuned.best.source else [f"tiny.{tuned.recommended}.gguf"]
    assert house.made() == {"tuned.json", *best}
    assert house.store.layouts.read(house.model) == tuned
    assert house.store.layouts.used(house.model) == (tuned.best.path or house.model)


def test_a_stop_keeps_what_was_measured_and_the_next_call_goes_on(house: House) -> None:
    stop = Stop()

    def until_the_first_is_measured() -> None:
        for event in house.tune(stop):
            if isinstance(event, LayoutMeasured) and event.layout.name == "Q8_0":
                stop.set()

    with pytest.raises(Stopped):
        until_the_first_is_measured()
    assert "tiny.Q8_0.gguf" in house.made() and "exact.gguf" not in house.made()
    assert house.store.layouts.read(house.model) is None  # nothing is used before the end
    events = list(house.tune())
    known = [event.layout.name for event in events if isinstance(event, LayoutMeasured) and event.known]
    assert known == ["F32", "Q8_0"]
    assert "Q8_0" not in [event.layout for event in events if isinstance(event, LayoutMaking)]
    assert isinstance(events[-1], Tuned) and "unfinished.json" not in house.made()


def test_a_machine_that_was_slow_for_a_while_does_not_decide(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Q8_0 is twice as fast; but while it is tried first, something else takes three quarters of the machine."""
    monkeypatch.setattr(tuning, "_ROUNDS", 3)
    monkeypatch.setattr(tuning, "_LAST_ROUNDS", 2)
    order: list[str] = []

    def trial(_: object, engine: object, model: ModelFile, name: str) -> Generator[LayoutMeasuring, None, Trial]:
        yield LayoutMeasuring(name, "speed", 1, 1)
        order.append(name)
        speed = (2.0 if name == "Q8_0" else 1.0) * (0.25 if len(order) == 2 else 1.0)
        return Trial(1000 * speed, 100 * speed, 1 << 20)

    monkeypatch.setattr(tuning._Work, "_trial", trial)
    monkeypatch.setattr(tuning, "candidates", lambda facts, machine: (LAYOUTS["Q8_0"],))
    *_, tuned = house.tune()
    assert isinstance(tuned, Tuned) and tuned.recommended == "Q8_0"
    assert tuned.best.read == 2000 and tuned.best.first_word == pytest.approx(1300 / 2000 + 1 / 200)
    assert order == ["F32", "Q8_0", *("F32", "Q8_0"), *("Q8_0", "F32"), *("F32", "Q8_0"), *("Q8_0", "F32")]


def test_a_disk_without_room_is_said_before_anything_is_made(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.models.tuning._DISK_SPARE", 1 << 60)
    with pytest.raises(DiskFull) as raised:
        list(house.tune())
    assert "GB" in raised.value.what and "Free some room" in raised.value.do
    assert [name for name in house.made() if name.endswith(".gguf")] == []


def test_where_a_list_says_what_may_be_used_nothing_is_made(house: House) -> None:
    store = ModelStore(house.folders, rules=Rules(allowed=frozenset({"0" * 64})))
    with pytest.raises(EnvironmentFault):
        list(tune(store, house.fitting, house.model, Stop()))
    tuned_by_hand(house)
    assert store.layouts.used(house.model) == house.model


def tuned_by_hand(house: House) -> Path:
    """A result as a tuning leaves it: the file of Q8_0, recommended."""
    path = house.store.layouts.folder(house.model) / "tiny.Q8_0.gguf"
    path.write_bytes(b"as many bytes as were measured")
    source = replace(layout("F32", 8.0, 0.0, source=True), path=house.model)
    eight = replace(layout("Q8_0", 4.0, 0.001), size=path.stat().st_size, path=path)
    result = Tuned("tiny", house.model, 512, 1, "here", True, (source, eight), "Q8_0", "rule", "why", 1.0)
    house.store.layouts.write(result)
    assert house.store.layouts.read(house.model) == result
    assert house.store.layouts.used(house.model) == path
    return path


def test_layouts_go_with_their_model_and_a_changed_file_has_none(house: House) -> None:
    path = tuned_by_hand(house)
    house.model.touch()
    assert house.store.layouts.read(house.model) is None
    path = tuned_by_hand(house)
    house.store.remove(house.store.find("tiny"))
    assert not path.parent.exists()


def test_a_person_may_choose_another_layout(house: House) -> None:
    path = tuned_by_hand(house)
    assert house.store.layouts.choose(house.model, "F32") is not None
    assert house.store.layouts.used(house.model) == house.model
    assert house.store.layouts.choose(house.model, "Q8_0") is not None
    assert house.store.layouts.used(house.model) == path
    assert house.store.layouts.choose(house.model, "Q2_K") is None


def test_a_damaged_or_missing_layout_is_not_used(house: House) -> None:
    path = tuned_by_hand(house)
    place = path.with_name("tuned.json")
    whole = place.read_bytes()
    for content in (b"", b"[]", b'{"layouts": 3}', b"\xff" * 100, whole.replace(b'"read"', b'"raed"')):
        place.write_bytes(content)
        assert house.store.layouts.read(house.model) is None
        assert house.store.layouts.used(house.model) == house.model
    place.write_bytes(whole.replace(b"tiny.Q8_0.gguf", b"../../../x.gguf"))
    assert house.store.layouts.used(house.model) == house.model
    place.write_bytes(whole)
    path.write_bytes(b"cut")
    assert house.store.layouts.used(house.model) == house.model


def test_the_fastest_within_the_loss_is_recommended() -> None:
    source = layout("Q4_1", 8.0, 0.003, source=True)
    eight, wide, four = layout("Q8_0", 3.9, 0.0045), layout("BF16", 4.0, 0.0001), layout("Q4_0", 2.0, 0.27)
    assert choosing.recommended([source, eight, wide, four]) == wide  # as fast as Q8_0, and closer
    assert choosing.recommended([source, eight, four]) == eight
    assert choosing.recommended([source, four]) == source
    assert choosing.recommended([source, layout("Q8_0", 7.9, 0.003)]) == source  # not clearly faster


def test_nothing_was_lost_is_said_only_where_it_is_proven() -> None:
    source, wide, eight = layout("Q4_1", 8, 0.003, source=True), layout("BF16", 4, 0.0001), layout("Q8_0", 4, 0.0045)
    tuned = Tuned("m", Path("/m.gguf"), 4096, 1, "here", True, (source, wide, eight))
    assert tuned.nothing_lost(wide) and not tuned.nothing_lost(eight)
    assert "Nothing was lost" in choosing.why(tuned, wide)
    assert "Nothing was lost" not in choosing.why(tuned, eight)
    apart = replace(wide, apart=WeightsApart(0.0036, 0.0006))
    assert "0.36 percent of the largest one beside it (usually 0.06 percent)" in choosing.why(tuned, apart)
    assert "Each of its weights is the original's" in choosing.why(tuned, replace(wide, apart=WeightsApart(0, 0)))
    assert not replace(tuned, exact=False).nothing_lost(wide)


def test_candidates_follow_the_model_and_the_machine() -> None:
    here = Machine("p", 2, 2, frozenset({"avx2", "avx512_bf16"}), 8 << 30, 4 << 30, 1 << 40)
    few = Facts(134_515_008, 134_515_008, "Q4_1", 5.7, 30, 8192)
    many = replace(few, quantization="BF16", bits=16.0)
    assert [each.name for each in choosing.candidates(few, here)] == ["Q8_0", "BF16", "Q4_0"]
    assert [each.name for each in choosing.candidates(many, here)] == ["Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_0"]
    plain = replace(here, instructions=frozenset({"avx2"}))
    assert "F16" in [each.name for each in choosing.candidates(few, plain)]
    large = replace(few, parameters=7_000_000_000)
    assert not choosing.exact_is_affordable(large, here) and choosing.exact_is_affordable(few, here)
    assert not choosing.has_memory(large, LAYOUTS["Q8_0"], here)


def test_what_has_no_memory_is_passed_over(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.models.choosing._MEMORY_SPARE", 1 << 60)
    events = list(house.tune())
    passed = [event for event in events if isinstance(event, LayoutPassedOver)]
    assert passed and all("memory" in event.why for event in passed)
    assert isinstance(events[-1], Tuned) and events[-1].best.source
