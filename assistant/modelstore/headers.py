"""Read a model's header from its file or its parts, and say in two sentences why it is not sound."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Final

from assistant.errors import EnvironmentFault, ModelUnreadable
from assistant.modelstore import formats, gguf, refusals, shape
from assistant.modelstore.architectures import KNOWN
from assistant.modelstore.discovery import parts_of
from assistant.modelstore.names import shown

WANTED: Final = formats.MARKS | shape.BYTES

_RANKS: Final = 4  # LLAMA_POOLING_TYPE_RANK (llama.h)

_DAMAGED: Final = (
    "“{name}” is damaged, or was made to do harm: what it says about itself makes no sense.",
    "Get it again from a source that you trust, or choose another model.",
)
# By the code of NotSound: what happened and what to do.
_SENTENCES: Final = {
    "not-gguf": ("“{name}” is not a language model file.", "Choose a file of the kind GGUF; its name ends in .gguf."),
    "cut-off": ("“{name}” is cut off: a part of it is missing.", "Get the whole file again, or choose another model."),
    "version": (
        "“{name}” was written in a version of the model format that Privet can't read.",
        "Choose a newer file of this model, or another model.",
    ),
    "weights": (
        "“{name}” keeps its numbers in a way that this version of Privet does not know.",
        "Choose another file of this model, for example one with Q4_0 or Q8_0 in its name.",
    ),
    "byte-order": ("“{name}” was made for another kind of computer.", "Choose another file of this model."),
    "not-chat": ("“{name}” is a model that can't hold a conversation.", "Choose a chat or “instruct” model."),
    "no-head": (
        "“{name}” was made to put passages in order, but the part that does it is missing.",
        "Choose another file of this model.",
    ),
    "split": (
        "“{name}” is one part of a model in several files.",
        "Put all parts into one folder, as they were named.",
    ),
    "architecture": (
        "“{name}” is of a kind that this version of Privet does not know.",
        "Choose another model, or look for a newer Privet.",
    ),
}


def read(path: Path, wanted: frozenset[str] = WANTED, tokens: frozenset[int] = frozenset()) -> tuple[gguf.Header, int]:
    """The header of one file and its size in bytes. Raises NotSound, OSError.

    A pipe or a device is refused, not waited for.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise gguf.NotSound("not-gguf", "no regular file")
    with path.open("rb", buffering=1 << 20) as file:
        size = os.fstat(file.fileno()).st_size
        return gguf.read_header(file, size, wanted, tokens), size


def whole(path: Path, wanted: frozenset[str] = WANTED, tokens: frozenset[int] = frozenset()) -> tuple[gguf.Header, int]:
    """The header of a model and the bytes of all its parts; of a split one, `path` is the first part.

    Raises NotSound, OSError, ModelMissing, ModelUnreadable. Source for the keys: llama.cpp's gguf-split.
    """
    header, size = read(path, wanted, tokens)
    count = header.integer("split.count") or 1
    if count == 1:
        return header, size
    parts = parts_of(path)
    if len(parts) != count or parts[0] != path:
        raise gguf.NotSound("split", f"part of {count}, by its name of {len(parts)}")
    tensors = list(header.tensors)
    for number, part in enumerate(parts[1:], start=1):
        if not part.is_file():
            raise refusals.part_missing(part, count)
        other, more = read(part, frozenset())
        if (other.integer("split.no"), other.integer("split.count")) != (number, count):
            raise refusals.parts_differ(part)
        tensors += other.tensors
        size += more
    names = {tensor.name for tensor in tensors}
    if len(names) != len(tensors) or len(tensors) != (header.integer("split.tensors.count") or len(tensors)):
        raise refusals.parts_differ(path)
    values = {key: value for key, value in header.values.items() if not key.startswith("split.")}
    return replace(header, values=values, tensors=tuple(tensors)), size


def is_adapter(header: gguf.Header) -> bool:
    """True for a LoRA adapter, which is no model of its own."""
    return header.text("general.type") == "adapter"


def is_reranker(header: gguf.Header) -> bool:
    """True for a model with a head that ranks: it says how well a passage answers, and can't answer itself."""
    return header.integer(f"{header.text('general.architecture')}.pooling_type") == _RANKS


def hold_reranker(header: gguf.Header) -> None:
    """Check what llama.cpp needs to rank with a model. Raises NotSound."""
    shape.ranking_length(header)
    if not any(tensor.name in ("cls.weight", "cls.output.weight") for tensor in header.tensors):
        raise gguf.NotSound("no-head", "a model that ranks, without the head for it")


def hold_adapter(header: gguf.Header) -> None:
    """Check what llama.cpp's llama-adapter.cpp asks of a LoRA adapter. Raises NotSound."""
    if header.text("general.architecture") not in KNOWN:
        raise gguf.NotSound("architecture", "an adapter for a kind that is not known")
    if header.text("adapter.type") != "lora" or not header.tensors:
        raise gguf.NotSound("shape", "an adapter that is no LoRA")
    pairs: dict[str, set[str]] = {}
    for tensor in header.tensors:
        name, _, half = tensor.name.rpartition(".")
        pairs.setdefault(name, set()).add(half)
    if any(halves != {"lora_a", "lora_b"} for halves in pairs.values()):
        raise gguf.NotSound("shape", "an adapter with half a pair")


def unreadable(path: Path, error: gguf.NotSound) -> ModelUnreadable:
    """The two sentences for a header that is not sound."""
    what, do = _SENTENCES.get(error.code, _DAMAGED)
    return ModelUnreadable(what.format(name=shown(path)), do)


def fault(path: Path, error: gguf.NotSound | OSError) -> EnvironmentFault:
    """The two sentences for whatever reading a header raised."""
    if isinstance(error, gguf.NotSound):
        return unreadable(path, error)
    if isinstance(error, FileNotFoundError):
        return refusals.not_there(path)
    reason = (error.strerror or "the disk does not answer").lower()
    return ModelUnreadable(
        f"“{shown(path)}” could not be opened ({reason}).", "Check that you may read it, or choose another model."
    )
