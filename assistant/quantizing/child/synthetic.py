"""Models of nothing but chance, on which is timed what each type of weights costs on this machine."""

from __future__ import annotations

import statistics
import struct
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy

from assistant.quantizing.child.predictor import BATCH, Predictor
from assistant.quantizing.forms import FORMS, Form
from assistant.workers import Refusal, Request

_ALIGNMENT: Final = 32
_TOKENS: Final = 64  # of its vocabulary
_HEAD: Final = 64
_WINDOW: Final = 512
_READ_SECONDS: Final = 0.4
_WRITE_SECONDS: Final = 0.3
_LEAST: Final = 5  # calls of each kind; their median counts
_WRITTEN: Final = 8  # tokens in one of them
_FILLED: Final = 384  # tokens before those that are written far on: `FAR` of them at the middle

Tell = Callable[[int, int], None]


def build(request: Request, tell: Tell) -> None:
    """Arguments: form, target (path). Writes such a model in 32 bits (docs/gguf.md of ggml). Raises Refusal."""
    form = FORMS.get(str(request.arguments.get("form")))
    if form is None:
        raise Refusal("bad-request", "form")
    chance = numpy.random.default_rng(1)
    shapes = _shapes(form)
    with Path(str(request.arguments.get("target"))).open("wb") as file:
        file.write(_header(form, shapes))
        for number, shape in enumerate(shapes.values()):
            tell(number, len(shapes))
            count = shape[0] * (shape[1] if len(shape) > 1 else 1)
            rows = numpy.ones(count) if len(shape) == 1 else chance.standard_normal(count, dtype=numpy.float32) * 0.02
            data = rows.astype("<f4").tobytes()
            file.write(data + b"\0" * (-len(data) % _ALIGNMENT))


def measure(request: Request, tell: Tell) -> Mapping[str, object]:
    """Arguments: path, threads. Answers seconds a token, of the median call.

    read: among many; write: with few tokens before it; far: with `FAR` before it.
    """
    threads = request.arguments.get("threads")
    if not isinstance(threads, int):
        raise Refusal("bad-request", "threads")
    tokens = [1 + number % (_TOKENS - 1) for number in range(BATCH)]
    with Predictor(str(request.arguments.get("path")), _WINDOW, threads) as model:
        model.decode(tokens, 0, scored=False)  # the first call pays for what is made ready

        def read() -> None:
            model.clear()
            for start in range(0, 2 * BATCH, BATCH):
                model.decode(tokens, start, scored=False)

        def write() -> None:
            model.clear()
            for at in range(_WRITTEN):
                model.decode(tokens[:1], at, scored=False)

        seen = {"read": _median(read, _READ_SECONDS) / (2 * BATCH), "write": _median(write, _WRITE_SECONDS) / _WRITTEN}
        model.clear()
        for start in range(0, _FILLED, BATCH):
            model.decode(tokens[: min(BATCH, _FILLED - start)], start, scored=False)
        far: list[float] = []
        for begin in range(_FILLED, _WINDOW - _WRITTEN, _WRITTEN):
            began = time.perf_counter()
            for at in range(begin, begin + _WRITTEN):
                model.decode(tokens[:1], at, scored=False)
            far.append((time.perf_counter() - began) / _WRITTEN)
        tell(1, 1)
        return {**seen, "far": statistics.median(far)}


def _median(work: Callable[[], Any], seconds: float) -> float:
    taken: list[float] = []
    until = time.perf_counter() + seconds
    while len(taken) < _LEAST or time.perf_counter() < until:
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _shapes(form: Form) -> dict[str, tuple[int, ...]]:
    """By name, the rows' width first, as GGUF has it."""
    square, up, down = (form.width, form.width), (form.width, form.inner), (form.inner, form.width)
    shapes: dict[str, tuple[int, ...]] = {"token_embd.weight": (form.width, _TOKENS)}
    for layer in range(form.layers):
        names: dict[str, tuple[int, ...]] = {"attn_norm": (form.width,), "ffn_norm": (form.width,)}
        names |= dict.fromkeys(("attn_q", "attn_k", "attn_v", "attn_output"), square)
        names |= {"ffn_gate": up, "ffn_up": up, "ffn_down": down}
        shapes |= {f"blk.{layer}.{name}.weight": shape for name, shape in names.items()}
    return {**shapes, "output_norm.weight": (form.width,)}


def _header(form: Form, shapes: Mapping[str, tuple[int, ...]]) -> bytes:
    values = {
        "context_length": _WINDOW, "embedding_length": form.width, "block_count": form.layers, "vocab_size": _TOKENS,
        "feed_forward_length": form.inner, "attention.head_count": form.width // _HEAD,
        "attention.head_count_kv": form.width // _HEAD, "rope.dimension_count": _HEAD,
    }  # fmt: skip
    pairs = [_text_pair("general.architecture", "llama"), _text_pair("tokenizer.ggml.model", "no_vocab")]
    pairs += [_text(f"llama.{key}") + struct.pack("<II", 4, value) for key, value in values.items()]
    pairs.append(_text("llama.attention.layer_norm_rms_epsilon") + struct.pack("<If", 6, 1e-5))
    infos, offset = [], 0
    for name, shape in shapes.items():
        size = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
        infos.append(_text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, offset))
        offset += size + -size % _ALIGNMENT
    head = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(pairs)) + b"".join((*pairs, *infos))
    return head + b"\0" * (-len(head) % _ALIGNMENT)


def _text(text: str) -> bytes:
    data = text.encode("ascii")
    return struct.pack("<Q", len(data)) + data


def _text_pair(key: str, text: str) -> bytes:
    return _text(key) + struct.pack("<I", 8) + _text(text)
