"""Puts what the engine says of models into the words and numbers that the page shows."""

from __future__ import annotations

from typing import Final

from assistant.values import (
    Copying,
    FoundModel,
    JudgedChoice,
    JudgedModel,
    Kept,
    LayoutMaking,
    LayoutMeasured,
    LayoutMeasuring,
    LayoutPassedOver,
    Machine,
    MeasuredLayout,
    Quality,
    Tuned,
    TuneEvent,
    Verdict,
)
from ui.i18n import counted, number, seconds, size, tr
from ui.panels.models import Bar, ModelCard, Offer, Spot, Tone, Tuning

_TONES: Final = {Verdict.RUNS_WELL: Tone.WELL, Verdict.SLOW: Tone.SLOW, Verdict.WONT_FIT: Tone.NOT}
_QUALITY: Final = tuple(Quality)


def card(judged: JudgedModel) -> ModelCard:
    """An installed model."""
    model, fit = judged.model, judged.fit
    why = judged.fault or judged.note
    if fit is not None:
        why = " ".join(part for part in (fit.why, fit.change) if part)
    return ModelCard(
        key=str(model.path),
        name=model.name,
        facts=_facts(judged),
        verdict="" if fit is None else _verdict(fit.verdict),
        tone=Tone.SLOW if fit is None else _TONES[fit.verdict],
        why=why,
        details=_details(judged),
        answers=judged.answers,
        own=model.kept is Kept.EMBEDDED,
        chat=model.kind == "chat" and model.present and not judged.fault,
        searches=model.kind == "embedding" and model.present,
        orders=model.kind == "reranker" and model.present,
        tuning=None if judged.tuned is None else tuning(judged.tuned),
    )


def spot(judged: JudgedModel) -> Spot | None:
    """An installed model's place in the picture."""
    fit = judged.fit
    if fit is None:
        return None
    return Spot(
        judged.model.name, fit.prediction.write, _QUALITY.index(fit.quality), _TONES[fit.verdict], installed=True
    )


def offer(judged: JudgedChoice) -> Offer:
    """A model that could be got, as a row."""
    choice, fit = judged.choice, judged.fit
    file = f"{judged.quantization}, {size(judged.size)}"
    if fit is None:
        cells = (choice.name, file, "–", "–", "–", tr("Too little is known"), choice.licence)
        return Offer(choice.name, cells, choice.page, choice.needs)
    cells = (
        choice.name,
        file,
        _quality(fit.quality),
        seconds(fit.prediction.first_word),
        tr("{n}/s", n=number(fit.prediction.write)),
        _verdict(fit.verdict),
        choice.licence,
    )
    place = Spot(choice.name, fit.prediction.write, _QUALITY.index(fit.quality), _TONES[fit.verdict])
    return Offer(choice.name, cells, choice.page, choice.needs, place)


def machine_words(machine: Machine) -> str:
    """The machine in a line."""
    words = tr(
        "{processor}, {cores}, {memory} of memory, {free} of it free.",
        processor=machine.processor,
        cores=counted(machine.cores, "{n} core", "{n} cores"),
        memory=size(machine.memory),
        free=size(machine.available),
    )
    devices = [tr("{name} with {free} free", name=device.name, free=size(device.free)) for device in machine.devices]
    return " ".join([words, *(tr("Graphics: {devices}.", devices=", ".join(devices)) for _ in devices[:1])])


def tuning(tuned: Tuned) -> Tuning:
    """What came of a tuning."""
    bars = tuple(
        Bar(layout.name, layout.first_word, _layout(tuned, layout), layout.name == tuned.recommended)
        for layout in tuned.layouts
    )
    return Tuning(bars, tuned.why, tuned.rule)


def copying_words(step: Copying) -> tuple[str, float | None]:
    """How far a copy or a check is, and its share."""
    words = tr("{name}: {done} of {total}", name=step.path.name, done=size(step.done), total=size(step.total))
    if step.seconds_left is not None:
        words = tr("{words}, about {time} left", words=words, time=seconds(step.seconds_left))
    return words, step.done / step.total if step.total else None


