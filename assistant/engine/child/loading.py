"""Loading: a model, a context made by a run plan, and adapters; each again only where something of it changed."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Iterator
from typing import Any, Final

from assistant.engine.child import devices as graphics
from assistant.engine.child import llama
from assistant.engine.child.arguments import text, whole
from assistant.engine.child.costs import row_costs
from assistant.engine.child.reading import put_away
from assistant.engine.child.state import State
from assistant.values import RunPlan
from assistant.workers import Part, Refusal, Request

_TRIED: Final = 33  # tokens: one more than most kernels for small matrices take at once
_LOOKED_AT: Final = 512


def load(state: State, request: Request) -> Iterator[Part]:
    """Arguments: path, file (a name for its content), context (tokens), plan (a RunPlan's fields).

    The same file under another plan is not read again. Answers: context (tokens), seconds, version.
    """
    began = time.monotonic()
    plan = _plan(request)
    try:
        model = _model(state, text(request, "path"), text(request, "file"), plan)
        state.model = model
        state.context = llama.Context(model, whole(request, "context"), plan, state.brake)
        if plan.gpu_layers:
            state.brake.release()
            _try_out(state.context)
    except llama.ModelRefused as error:
        raise Refusal("no-memory" if str(error) == "context" else "model-unreadable") from error
    seconds = time.monotonic() - began
    yield Part({"context": state.context.size, "seconds": seconds, "version": llama.VERSION})


def devices(request: Request) -> Iterator[Part]:
    """Arguments: none. Answers: devices, each the fields of a values.Device."""
    yield Part({"devices": [dataclasses.asdict(device) for device in graphics.devices()]})


def adapt(state: State, request: Request) -> Iterator[Part]:
    """Arguments: adapters, a list of [path, scale]; name, for all of them together. Answers nothing.

    What was read with others is put away, and found again when they come back.
    """
    context, name = state.loaded, text(request, "name")
    adapters = request.arguments.get("adapters")
    if not isinstance(adapters, list):
        raise Refusal("bad-request", "adapters")
    if name != state.adapters:
        put_away(state, context, 0)
        state.forget_read()
        try:
            context.set_adapters([(str(path), float(scale)) for path, scale in adapters])
        except llama.ModelRefused as error:
            context.set_adapters(())
            state.adapters = ""
            raise Refusal("adapter-unreadable") from error
        state.adapters = name
    yield Part({})


def pace(state: State, request: Request) -> Iterator[Part]:
    """Arguments: threads, that work from now on. Nothing is loaded or read again. Answers nothing."""
    state.loaded.use_threads(whole(request, "threads"))
    yield Part({})


def measure(state: State, request: Request) -> Iterator[Part]:
    """Answers: row_costs (of values.RunPlan), measured now and in force from now on; empty where it was broken off."""
    context = state.loaded
    state.answer(request)
    try:
        context.plan = dataclasses.replace(context.plan, row_costs=row_costs(context))
    except llama.Aborted:
        pass  # it gave way to somebody; another pause will come
    yield Part({"row_costs": list(context.plan.row_costs)})


def _model(state: State, path: str, file: str, plan: RunPlan) -> llama.Model:
    """The model, in memory already or loaded now. Of an earlier context only the copies that still fit stay."""
    before = state.context.plan if state.context is not None else None
    state.forget_read()
    if state.context is not None:
        state.context.close()
        state.context, state.adapters = None, ""
    if before is None or (before.kv_type, before.flash_attention) != (plan.kv_type, plan.flash_attention):
        state.memory.clear()
    if state.model is not None:
        if state.file == file and before is not None and _place(before) == _place(plan):
            return state.model
        state.model.close()
        state.model = None
    state.memory.clear()
    state.file, state.tokens_per_second = file, 0.0
    return llama.Model(path, plan.gpu_layers, plan.device)


def _place(plan: RunPlan) -> tuple[int, str]:
    return plan.gpu_layers, plan.device if plan.gpu_layers else ""


def _try_out(context: llama.Context) -> None:
    """Read a little and look at what comes of it: a bad driver may also answer with nonsense. Raises ModelRefused."""
    try:
        context.decode([0] * _TRIED, 0)
        context.decode([0], _TRIED)
    except MemoryError as error:
        raise llama.ModelRefused("device") from error
    logits = context.logits()
    some = [float(logits[place]) for place in range(min(_LOOKED_AT, context.model.vocabulary_size))]
    context.clear()
    if not all(math.isfinite(value) for value in some) or min(some) == max(some):
        raise llama.ModelRefused("device")


def _plan(request: Request) -> RunPlan:
    fields: Any = request.arguments.get("plan")
    names = {field.name for field in dataclasses.fields(RunPlan)}
    if not isinstance(fields, dict) or not set(fields) <= names:
        raise Refusal("bad-request", "plan")
    return RunPlan(**fields | {"row_costs": tuple(fields.get("row_costs", ()))})
