"""What `privet models` says about fits, choices, layouts and plans: as lines for people, as objects for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from assistant.values import (
    Fit,
    FoundModel,
    MeasuredLayout,
    MeasuredPlan,
    ModelChoice,
    Overriding,
    RunPlan,
    RunWish,
    Tuned,
)

_LANGUAGES_SHOWN: Final = 8


def fit_object(found: Fit) -> dict[str, object]:
    """A fit as JSON prints it; bytes, seconds, tokens a second."""
    return {
        "verdict": str(found.verdict),
        "quality": str(found.quality),
        "why": found.why,
        "change": found.change,
        "plan": asdict(found.plan),
        "memory": asdict(found.prediction.memory) | {"total": found.prediction.memory.total},
        "read": found.prediction.read,
        "write": found.prediction.write,
        "first_word": found.prediction.first_word,
        "measured": found.prediction.measured,
        "corrected": found.prediction.corrected,
    }


def fit_lines(found: Fit) -> Iterator[str]:
    """What stands under the name of a model whose fit was asked for."""
    told = found.prediction
    yield f"    {found.why}"
    if found.change:
        yield f"    {found.change}"
    yield (
        f"    reads {told.read:,.0f} and writes {told.write:,.0f} tokens a second; context {found.plan.context:,}, "
        f"{found.plan.threads} cores, cache {found.plan.kv_type}"
    )


def found_object(model: FoundModel) -> dict[str, object]:
    """A model of another program as JSON prints it."""
    return asdict(model) | {"files": [str(path) for path in model.files]}


def choice_object(choice: ModelChoice, found: Fit | None) -> dict[str, object]:
    """A model that one could get as JSON prints it."""
    return asdict(choice) | {"sources": dict(choice.sources), "fit": None if found is None else fit_object(found)}


def choice_lines(choice: ModelChoice, found: Fit | None) -> Iterator[str]:
    """A model that one could get."""
    verdict = (
        f"{found.verdict}, writes about {found.prediction.write:.0f} tokens/s"
        if found
        else "can't be told before it is here"
    )
    yield f"{choice.name} ({choice.parameters / 1e9:.2g} billion, {choice.licence}): {verdict}"
    files = ", ".join(f"{file.quantization} {file.size / 1e9:.2f} GB" for file in choice.files) or "sizes not known"
    languages = ", ".join(choice.languages[:_LANGUAGES_SHOWN]) or "languages not known"
    needs = ", ".join(need.replace("_", " ") for need in choice.needs) or "sums and logic"
    yield f"    for {needs}; {languages}; {files}"
    if choice.note:
        yield f"    {choice.note}"
    yield f"    {choice.page}"


def facts_lines(facts: object) -> Iterator[str]:
    """What a model's header says about it. facts: an object as JSON prints it."""
    if isinstance(facts, dict):
        weights = f"{facts['parameters'] / 1e9:.2f} billion, {facts['quantization']}, {facts['bits']:.1f} bits each"
        yield f"    weights    {weights}"
        yield f"    context    {facts['context_length']:,} tokens, {facts['layers']} layers"


def plan_words(plan: RunPlan) -> str:
    """How a model runs, in a few words."""
    attention = "flash attention" if plan.flash_attention else "plain attention"
    cores = "1 core" if plan.threads == 1 else f"{plan.threads} cores"
    return f"{cores}, {plan.batch} tokens at once, {attention}, cache {plan.kv_type}"


def plan_object(measured: MeasuredPlan | None) -> dict[str, object] | None:
    """A measured plan as JSON prints it."""
    return None if measured is None else asdict(measured) | {"gain": measured.gain}


def tuned_object(tuned: Tuned) -> dict[str, object]:
    """A tuning as JSON prints it."""
    layouts = [
        asdict(layout)
        | {
            "path": str(layout.path) if layout.path else None,
            "nothing_lost": tuned.nothing_lost(layout),
            "recommended": layout.name == tuned.recommended,
        }
        for layout in tuned.layouts
    ]
    return asdict(tuned) | {"source": str(tuned.source), "layouts": layouts}


def tuned_lines(tuned: Tuned) -> Iterator[str]:
    """The layouts of a model side by side, the recommended one marked, and why it is."""
    reference = "the model's exact weights" if tuned.exact else "the original as it runs"
    yield "    layout       size    reads   writes  first word   memory  differs  same word  perplexity  weights"
    for layout in tuned.layouts:
        yield f"    {_row(layout)}{_marks(tuned, layout)}"
    yield f"    Reads and writes in tokens a second. Differs and same word: from {reference}, on a fixed text."
    if any(layout.apart is not None for layout in tuned.layouts):
        yield "    Weights: the farthest that one is from the original's, of the largest beside it."
    yield f"    {tuned.why}"
    yield f"    Rule: {tuned.rule}"


def _row(layout: MeasuredLayout) -> str:
    memory = f"{layout.memory / 1e6:,.0f} MB" if layout.memory else "?"
    near = layout.closeness
    unknown = f"{'?':>7}  {'?':>9}  {'?':>10}"
    quality = f"{near.divergence:>7.4f}  {near.same_top:>9.1%}  {near.perplexity:>10.2f}" if near else unknown
    apart = f"{layout.apart.largest:>8.2%}" if layout.apart is not None else ""
    return (
        f"{layout.name:<8} {layout.size / 1e9:>5.2f} GB {layout.read:>8,.0f} {layout.write:>8,.0f} "
        f"{layout.first_word:>9.1f} s {memory:>8}  {quality}{apart}"
    )


def _marks(tuned: Tuned, layout: MeasuredLayout) -> str:
    marks = ["the original"] if layout.source else []
    marks += ["nothing lost"] if not layout.source and tuned.nothing_lost(layout) else []
    marks += ["recommended"] if layout.name == tuned.recommended else []
    return f"  {', '.join(marks)}" if marks else ""


_WISHED = {
    "context": "looks back on",
    "threads": "processor cores",
    "kv_type": "precision of that",
    "gpu_layers": "layers on graphics",
}


def overriding_lines(found: Overriding) -> Iterator[str]:
    """Each choice and what it would mean, with a mark at those in force."""
    for name, choices in found.choices.items():
        locked = " (decided by the policy of this computer)" if name in found.locked else ""
        yield f"    {_WISHED[name]}{locked}"
        for wish, fit in choices:
            told = fit.prediction
            mark = "*" if wish == found.wish else " "
            means = (
                f"{told.memory.needed / 1e9:.2f} GB, first word after {told.first_word:.1f} s,"
                f" writes {told.write:.0f} tokens a second; {fit.verdict}"
            )
            yield f"      {mark} {_value(name, wish, fit):<22} {means}"


def overriding_object(found: Overriding) -> dict[str, object]:
    """The same as JSON prints it."""
    return {
        "wish": asdict(found.wish),
        "fit": fit_object(found.fit),
        "locked": sorted(found.locked),
        "choices": {
            name: [{"wish": asdict(wish), "fit": fit_object(fit)} for wish, fit in choices]
            for name, choices in found.choices.items()
        },
    }


def _value(name: str, wish: RunWish, fit: Fit) -> str:
    automatic = getattr(wish, name) == getattr(RunWish(), name)
    value = getattr(fit.plan, name)
    return f"Privet's choice ({value})" if automatic else str(value)
