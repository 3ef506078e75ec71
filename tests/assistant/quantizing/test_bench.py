"""A model's weights are laid out anew as a whole or not at all, and two layouts are held against each other."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import psutil
import pytest

from assistant.errors import DiskFull, ModelUnreadable, Stopped
from assistant.modelstore import ModelStore, Rules
from assistant.quantizing import FORMS, LAYOUTS, Bench
from assistant.settings import Folders
from assistant.values import Closeness, LayoutMaking, LayoutMeasuring, Stop, WeightsApart
from tests.assistant.modelstore.tiny_models import tiny_model

TEXT = "The hedge at the end of the lane is green and tall. " * 24


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(tiny_model().bytes())
    return path


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    bench = Bench(threads=1)
    yield bench
    bench.close()


def held(steps: Generator[LayoutMeasuring, None, WeightsApart]) -> WeightsApart:
    def told() -> Generator[LayoutMeasuring, None, None]:
        found.append((yield from steps))

    found: list[WeightsApart] = []
    assert {step.what for step in told()} == {"weights"}
    return found[0]


def compared(bench: Bench, path: Path, name: str) -> Closeness:
    steps: Generator[LayoutMeasuring, None, Closeness] = bench.compare(path, name, Stop())
    while True:
        try:
            assert next(steps).layout == name
        except StopIteration as end:
            closeness = end.value
            assert isinstance(closeness, Closeness)
            return closeness


def test_a_layout_is_made_and_is_the_same_model(bench: Bench, tiny: Path, tmp_path: Path) -> None:
    target = tmp_path / "tiny.Q8_0.gguf"
    events = list(bench.make(tiny, target, LAYOUTS["Q8_0"], Stop()))
    assert events[-1].done == events[-1].total > 1
    assert target.stat().st_size < tiny.stat().st_size / 2
    store = ModelStore(Folders.inside(tmp_path / "home"), rules=Rules())
    assert store.inspect(target).context_length == store.inspect(tiny).context_length
    assert [path for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


def test_few_bits_are_farther_from_the_reference_than_many(bench: Bench, tiny: Path, tmp_path: Path) -> None:
    paths = {name: tmp_path / f"{name}.gguf" for name in ("Q8_0", "Q4_0")}
    for name, path in paths.items():
        list(bench.make(tiny, path, LAYOUTS[name], Stop()))
    list(bench.read_reference(tiny, "exact", TEXT, 1024, Stop()))
    itself = compared(bench, tiny, "exact")
    eight, four = compared(bench, paths["Q8_0"], "Q8_0"), compared(bench, paths["Q4_0"], "Q4_0")
    assert itself.tokens == 2 * 255
    assert itself.divergence < 1e-6 and itself.same_top == 1.0
    assert itself.divergence < eight.divergence < four.divergence
    assert four.same_top <= eight.same_top < 1.0 or eight.same_top == 1.0
    # A model made by chance knows nothing: about as many equally likely tokens as its vocabulary has.
    assert 100 < itself.perplexity < 400


def test_weights_are_held_against_those_they_were_made_from(bench: Bench, tiny: Path, tmp_path: Path) -> None:
    apart = {}
    for name in ("F32", "F16", "Q8_0"):
        path = tmp_path / f"{name}.gguf"
        list(bench.make(tiny, path, LAYOUTS[name], Stop()))
        apart[name] = held(bench.hold_weights(tiny, path, name, Stop()))
    assert apart["F32"].largest == apart["F32"].typical == 0
    assert 0 < apart["F16"].largest <= 2**-11  # half of the last of 11 bits
    assert 2**-11 < apart["Q8_0"].largest < 1.15 / 254  # half a step of the scale, and the scale's own rounding
    assert apart["Q8_0"].typical < apart["Q8_0"].largest


def test_models_of_chance_are_timed_in_one_type(bench: Bench, tmp_path: Path) -> None:
    bench.build("deep", tmp_path / "deep.gguf", Stop())
    path = tmp_path / "four.gguf"
    list(bench.make(tmp_path / "deep.gguf", path, LAYOUTS["Q4_0"], Stop(), pure=True))
    weights = FORMS["deep"].layers * (4 * 256 * 256 + 3 * 256 * 512)
    assert path.stat().st_size == pytest.approx(weights * 4.5 / 8, rel=0.05)
    read, write, far = bench.seconds(path, Stop())
    assert 0 < read < write < 1 and 0 < far < 1


def test_a_stop_ends_it_at_once_and_leaves_nothing(tiny: Path, tmp_path: Path) -> None:
    stop = Stop()

    def rest() -> bool:
        stop.set()
        return False

    bench = Bench(threads=1, rest=rest)
    with pytest.raises(Stopped):
        list(bench.make(tiny, tmp_path / "never.gguf", LAYOUTS["Q8_0"], stop))
    assert list(tmp_path.glob("*never*")) == []
    bench.close()


def test_the_child_stands_still_while_it_is_to_rest(tiny: Path, tmp_path: Path) -> None:
    seen: list[str] = []

    def rest() -> bool:
        """True three times; from the second time on the child was told."""
        pid = resting._child.pid
        seen.append("gone" if pid is None else str(psutil.Process(pid).status()))
        return len(seen) <= 3

    resting = Bench(threads=1, rest=rest)
    events: list[LayoutMaking] = list(resting.make(tiny, tmp_path / "rested.gguf", LAYOUTS["Q8_0"], Stop()))
    resting.close()
    assert events and (tmp_path / "rested.gguf").is_file()
    assert seen[2:4] == [psutil.STATUS_STOPPED] * 2  # the signal needs a moment to arrive


def test_a_full_disk_leaves_nothing_and_is_said(tiny: Path, tmp_path: Path) -> None:
    bench = Bench(threads=1, largest=100_000)
    with pytest.raises(DiskFull) as raised:
        list(bench.make(tiny, tmp_path / "large.gguf", LAYOUTS["F16"], Stop()))
    assert "disk" in raised.value.what
    assert list(tmp_path.glob("*large*")) == []
    bench.close()


def test_what_is_no_model_is_refused_and_the_next_one_works(bench: Bench, tiny: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(tiny.read_bytes()[:5000])
    with pytest.raises(ModelUnreadable):
        list(bench.make(broken, tmp_path / "x.gguf", LAYOUTS["Q8_0"], Stop()))
    assert not (tmp_path / "x.gguf").exists()
    list(bench.make(tiny, tmp_path / "x.gguf", LAYOUTS["Q8_0"], Stop()))
