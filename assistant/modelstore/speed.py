"""How much memory a model will take and how fast it will be, from its anatomy, the machine, and what was measured.

The model of time is the usual one for transformers: reading a prompt is bound by arithmetic, writing by memory
(Williams et al., "Roofline", CACM 2009). What each type of weights costs on a processor can't be told from its data
sheet, so the rates below were measured: with llama.cpp b-series as in llama-cpp-python 0.3.36, on two synthetic models
(512 and 1024 wide, weights by chance), on a server processor of 2024 with AVX-512, VNNI and BF16. Other processors get
these rates times a factor that is an estimate, until each type was measured on the machine itself (`rates`).
`calibration` corrects what comes of it by what was measured after loading.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Final

from assistant.modelstore.anatomy import Anatomy
from assistant.values import LoadPlan, Machine, Memory

QUESTION: Final = 1300
"""Tokens of a typical question to documents: instructions, four passages, the question."""
ANSWERED: Final = 24
"""Tokens after it at which writing is looked at."""
_BATCH: Final = 256

RATES: Final[Mapping[str, tuple[float, float]]] = {
    "F32": (90, 19.0), "F16": (183, 19.0), "BF16": (363, 14.7), "Q8_0": (159, 12.3), "Q4_0": (333, 9.9),
    "Q4_1": (60, 8.2), "Q5_0": (116, 9.3), "Q5_1": (57, 9.4), "Q2_K": (194, 7.4), "Q3_K": (347, 5.8),
    "Q4_K": (249, 11.9), "Q5_K": (506, 8.1), "Q6_K": (404, 10.6), "IQ4_NL": (378, 12.7), "IQ4_XS": (512, 8.3),
    "MXFP4": (364, 10.0),
}  # fmt: skip
"""By type of weights: thousand million operations a second and core in matrix products (reading), and thousand million
bytes of weights a second and core in products with one vector (writing)."""
_OTHER: Final = (60.0, 6.0)
_ATTENTION: Final = 52e9  # operations a second and core, many tokens at once
_ATTENDED: Final = 10e9  # the same for one token alone, which reads all that was kept
_LAYER_TOKEN: Final = 20e-9  # seconds a core for each number of a layer's width: norms, rotations, sums
LAYER_STEP: Final = 105e-6  # seconds a layer for each call: the cores wait for each other at each of its parts
_REACHED: Final = 0.8  # of the memory's measured bandwidth, by the best of llama.cpp's loops

# The share of those rates that other instructions give. Estimates: half as many numbers at once, no dot products.
_CLASSES: Final = (
    (frozenset({"avx512_vnni", "avx512_bf16"}), 1.0),
    (frozenset({"avx512_vnni"}), 0.9),
    (frozenset({"avx512f"}), 0.7),
    (frozenset({"avx2", "avx_vnni"}), 0.6),
    (frozenset({"avx2", "fma"}), 0.45),
    (frozenset({"neon", "i8mm"}), 0.5),
    (frozenset({"neon", "dotprod"}), 0.35),
    (frozenset({"avx"}), 0.15),
)
_BF16_WITHOUT: Final = 0.2  # of BF16's rate where the processor has no such instructions: each is widened first

# What ggml lays out again in memory when it loads (repack.cpp), by what the processor has.
_COPIED: Final = (
    ("avx2", ("Q4_0", "Q4_K", "IQ4_NL", "MXFP4")),
    ("avx512f", ("Q2_K",)),
    ("dotprod", ("Q4_0", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL", "MXFP4", "Q8_0")),
)
_KV_BYTES: Final = {"f16": 2.0, "q8_0": 34 / 32}
_PROCESS: Final = 46 << 20  # the child's Python, numpy and llama.cpp before a model is there
_TOKEN_BYTES: Final = 165  # of a vocabulary's entry or merge in llama.cpp's tables
_GPU_BANDWIDTH: Final = 150e9  # where nobody measured it: the slowest cards of today
_GPU_RATE: Final = 3e12


def memory(model: Anatomy, machine: Machine, plan: LoadPlan) -> Memory:
    """Bytes that a model takes when it is loaded by `plan` and its window is full."""
    window = plan.context + -plan.context % 256
    cache = int((model.key + model.value) * window * _KV_BYTES.get(plan.kv_type, 2.0)) + model.fixed
    copied = {name for has, names in _COPIED if has in machine.instructions for name in names}
    copies = sum(size for name, size in model.copied.items() if name in copied)
    share = _on_device(model, plan)
    buffers = _BATCH * 4 * (4 * model.width + 2 * model.inner) + window * _BATCH * 4
    return Memory(
        weights=model.resident,
        copies=int(copies * (1 - share)),
        cache=cache,
        buffers=buffers,
        process=_PROCESS + _TOKEN_BYTES * model.tokens,
        device=int(share * (model.resident + cache)) + (buffers if share else 0),
    )


def read_seconds(model: Anatomy, machine: Machine, plan: LoadPlan, tokens: int = QUESTION) -> float:
    """Seconds that reading `tokens` new tokens takes, by the rates alone."""
    cores = _cores(machine, plan)
    share = _on_device(model, plan)
    once = sum(2 * part.weights / _rate(part.type, machine)[0] for part in model.matrices if part.once)
    each = sum(2 * part.weights / _rate(part.type, machine)[0] for part in model.matrices if not part.once)
    beside = beside_seconds(model, cores, tokens) / _beside(machine)
    alone = tokens * each / cores + once / cores + beside
    device = tokens * sum(2 * part.weights for part in model.matrices) / _GPU_RATE
    return alone * (1 - share) + device * share


def beside_seconds(model: Anatomy, cores: int, tokens: int) -> float:
    """Seconds that reading takes beside the matrices, on the machine that the rates were measured on."""
    near = min(tokens / 2, model.window) if model.window else tokens / 2
    looks = (model.attention - model.windowed) * tokens / 2 + model.windowed * near
    small = _LAYER_TOKEN * model.facts.layers * model.width
    step = LAYER_STEP * model.facts.layers * (tokens / _BATCH)
    return tokens * (2 * looks / (_ATTENTION * cores) + small / cores) + step


def write_seconds(model: Anatomy, machine: Machine, plan: LoadPlan, behind: int = QUESTION + ANSWERED) -> float:
    """Seconds that writing one token takes with `behind` tokens before it, by the rates alone."""
    cores = _cores(machine, plan)
    share = _on_device(model, plan)
    streamed = sum(_stream_seconds(part.type, part.bytes, machine, cores) for part in model.matrices)
    near = min(behind, model.window) if model.window else behind
    looks = 2 * ((model.attention - model.windowed) * behind + model.windowed * near)
    step = machine.rates.step if machine.rates is not None else LAYER_STEP
    attended = machine.rates.attended if machine.rates is not None else _ATTENDED * _factor(machine)
    alone = streamed + looks / (attended * cores) + step * model.facts.layers
    device = sum(part.bytes for part in model.matrices) / (_bandwidth_of(machine, plan) * 0.6)
    return alone * (1 - share) + device * share


def _stream_seconds(kind: str, size: int, machine: Machine, cores: int) -> float:
    rate = _rate(kind, machine)[1] * cores
    if machine.rates is not None:
        # What fits a cache together streams faster; a model's own weights come from memory.
        return size / min(rate, machine.rates.memory)
    if machine.bandwidth is not None:
        rate = min(rate, _REACHED * machine.bandwidth)
    return size / rate


def _rate(kind: str, machine: Machine) -> tuple[float, float]:
    """Operations and bytes a second and core, for a type of weights."""
    operations, stream = RATES.get(kind, _OTHER)
    measured = machine.rates
    if measured is not None:
        if kind in measured.read:
            return measured.read[kind], measured.write[kind]
        return operations * 1e9 * _ratio(measured.read, 0), stream * 1e9 * _ratio(measured.write, 1)
    factor = _factor(machine)
    if kind == "BF16" and not machine.instructions & {"avx512_bf16", "amx_int8"}:
        operations *= _BF16_WITHOUT
    # Few instructions slow down what has to be unpacked; plain numbers stream as fast as the memory gives them.
    return operations * 1e9 * factor, stream * 1e9 * (1.0 if kind in ("F16", "F32") else max(factor, 0.3) ** 0.5)


def _ratio(measured: Mapping[str, float], number: int) -> float:
    """How this machine compares with that of the table, in the median of the types that were measured."""
    ratios = [rate / (RATES[kind][number] * 1e9) for kind, rate in measured.items() if kind in RATES]
    return statistics.median(ratios) if ratios else 1.0


def _beside(machine: Machine) -> float:
    return machine.rates.beside if machine.rates is not None else _factor(machine)


def _factor(machine: Machine) -> float:
    return next((factor for needed, factor in _CLASSES if needed <= machine.instructions), 0.05)


def _cores(machine: Machine, plan: LoadPlan) -> int:
    """Cores at work: threads beyond the physical cores gain nothing."""
    return max(1, min(plan.threads or machine.cores, machine.cores))


def _on_device(model: Anatomy, plan: LoadPlan) -> float:
    """The share of the model that lies on the graphics processor; llama.cpp counts the output as one more layer."""
    return min(1.0, plan.gpu_layers / (model.facts.layers + 1)) if plan.device else 0.0


def _bandwidth_of(machine: Machine, plan: LoadPlan) -> float:
    device = next((device for device in machine.devices if device.name == plan.device), None)
    if device is None:
        return _GPU_BANDWIDTH
    if device.bandwidth is not None:
        return device.bandwidth
    return (machine.bandwidth or 30e9) if device.shared else _GPU_BANDWIDTH
