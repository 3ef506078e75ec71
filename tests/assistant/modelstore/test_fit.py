"""From a header to memory, speed and a verdict with its reason; corrected by what was measured."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.modelstore import Fitting, ModelStore, Rules, Timing, fit, gguf, rates, speed
from assistant.modelstore.anatomy import Anatomy, anatomy
from assistant.modelstore.calibration import Calibration, Measured
from assistant.modelstore.choices import NEEDS, anatomy_of, read_choices, usual_file
from assistant.settings import Folders
from assistant.values import Device, Facts, LoadPlan, Machine, Quality, Rates, Verdict
from tests.assistant.modelstore.gguf_files import BOOL, I32, U32, Gguf, array, pair, tensor
from tests.assistant.modelstore.tiny_models import tiny_model

GB = 10**9
LAPTOP = Machine(
    processor="a laptop",
    cores=4,
    threads=8,
    instructions=frozenset({"avx", "avx2", "fma", "f16c"}),
    memory=16 * GB,
    available=10 * GB,
    disk=100 * GB,
    bandwidth=40e9,
)
PLAN = LoadPlan(4096, 4)
CHOICES = {choice.id: choice for choice in read_choices(Path(__file__).parents[3] / "models")}


def of(file: Gguf) -> Anatomy:
    content = file.bytes()
    return anatomy(gguf.read_header(io.BytesIO(content), len(content)))


def choice(name: str) -> Anatomy:
    parts = anatomy_of(CHOICES[name], usual_file(CHOICES[name]))
    assert parts is not None
    return parts


def test_a_header_is_taken_apart() -> None:
    parts = of(tiny_model().gguf())
    vocabulary = 3 + 256 + 2
    layer = 2 * 64 * 64 + 2 * 64 * 32 + 3 * 64 * 96
    assert parts.facts == Facts(
        parameters=2 * layer + 2 * 64 * vocabulary + 2 * 2 * 64 + 64,
        active=2 * layer + 2 * 64 * vocabulary + 2 * 2 * 64 + 64,
        quantization="F32",
        bits=32.0,
        layers=2,
        context_length=512,
    )
    each, once = parts.matrices
    assert (each.weights, each.once, once.weights, once.once) == (2 * layer, False, 64 * vocabulary, True)
    # 2 layers, 2 heads of 16 numbers for keys and as many for values; 4 heads look, at keys and values.
    assert (parts.key, parts.value, parts.attention) == (64, 64, 2 * 4 * 32)
    assert parts.copied == {"F32": 4 * 2 * layer}  # the output's rows are no multiple of eight
    assert (parts.vocabulary, parts.tokens) == (vocabulary, vocabulary + 2)


def test_of_a_mixture_only_the_chosen_experts_cost_time() -> None:
    model = tiny_model()
    model.values |= {"llama.expert_count": (U32, 8), "llama.expert_used_count": (U32, 2)}
    model.tensors["blk.0.ffn_gate_exps.weight"] = (64, 96, 8)
    parts, plain = of(model.gguf()), of(tiny_model().gguf())
    assert parts.facts.parameters - plain.facts.parameters == 64 * 96 * 8
    assert parts.facts.active - plain.facts.active == 64 * 96 * 2
    assert parts.resident - plain.resident == 4 * 64 * 96 * 8


@pytest.mark.parametrize(
    ("pattern", "local"),
    [
        (b"", 0),
        (pair("llama.attention.sliding_window_pattern", U32, 2), 1),
        (array("llama.attention.sliding_window_pattern", BOOL, bytes([1, 1]), 2), 2),
    ],
)
def test_layers_with_a_short_sight_cost_less_time(pattern: bytes, local: int) -> None:
    file = tiny_model().gguf()
    pairs = (*file.pairs, pair("llama.attention.sliding_window", U32, 64), *([pattern] if pattern else []))
    parts = of(file.but(pairs=pairs))
    assert (parts.window, parts.windowed) == (64, local * 4 * 32)


def test_heads_may_differ_from_layer_to_layer() -> None:
    file = tiny_model().gguf()
    kept = tuple(raw for raw in file.pairs if b"head_count_kv" not in raw)
    heads = array("llama.attention.head_count_kv", I32, struct.pack("<2i", 4, 0), 2)
    parts = of(file.but(pairs=(*kept, heads)))
    assert (parts.key, parts.attention) == (4 * 16, 4 * 32)


def test_memory_is_counted_to_the_byte_where_it_can_be() -> None:
    parts = choice("llama-3.2-3b-instruct")
    needed = speed.memory(parts, LAPTOP, PLAN)
    assert needed.cache == 2 * 28 * 8 * 128 * 4096 * 2
    assert speed.memory(parts, LAPTOP, replace(PLAN, kv_type="q8_0")).cache == needed.cache * 34 // 64
    assert needed.weights == usual_file(CHOICES["llama-3.2-3b-instruct"]).size
    # ggml lays Q4_K out again for AVX2, and keeps the file's pages beside it.
    assert needed.copies > 0.8 * needed.weights * (1 - 394 / 3213)
    assert speed.memory(parts, replace(LAPTOP, instructions=frozenset({"avx"})), PLAN).copies == 0
    assert needed.total == needed.weights + needed.copies + needed.cache + needed.buffers + needed.process
    assert needed.needed == needed.total - needed.copies


def test_what_ought_to_be_faster_is_predicted_so() -> None:
    small, large = choice("llama-3.2-1b-instruct"), choice("granite-3.1-8b-instruct")
    one, four = replace(PLAN, threads=1), PLAN
    better = replace(LAPTOP, instructions=LAPTOP.instructions | {"avx512f", "avx512_vnni"})
    wider = replace(LAPTOP, bandwidth=80e9)
    for seconds in (speed.read_seconds, speed.write_seconds):
        assert seconds(small, LAPTOP, four) < seconds(large, LAPTOP, four)
        assert seconds(small, LAPTOP, four) < seconds(small, LAPTOP, one)
        assert seconds(small, better, four) <= seconds(small, LAPTOP, four)
        assert seconds(small, wider, four) <= seconds(small, LAPTOP, four)
        # A second thread on a core gains nothing.
        assert seconds(small, LAPTOP, replace(PLAN, threads=8)) == seconds(small, LAPTOP, four)
    assert speed.read_seconds(small, LAPTOP, four, 2600) > 2 * speed.read_seconds(small, LAPTOP, four, 1300)
    card = Device("card", 8 * GB, 8 * GB)
    with_card = replace(LAPTOP, devices=(card,))
    plan = fit.choose_plan(large, with_card)
    assert (plan.device, plan.gpu_layers) == ("card", 41)
    assert speed.write_seconds(large, with_card, plan) < speed.write_seconds(large, LAPTOP, four)
    assert 0 < fit.choose_plan(large, replace(LAPTOP, devices=(replace(card, free=3 * GB),))).gpu_layers < 41
    assert fit.choose_plan(large, replace(LAPTOP, devices=(replace(card, shared=True),))).device == ""


def verdict(name: str, machine: Machine, plan: LoadPlan | None = None) -> tuple[Verdict, str, str]:
    parts = choice(name)
    chosen = plan or fit.choose_plan(parts, machine)
    found = fit.fit(parts, "it", machine, chosen, fit.predict(parts, machine, chosen))
    assert found.why.endswith(".")
    return found.verdict, found.why, found.change


def test_each_verdict_says_why_and_what_would_change_it() -> None:
    assert verdict("llama-3.2-1b-instruct", LAPTOP)[0] is Verdict.RUNS_WELL
    slow, why, change = verdict("granite-3.1-8b-instruct", LAPTOP)
    assert slow is Verdict.SLOW and "first word" in why and change
    narrow = replace(LAPTOP, available=4 * GB)
    wont, why, change = verdict("granite-3.1-8b-instruct", narrow)
    assert wont is Verdict.WONT_FIT and "of memory" in why and "Close other programs" in change
    tiny = replace(LAPTOP, memory=4 * GB, available=3 * GB)
    assert "billion parameters" in verdict("granite-3.1-8b-instruct", tiny)[2]
    parts = choice("llama-3.2-3b-instruct")
    least = speed.memory(parts, LAPTOP, LoadPlan(2048, 4, "q8_0")).needed + (600 << 20)
    tight = replace(LAPTOP, available=least)
    assert "2,048 tokens" in verdict("llama-3.2-3b-instruct", tight, LoadPlan(131072, 4))[2]
    assert "all 4 cores" in verdict("granite-3.1-8b-instruct", LAPTOP, LoadPlan(4096, 1))[2]


def test_the_plan_gives_up_window_before_it_gives_up() -> None:
    parts = choice("llama-3.2-3b-instruct")
    assert fit.choose_plan(parts, LAPTOP) == LoadPlan(8192, 4)
    whole = speed.memory(parts, LAPTOP, LoadPlan(8192, 4)).needed + (512 << 20)
    for short, expected in ((1, "q8_0"), (500 << 20, "f16")):
        plan = fit.choose_plan(parts, replace(LAPTOP, available=whole - short))
        assert plan.context < 8192 or plan.kv_type == expected
        assert speed.memory(parts, LAPTOP, plan).needed < whole
    assert fit.choose_plan(parts, replace(LAPTOP, available=GB)) == LoadPlan(2048, 4, "q8_0")
    assert fit.choose_plan(parts, LAPTOP, context=100_000, threads=2) == LoadPlan(100_000, 2)
    assert fit.choose_plan(parts, LAPTOP, context=10**9).context == 131_072


@pytest.mark.parametrize(
    ("billions", "bits", "expected"),
    [
        (0.135, 16, Quality.BASIC),
        (1.2, 4.8, Quality.FAIR),
        (3.2, 4.8, Quality.GOOD),
        (8, 4.8, Quality.STRONG),
        (8, 2.6, Quality.GOOD),
        (0.5, 2.6, Quality.BASIC),
    ],
)
def test_quality_goes_by_size_and_suffers_from_few_bits(billions: float, bits: float, expected: Quality) -> None:
    weights = int(billions * 1e9)
    assert fit.quality_of(Facts(weights, weights, "Q4_K", bits, 1, 1)) is expected


def measurement(model: str, kind: str = "Q4_K", factor: float = 2.0, **more: object) -> Measured:
    return replace(Measured(model, kind, 4, "", 100.0, 10.0, factor, factor / 2, 1.1), **more)  # type: ignore[arg-type]  # tests' names


def test_measurements_correct_what_is_predicted_next(tmp_path: Path) -> None:
    calibration = Calibration(tmp_path / "speed.json")
    assert not calibration.correction("Q4_K", "").corrected and calibration.of("a", 4, "") is None
    calibration.add(measurement("a"))
    calibration.add(measurement("b", "Q8_0", 8.0))
    assert calibration.of("a", 4, "") == measurement("a") and calibration.of("a", 2, "") is None
    kind = calibration.correction("Q8_0", "")
    assert kind.read == pytest.approx(8.0)
    assert (kind.measured, kind.corrected, kind.memory) == (False, True, 1.0)
    assert calibration.correction("F16", "").read == pytest.approx(4.0)
    assert not calibration.correction("Q4_K", "a card").corrected
    calibration.add(measurement("a", factor=3.0))
    assert len(calibration.all()) == 2
    assert calibration.correction("Q4_K", "").read == pytest.approx(3.0)
    # Held against other rates, these say nothing; and where each type was measured, one of another type says little.
    assert not calibration.correction("Q4_K", "", "measured rates").corrected
    calibration.add(measurement("c", basis="measured rates", factor=4.0))
    assert calibration.correction("Q4_K", "", "measured rates").read == pytest.approx(4.0)
    other = calibration.correction("F16", "", "measured rates")
    assert (other.read, other.write) == pytest.approx((2.0, 2.0))  # of 4 in reading and 2 in writing


def test_a_measurement_that_cannot_be_true_changes_nothing(tmp_path: Path) -> None:
    place = tmp_path / "speed.json"
    calibration = Calibration(place)
    calibration.add(measurement("a", factor=1000.0))
    assert calibration.all() == ()
    for damage in ("", "[]", '{"measured": [{"model": 1}]}', '{"measured": 3}'):
        place.write_text(damage)
        assert calibration.all() == ()
    calibration.add(measurement("a"))
    place.write_text(place.read_text().replace("2.0", "-2.0"))
    assert not calibration.correction("Q4_K", "").corrected


def test_what_was_measured_is_what_is_told_from_then_on(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(tiny_model().bytes())
    folders = Folders.inside(tmp_path / "home")
    fitting = Fitting(folders, ModelStore(folders, rules=Rules()))
    plan = LoadPlan(512, 4)
    before = fitting.fit(path, LAPTOP, plan).prediction
    assert (before.measured, before.corrected) == (False, False)
    memory = int(before.memory.total * 1.2)
    expected = 1300 / before.read
    fitting.record(path, LAPTOP, plan, read=(1300, expected * 3), write=0.5 / before.write, memory=memory)
    after = fitting.fit(path, LAPTOP, plan).prediction
    assert after.measured
    assert after.read == pytest.approx(before.read / 3)
    assert after.write == pytest.approx(before.write * 2, rel=0.01)
    assert after.memory.total == pytest.approx(memory, rel=0.01)
    assert "tiny" not in (folders.cache / "speed.json").read_text()


def timing(kind: str, form: tuple[int, int, int], operations: float, stream: float, beside: float) -> Timing:
    """What a machine with these rates and two cores would take for a model of this form in 8 bits and a half."""
    layers, width, inner = form
    weights = layers * (4 * width * width + 3 * width * inner)
    empty = Timing(kind, layers, width, inner, int(weights * 1.0625), 0.0, 0.0, 0.0, 440)
    read = 2 * weights / (2 * operations) + rates._beside(empty, replace(LAPTOP, cores=2)) / beside
    write = empty.bytes / (2 * stream) + layers * 2e-4
    return replace(empty, read=read, write=write, far=write + 4 * layers * width * 440 / (2 * 8e9))


def test_rates_are_found_again_in_what_they_would_take(tmp_path: Path) -> None:
    machine = replace(LAPTOP, cores=2)
    given = {"Q8_0": (160e9, 12e9), "Q4_0": (330e9, 10e9), "F16": (90e9, 9e9)}
    wide = [timing(kind, (2, 1024, 2816), *both, 0.6) for kind, both in given.items()]
    found = rates.derive(wide, timing("Q8_0", (24, 256, 512), 160e9, 12e9, 0.6), machine)
    for kind, (operations, stream) in given.items():
        assert found.read[kind] == pytest.approx(operations, rel=0.02)
        assert found.write[kind] == pytest.approx(stream, rel=0.02)
    assert (found.beside, found.step, found.attended) == pytest.approx((0.6, 2e-4, 8e9), rel=0.02)
    place = tmp_path / "rates.json"
    rates.keep(place, machine, found)
    assert rates.read(place, machine.processor, 2) == found
    assert rates.read(place, machine.processor, 4) is None and rates.read(place, "another", 2) is None
    for damage in ("", "[]", '{"processor": "a laptop", "cores": 2, "rates": {"read": 3}}'):
        place.write_text(damage)
        assert rates.read(place, machine.processor, 2) is None
    # A type that was not measured goes by the table, and by how this machine compares with it.
    half = replace(machine, rates=Rates({"Q8_0": 159e9 / 2}, {"Q8_0": 12.3e9}, 1.0, 1e-4, 40e9, 8e9))
    assert speed._rate("Q6_K", half)[0] == pytest.approx(404e9 / 2)


def test_the_choices_keep_to_their_rules() -> None:
    assert len(CHOICES) >= 15
    for one in CHOICES.values():
        solver = one.id.startswith("deepseek-r1")
        assert set(one.needs) <= set(NEEDS)
        assert ("chat" in one.needs) == (not solver)
        assert ("weak_hardware" in one.needs) == (one.parameters <= 1.4e9)
        assert ("long_texts" in one.needs) == (one.context_length >= 65_536)
        assert ("documents" in one.needs) == (
            one.parameters >= 2.5e9 and not solver and (one.unfaithful is None or one.unfaithful <= 15)
        )
        assert ("translation" in one.needs) <= (one.parameters >= 3e9)


def test_each_figure_of_a_choice_has_its_source() -> None:
    for one in CHOICES.values():
        wanted = {"parameters", "licence"}
        wanted |= {"files"} if one.files else set()
        wanted |= {"languages"} if one.languages else set()
        wanted |= {"context"} if one.context_length else set()
        wanted |= {"shape"} if one.shape else set()
        wanted |= {"unfaithful"} if one.unfaithful is not None else set()
        assert set(one.sources) == wanted, one.id
        assert all("://" not in text for text in (*one.sources.values(), one.page))


def test_the_choices_are_of_one_piece() -> None:
    for one in CHOICES.values():
        for file in one.files:
            bits = 8 * file.size / one.parameters
            low, high = {"Q8": (8.4, 8.8), "BF": (15.9, 16.1), "Q6": (6.4, 6.8), "Q5": (5.5, 6.1)}.get(
                file.quantization[:2], (3.8, 8.1)
            )
            assert low <= bits <= high, (one.id, file)
            assert not file.sha256 or len(bytes.fromhex(file.sha256)) == 32
        if one.shape is not None:
            found = anatomy_of(one, usual_file(one))
            assert found is not None and sum(part.weights for part in found.matrices) == one.active


def test_the_catalogue_tells_of_the_embedded_model_what_its_header_tells(embedded_chat: Path) -> None:
    folders = Folders.inside(embedded_chat.parent)
    header = ModelStore(folders, rules=Rules()).header(embedded_chat)
    real, told = anatomy(header), choice("smollm2-135m-instruct")
    assert (real.key, real.value, real.attention) == (told.key, told.value, told.attention)
    assert real.facts.parameters == told.facts.parameters
    ours = fit.predict(real, LAPTOP, PLAN)
    theirs = fit.predict(told, LAPTOP, PLAN)
    assert theirs.memory.total == pytest.approx(ours.memory.total, rel=0.05)
    assert theirs.write == pytest.approx(ours.write, rel=0.2)


def test_a_tensor_of_one_dimension_is_no_matrix() -> None:
    parts = of(Gguf(tensors=(tensor("a", (32, 2)), tensor("b", (32,), 0, 256)), data=bytes(256 + 128)))
    assert sum(part.weights for part in parts.matrices) == 64