def tuning_words(event: TuneEvent) -> tuple[str, float | None] | None:
    """What a tuning is at, and its share; None for what needs no words."""
    match event:
        case LayoutMaking(layout, done, total):
            return tr("Making the layout {name}", name=layout), done / total if total else None
        case LayoutMeasuring(layout, what, done, total):
            what = tr("how fast") if what == "speed" else tr("how faithful")
            return tr("Measuring {what} {name} is", what=what, name=layout), done / total if total else None
        case LayoutPassedOver(layout, why):
            return tr("{name} was not tried: {why}", name=layout, why=why), None
        case LayoutMeasured() | Tuned():
            return None


def found_words(found: FoundModel) -> str:
    """A model of another program."""
    return tr("{name}, {size}, from {program}", name=found.name, size=size(found.size), program=found.program)


def _facts(judged: JudgedModel) -> str:
    model, facts = judged.model, judged.facts
    parts = [size(model.size), model.licence or tr("its makers name no licence")]
    if facts is not None:
        parts += [
            tr("{n} million weights", n=number(facts.parameters / 1e6)),
            facts.quantization,
            tr("looks back on {n} tokens", n=number(facts.context_length)),
        ]
    if judged.fit is not None:
        prediction = judged.fit.prediction
        speed = tr("reads {read}, writes {write} tokens a second", read=number(prediction.read),
                   write=number(prediction.write))  # fmt: skip
        parts.append(tr("{speed} (measured here)", speed=speed) if prediction.measured else speed)
    if model.kind == "embedding":
        parts.append(tr("searches by meaning"))
    if model.kind == "reranker":
        parts.append(tr("puts what is found in order"))
    return " · ".join(parts)


def _details(judged: JudgedModel) -> tuple[str, ...]:
    model = judged.model
    lines = [tr("File: {path}", path=str(model.path)), tr("How it came here: {how}", how=str(model.kept))]
    if model.sha256:
        lines.append(tr("SHA-256: {sum}", sum=model.sha256))
    if judged.fit is not None:
        memory = judged.fit.prediction.memory
        lines.append(
            tr(
                "Memory: {weights} weights, {cache} for the conversation, {buffers} working room",
                weights=size(memory.weights),
                cache=size(memory.cache),
                buffers=size(memory.buffers),
            )
        )
        plan = judged.fit.plan
        lines.append(
            tr(
                "Window {context} tokens, {threads}, memory of conversation as {kv}",
                context=number(plan.context),
                threads=counted(plan.threads, "{n} thread", "{n} threads"),
                kv=plan.kv_type,
            )
        )
    if judged.plan is not None:
        best = judged.plan.plan
        lines.append(
            tr(
                "Runs best here with {threads}, {batch} tokens read at once, flash attention {flash}, {kv}"
                " (measured, {n} ways tried)",
                threads=counted(best.threads, "{n} thread", "{n} threads"),
                batch=number(best.batch),
                flash=tr("on") if best.flash_attention else tr("off"),
                kv=best.kv_type,
                n=number(len(judged.plan.tried)),
            )
        )
    if judged.tuned is not None:
        lines.append(tr("Rule of the recommendation: {rule}", rule=judged.tuned.rule))
    return tuple(lines)


def _layout(tuned: Tuned, layout: MeasuredLayout) -> str:
    words = [size(layout.size), tr("writes {n}/s", n=number(layout.write))]
    if layout.source:
        words.append(tr("the original"))
    elif tuned.nothing_lost(layout):
        words.append(tr("nothing lost"))
    if layout.closeness is not None and not layout.source:
        words.append(tr("same first choice for {n} %", n=number(100 * layout.closeness.same_top, 1)))
    return ", ".join(words)


def _verdict(verdict: Verdict) -> str:
    match verdict:
        case Verdict.RUNS_WELL:
            return tr("Runs well")
        case Verdict.SLOW:
            return tr("Slow")
        case Verdict.WONT_FIT:
            return tr("Won’t fit")


def _quality(quality: Quality) -> str:
    return (tr("Basic"), tr("Fair"), tr("Good"), tr("Strong"))[_QUALITY.index(quality)]
