"""How the next token is chosen: llama.cpp's own sampler chain, made from a request's sampling."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import Any

import llama_cpp.llama_cpp as native

from assistant.engine.child.arguments import number, whole
from assistant.engine.child.grammar import ConstrainedSampler
from assistant.engine.child.llama import Context, Likeliest, Sampler
from assistant.workers import Refusal, Request

_BREAKERS = (b"\n", b":", b'"', b"*")
"""What a repetition is not looked for across: llama.cpp's own default for DRY."""


def sampler(context: Context, request: Request) -> Sampler:
    """A fresh chain in llama.cpp's default order (common_params_sampling).

    The request carries the fields of values.Sampling. Penalties look at what this answer says, not at its prompt.
    Raises Refusal for a field that is none, and for a grammar that is none.
    """
    grammar, biases = request.arguments.get("grammar"), _biases(context, request)
    penalties = _penalties(context, request)
    if not grammar and not penalties and number(request, "temperature") <= 0:
        return Likeliest(context, biases)
    corrections = [*_bias(context, biases), *penalties]
    chain = native.llama_sampler_chain_init(native.llama_sampler_chain_default_params())
    for part in (*corrections, *_choice(request)):
        native.llama_sampler_chain_add(chain, part)
    if grammar:
        return ConstrainedSampler(chain, context, str(grammar))
    return Sampler(chain, context.native_context)


def _bias(context: Context, biases: Sequence[tuple[int, float]]) -> list[Any]:
    """What adds them to the logits, where there are any."""
    if not biases:
        return []
    array = (native.llama_logit_bias * len(biases))(*(native.llama_logit_bias(*bias) for bias in biases))
    return [native.llama_sampler_init_logit_bias(context.model.vocabulary_size, len(biases), array)]


def _penalties(context: Context, request: Request) -> list[Any]:
    """What changes the logits by what was said: penalties, DRY."""
    parts: list[Any] = []
    repeat, last = number(request, "repeat_penalty"), whole(request, "repeat_last")
    frequency, presence = number(request, "frequency_penalty"), number(request, "presence_penalty")
    if last and (repeat != 1.0 or frequency or presence):
        size = context.model.vocabulary_size
        parts.append(native.llama_sampler_init_penalties(size, last, repeat, frequency, presence))
    if number(request, "dry_multiplier") > 0:
        parts.append(_dry(context, request))
    return parts


def _biases(context: Context, request: Request) -> list[tuple[int, float]]:
    """(token, what is added to its logit)."""
    given = request.arguments.get("logit_bias")
    if not isinstance(given, list):
        raise Refusal("bad-request", "logit_bias")
    biases = [(int(token), float(bias)) for token, bias in given]
    if any(not 0 <= token < context.model.vocabulary_size or math.isnan(bias) for token, bias in biases):
        raise Refusal("bad-request", "logit_bias")
    if request.arguments.get("ignore_end"):
        biases += [(token, -math.inf) for token in context.model.end_tokens]
    return biases


def _dry(context: Context, request: Request) -> Any:
    last = whole(request, "dry_last")
    breakers = (ctypes.c_char_p * len(_BREAKERS))(*_BREAKERS)
    return native.llama_sampler_init_dry(
        context.native_vocabulary,
        number(request, "dry_multiplier"),
        number(request, "dry_base"),
        whole(request, "dry_allowed_length"),
        context.size if last < 0 else last,  # llama.cpp takes -1 for nothing here: it knows no context
        breakers,
        len(_BREAKERS),
    )


def _choice(request: Request) -> list[Any]:
    """What leaves tokens out, and the last step, which takes one."""
    temperature = number(request, "temperature")
    if temperature <= 0:
        return [native.llama_sampler_init_greedy()]
    parts: list[Any] = []
    if whole(request, "top_k") > 0:
        parts.append(native.llama_sampler_init_top_k(whole(request, "top_k")))
    if number(request, "typical_p") < 1:
        parts.append(native.llama_sampler_init_typical(number(request, "typical_p"), 1))
    parts.append(native.llama_sampler_init_top_p(number(request, "top_p"), 1))
    parts.append(native.llama_sampler_init_min_p(number(request, "min_p"), 1))
    parts.append(native.llama_sampler_init_temp(temperature))
    parts.append(native.llama_sampler_init_dist(whole(request, "seed") & 0xFFFFFFFF))
    return parts
