"""Will it run here: the plan a model is loaded by, what that would mean, and the verdict with its reason."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from typing import Final

from assistant.modelstore import speed
from assistant.modelstore.anatomy import Anatomy
from assistant.modelstore.calibration import Calibration, Correction, Measured
from assistant.modelstore.gguf import Header
from assistant.values import Device, Facts, Fit, LoadPlan, Machine, Prediction, Quality, Verdict

USUAL_CONTEXT: Final = 8192
LEAST_CONTEXT: Final = 2048
"""Tokens below which no document question fits with its passages and an answer."""
SLOW_FIRST_WORD: Final = 30.0
"""Seconds; a person who waits longer does something else."""
SLOW_WRITING: Final = 4.0
"""Tokens a second: about three words, as fast as people read aloud."""
_SPARE: Final = 512 << 20  # for the rest of Privet: the window, the embedder, the index
_DEVICE_SPARE: Final = 0.9  # of a graphics processor's free memory
_GB: Final = 1e9


def fingerprint(header: Header) -> str:
    """Sixteen digits that stand for a model in measurements: its values and the shapes of its weights."""
    digest = hashlib.sha256()
    digest.update(repr(sorted(header.values.items())).encode())
    digest.update(repr([(part.name, part.shape, part.type) for part in header.tensors]).encode())
    return digest.hexdigest()[:16]


def choose_plan(
    model: Anatomy, machine: Machine, context: int = 0, threads: int = 0, kv_type: str = "", gpu_layers: int = -1
) -> LoadPlan:
    """The plan that Privet takes: the usual window, less where it would not fit, and a graphics processor if it helps.

    The others: what a person asked for; 0, "" and -1 are Privet's choice.
    """
    wanted = min(context or USUAL_CONTEXT, model.facts.context_length)
    plan = LoadPlan(wanted, threads or machine.cores, kv_type or "f16")
    plan = _with_device(model, machine, plan)
    if gpu_layers >= 0 and plan.device:
        layers = min(gpu_layers, model.facts.layers + 1)
        plan = replace(plan, gpu_layers=layers, device=plan.device if layers else "")
    if context:
        return plan
    for size in (wanted, wanted // 2, LEAST_CONTEXT):
        for kind in (kv_type,) if kv_type else ("f16", "q8_0"):
            # Less precision in the cache costs speed and a little quality, so it comes before less window only.
            tried = replace(plan, context=max(size, min(LEAST_CONTEXT, wanted)), kv_type=kind)
            if _needed(model, machine, tried) <= machine.available - _SPARE:
                return tried
    return replace(plan, context=min(LEAST_CONTEXT, wanted), kv_type=kv_type or "q8_0")


def predict(
    model: Anatomy,
    machine: Machine,
    plan: LoadPlan,
    correction: Correction = Correction(),  # noqa: B008 - frozen
) -> Prediction:
    """Memory and speed by a plan. correction: from `Calibration.correction`."""
    needed = speed.memory(model, machine, plan)
    reading = speed.read_seconds(model, machine, plan) * correction.read
    writing = speed.write_seconds(model, machine, plan) * correction.write
    if correction.memory != 1.0:
        # What is not weights or cache is where a prediction errs: llama.cpp's buffers.
        needed = replace(needed, buffers=max(0, int(needed.buffers + needed.total * (correction.memory - 1))))
    return Prediction(
        memory=needed,
        read=speed.QUESTION / reading,
        write=1 / writing,
        first_word=reading + writing,
        measured=correction.measured,
        corrected=correction.corrected,
    )


def fit(model: Anatomy, name: str, machine: Machine, plan: LoadPlan, prediction: Prediction) -> Fit:
    """The verdict on loading a model by a plan. name: what the sentences call it."""
    quality = quality_of(model.facts)
    needed = prediction.memory.needed
    if needed > machine.available - _SPARE:
        why = (
            f"“{name}” needs {_gb(needed)} of memory, and {_gb(max(0, machine.available - _SPARE))} are free"
            f" (of {_gb(machine.memory)}; Privet itself takes {_gb(_SPARE)})."
        )
        return Fit(Verdict.WONT_FIT, quality, why, _smaller(model, machine, plan), plan, prediction)
    pace = f"writes about {prediction.write:.0f} tokens a second" if prediction.write >= 1 else "writes hardly a word"
    first = f"The first word about a document comes after about {_seconds(prediction.first_word)}, and it {pace}"
    room = f"it needs {_gb(needed)} of {_gb(machine.available)} of free memory{_placed(model, machine, plan)}"
    if prediction.first_word > SLOW_FIRST_WORD or prediction.write < SLOW_WRITING:
        return Fit(Verdict.SLOW, quality, f"{first}; {room}.", _faster(model, machine, plan), plan, prediction)
    return Fit(Verdict.RUNS_WELL, quality, f"{first}; {room}.", "", plan, prediction)


def measured(
    model: Anatomy,
    mark: str,
    machine: Machine,
    plan: LoadPlan,
    *,
    read: tuple[int, float],
    write: float,
    memory: int | None,
) -> Measured:
    """A measurement as `Calibration` keeps it.

    mark: the model's fingerprint. read: how many tokens were read, none of them remembered, and in how many
    seconds. write: seconds a token. memory: bytes of the child with its window full, None where nobody looked.
    """
    tokens, seconds = read
    expected = speed.memory(model, machine, plan).total
    return Measured(
        model=mark,
        type=model.facts.quantization,
        threads=plan.threads,
        device=plan.device,
        read=tokens / seconds,
        write=1 / write,
        read_factor=seconds / speed.read_seconds(model, machine, plan, tokens),
        write_factor=write / speed.write_seconds(model, machine, plan, tokens),
        memory=None if memory is None else memory / expected,
        basis=basis(machine),
    )


def corrected(model: Anatomy, mark: str, machine: Machine, plan: LoadPlan, calibration: Calibration) -> Correction:
    """What was measured on this machine says this about the model with this fingerprint.

    Of this very file by this plan, what was measured is what is told.
    """
    own = calibration.of(mark, plan.threads, plan.device)
    if own is None:
        return calibration.correction(model.facts.quantization, plan.device, basis(machine))
    return Correction(
        speed.QUESTION / own.read / speed.read_seconds(model, machine, plan),
        1 / own.write / speed.write_seconds(model, machine, plan),
        1.0 if own.memory is None else own.memory,
        measured=True,
        corrected=True,
    )


def basis(machine: Machine) -> str:
    """A few digits for the rates that predictions rest on here, "" for the built-in table."""
    rates = machine.rates
    return "" if rates is None else hashlib.sha256(repr(sorted(rates.read.items())).encode()).hexdigest()[:12]


def quality_of(facts: Facts) -> Quality:
    """A rule of thumb by size: what a class of models answers right in public leaderboards grows with its weights.

    Fewer than 3.5 bits a weight cost one class (arXiv 2505.15030: about the least that keeps a model's abilities).
    """
    classes = (Quality.BASIC, Quality.FAIR, Quality.GOOD, Quality.STRONG)
    # A mixture of experts does about as well as a dense model of the geometric mean of both of its sizes.
    size = math.sqrt(facts.parameters * facts.active)
    step = sum(size >= least for least in (0.9e9, 2.6e9, 6.5e9))
    return classes[max(0, step - (facts.bits < 3.5))]


def _with_device(model: Anatomy, machine: Machine, plan: LoadPlan) -> LoadPlan:
    """As many layers on the largest graphics processor with memory of its own as fit there.

    One that shares the processor's memory reads no faster from it, and its drivers are those that fail (jan#8567).
    """
    own = [device for device in machine.devices if not device.shared]
    best: Device | None = max(own, key=lambda device: device.free, default=None)
    if best is None:
        return plan
    for layers in range(model.facts.layers + 1, 0, -1):
        tried = replace(plan, gpu_layers=layers, device=best.name)
        if speed.memory(model, machine, tried).device <= best.free * _DEVICE_SPARE:
            return tried
    return plan


def _needed(model: Anatomy, machine: Machine, plan: LoadPlan) -> int:
    return speed.memory(model, machine, plan).needed


def _smaller(model: Anatomy, machine: Machine, plan: LoadPlan) -> str:
    """What would make it fit."""
    free = machine.available - _SPARE
    smallest = replace(plan, context=min(LEAST_CONTEXT, model.facts.context_length), kv_type="q8_0")
    if plan.context > smallest.context and _needed(model, machine, smallest) <= free:
        return f"With a memory of conversation of {smallest.context:,} tokens it would fit."
    rest = _needed(model, machine, smallest) - speed.memory(model, machine, smallest).weights
    bits = 8 * (free - rest) / max(1, model.facts.parameters)
    if bits >= 4.5 and bits < model.facts.bits:
        return "A file of the same model with fewer bits a weight (Q4 in its name) would fit."
    if _needed(model, machine, smallest) <= machine.memory - _SPARE:
        return "Close other programs: with all of this computer's memory it would fit."
    return f"Choose a model of at most {max(0.1, free / 0.75 / _GB):.1f} billion parameters in Q4."


def _faster(model: Anatomy, machine: Machine, plan: LoadPlan) -> str:
    """What would make it faster."""
    if plan.threads < machine.cores:
        return f"It would be faster with all {machine.cores} cores instead of {plan.threads}."
    rate = speed.RATES.get(model.facts.quantization, (0.0, 0.0))[0]
    if rate and rate * 1.5 < speed.RATES["Q4_K"][0]:
        return "In another layout it would be read faster on this processor: tune it, and Privet tries which."
    if model.facts.bits > 6:
        return "A file of the same model with fewer bits a weight (Q4 in its name) would be faster."
    if machine.battery is not None and not machine.battery.plugged:
        return "On mains power it may be faster; else choose a smaller model."
    return "Choose a smaller model."


def _placed(model: Anatomy, machine: Machine, plan: LoadPlan) -> str:
    """Where layers lie, in words that go on with a sentence about memory."""
    device = next((device for device in machine.devices if device.name == plan.device), None)
    if device is None or not plan.gpu_layers:
        return ""
    lies = _gb(speed.memory(model, machine, plan).device)
    whole = model.facts.layers + 1  # llama.cpp counts the output as one more
    return f", {min(plan.gpu_layers, whole)} of {whole} layers with {lies} of it on {device.words}"


def _gb(size: float) -> str:
    return f"{size / _GB:.1f} GB"


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
