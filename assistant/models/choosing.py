"""Which layouts of a model are worth a try on a machine, and which of those that were measured is recommended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.quantizing import LAYOUTS, Layout
from assistant.values import Facts, Machine, MeasuredLayout, Tuned

LOSS: Final = 0.01
"""Nats a token that a layout may be farther from the reference than the source is: about what Q6_K loses of a model
with 16 bits a weight (llama.cpp, tools/perplexity/README.md: 0.0055 for Q6_K, 0.0107 for Q5_K_M, of Llama 3 8B)."""
NEAR: Final = 1.10
"""Layouts within this factor of the fastest count as equally fast: the closest to the source is taken of them."""
ANSWER: Final = 150
"""Tokens of a usual answer."""
RULE: Final = (
    "The fastest layout for a question about documents (1,300 tokens read, 150 written) that loses at most 0.01 nats a "
    "token; of those within 10 percent of the fastest, the one that is closest to the original."
)
_MEMORY_SPARE: Final = 768 << 20  # for the rest of Privet, and for the engine's buffers
_EXACT_SHARE: Final = 0.25  # of the memory that is free, for the reference in 32 bits


def candidates(facts: Facts, machine: Machine) -> tuple[Layout, ...]:
    """Layouts that might be faster here, the likeliest first.

    Of a model with few bits a weight another one with few would lose again what it lost before, so one alone is
    tried, for the picture; of one with many bits the usual steps down are.
    """
    wide = "BF16" if machine.instructions & {"avx512_bf16", "amx_int8"} else "F16"
    names = ["Q8_0", wide, "Q4_0"] if facts.bits < 7 else ["Q8_0", wide, "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_0"]
    return tuple(LAYOUTS[name] for name in names if not name.startswith(facts.quantization or "?"))


def size_of(facts: Facts, layout: Layout) -> int:
    """Bytes of a model in a layout, at most, about: what a row is too narrow for is laid out in 8 bits and a half."""
    bits = max(layout.bits, LAYOUTS["Q8_0"].bits) if layout.block > LAYOUTS["Q8_0"].block else layout.bits
    return int(facts.parameters * bits / 8 * 1.05) + (16 << 20)


def has_memory(facts: Facts, layout: Layout, machine: Machine) -> bool:
    """Whether a layout could be loaded at all."""
    return size_of(facts, layout) + _MEMORY_SPARE <= machine.available


def exact_is_affordable(facts: Facts, machine: Machine) -> bool:
    """Whether the reference can be the weights in exact arithmetic."""
    return size_of(facts, LAYOUTS["F32"]) <= _EXACT_SHARE * machine.available


def recommended(layouts: Sequence[MeasuredLayout]) -> MeasuredLayout:
    """By `RULE`; the source where nothing else is clearly faster."""
    source = next(layout for layout in layouts if layout.source)
    held = [layout for layout in layouts if layout.source or _loss(layout, source) <= LOSS]
    limit = min(layout.answer for layout in held) * NEAR
    near = [layout for layout in held if layout.answer <= limit]
    return source if source in near else min(near, key=lambda layout: _loss(layout, source))


def why(tuned: Tuned, best: MeasuredLayout) -> str:
    """The reason for a recommendation, in a sentence or two for a person."""
    source = tuned.original
    if best.source:
        return "No other layout that was tried is clearly faster on this computer without losing more than is allowed."
    gain = f"{source.read / best.read:.2f}" if best.read < source.read else f"{best.read / source.read:.1f}"
    read = f"It reads {gain} times as fast"
    faster = (
        f"{read}: the first word of an answer about a document comes after {best.first_word:.1f} s instead of"
        f" {source.first_word:.1f} s."
    )
    if tuned.nothing_lost(best):
        return (
            f"{faster} Nothing was lost: what it predicts is as close to the model's exact weights as what the original"
            f" predicts here, or closer ({_nats(best)} against {_nats(source)} nats a token).{_apart(best)}"
        )
    beside = f" (the original, as it runs here: {_nats(source)})" if tuned.exact else ""
    return (
        f"{faster} What it predicts differs from the {_reference(tuned)} by {_nats(best)} nats a token{beside}, which"
        f" hardly anybody notices.{_apart(best)}"
    )


def _apart(layout: MeasuredLayout) -> str:
    """What was found when each weight was held against the original's, "" where that was not done."""
    if layout.apart is None:
        return ""
    if layout.apart.largest == 0:
        return " Each of its weights is the original's."
    return (
        f" No weight is farther from the original's than {_percent(layout.apart.largest)} of the largest one beside it"
        f" (usually {_percent(layout.apart.typical)})."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2g} percent"


def _reference(tuned: Tuned) -> str:
    return "model's exact weights" if tuned.exact else "original"


def _nats(layout: MeasuredLayout) -> str:
    return f"{layout.closeness.divergence:.4f}" if layout.closeness is not None else "an unknown number of"


def _loss(layout: MeasuredLayout, source: MeasuredLayout) -> float:
    if layout.closeness is None or source.closeness is None:
        return 0.0 if layout.source else float("inf")
    return layout.closeness.divergence - source.closeness.divergence
