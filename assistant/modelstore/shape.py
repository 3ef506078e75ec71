"""Whether a sound header describes a model that can chat, and claims nothing that no model could be.

llama.cpp throws for most of what is wrong here, but ends its whole process for some of it (the assertions of
llama_model_base::load_hparams and llama_vocab::impl::load, found by tests/hostile): those are refused here first.
"""

from __future__ import annotations

import math
from typing import Final

from assistant.modelstore.architectures import KNOWN, NOT_CHAT
from assistant.modelstore.gguf import Header, NotSound

BYTES: Final = frozenset(f"<0x{byte:02X}>" for byte in range(256))
"""What to look for in a vocabulary: SentencePiece's tokens for single bytes."""
_NOT_CHAT_VOCABULARIES: Final = frozenset({"bert", "no_vocab", "none", "t5"})

SHORTEST_CONTEXT: Final = 64
"""Tokens; the marks of one question and its answer take half of that."""
_LARGEST_VOCABULARY: Final = 1 << 23

# Of `<architecture>.<key>`: the least and the largest value that any model could have. Some have one a layer.
_RANGES: Final = {
    "context_length": (SHORTEST_CONTEXT, 1 << 27),
    "block_count": (1, 512),  # LLAMA_MAX_LAYERS
    "embedding_length": (1, 1 << 20),
    "embedding_length_out": (0, 1 << 20),
    "feed_forward_length": (0, 1 << 24),
    "attention.head_count": (0, 1 << 16),
    "attention.head_count_kv": (0, 1 << 16),
    "attention.key_length": (0, 1 << 16),
    "attention.value_length": (0, 1 << 16),
    "attention.sliding_window": (0, 1 << 27),
    "nextn_predict_layers": (0, 512),
    "vocab_size": (0, _LARGEST_VOCABULARY),
    "rope.dimension_count": (0, 1 << 16),
    "rope.scaling.original_context_length": (0, 1 << 27),
    "expert_count": (0, 1024),  # LLAMA_MAX_EXPERTS
    "expert_used_count": (0, 1024),
    "expert_group_count": (0, 1024),
    "expert_group_used_count": (0, 1024),
}
_NEEDED: Final = ("context_length", "block_count", "embedding_length")
_ONE_ALONE: Final = ("context_length", "block_count", "embedding_length", "expert_count")
_ROPE_SCALING: Final = ("none", "linear", "yarn", "longrope")


def context_length(header: Header) -> int:
    """The tokens that a chat model was trained for. Raises NotSound where it is none, or no model could be so.

    header: read with `BYTES` wanted.
    """
    architecture = header.text("general.architecture")
    if not architecture:
        raise NotSound("shape", "no architecture")
    if header.text("general.type") not in ("", "model") or architecture in NOT_CHAT:
        raise NotSound("not-chat", "no model that answers")
    if header.text("tokenizer.ggml.model") in _NOT_CHAT_VOCABULARIES or header.integer(f"{architecture}.pooling_type"):
        raise NotSound("not-chat", "no model that writes")
    return _sound(header, architecture)


def ranking_length(header: Header) -> int:
    """The tokens that a reranker was trained for. Raises NotSound where no model could be so."""
    architecture = header.text("general.architecture")
    if not architecture:
        raise NotSound("shape", "no architecture")
    return _sound(header, architecture)


def _sound(header: Header, architecture: str) -> int:
    if architecture not in KNOWN:
        raise NotSound("architecture", "no architecture that is known")
    if (header.integer("split.count") or 1) > 1:
        raise NotSound("split", "one file of several")
    for key, (least, largest) in _RANGES.items():
        _hold(header, architecture, key, least, largest)
    _fractions(header, architecture)
    _heads(header, architecture)
    _layers(header, architecture)
    _experts(header, architecture)
    _vocabulary(header)
    _places(header)
    return header.integer(f"{architecture}.context_length") or 0


def _hold(header: Header, architecture: str, key: str, least: int, largest: int) -> None:
    full = f"{architecture}.{key}"
    found: tuple[object, ...]
    if full in header.arrays:
        found = header.numbers.get(full, ())
        layers = header.integer(f"{architecture}.block_count") or 0
        if key in _ONE_ALONE or len(found) < layers:
            raise NotSound("shape", f"{key} has {len(found)} values")
    elif full in header.values:
        found = (header.values[full],)
    elif key in _NEEDED:
        raise NotSound("shape", f"{key} is missing")
    else:
        return
    for one in found:
        if not isinstance(one, int) or isinstance(one, bool) or not least <= one <= largest:
            raise NotSound("shape", f"{key} is not from {least} to {largest}")


def _fractions(header: Header, architecture: str) -> None:
    """Every fraction is a number; what is added under a root is not below zero."""
    for key, value in header.values.items():
        if isinstance(value, float) and not math.isfinite(value):
            raise NotSound("shape", "a fraction that is no number")
        if isinstance(value, float) and key.endswith("_epsilon") and not 0 <= value <= 1:
            raise NotSound("shape", f"an epsilon of {value}")
    scaling = header.values.get(f"{architecture}.rope.scaling.type", "linear")
    if scaling not in _ROPE_SCALING:
        raise NotSound("shape", "an unknown way of stretching the context")


def _heads(header: Header, architecture: str) -> None:
    """A width is shared among the heads without a rest, and heads among those that they look at."""
    width = header.integer(f"{architecture}.embedding_length") or 0
    heads = header.integer(f"{architecture}.attention.head_count")
    shared = header.integer(f"{architecture}.attention.head_count_kv")
    own_length = f"{architecture}.attention.key_length" in header.values
    if heads and not own_length and width % heads:
        raise NotSound("shape", f"{heads} heads in a width of {width}")
    if heads and shared and (shared > heads or heads % shared):
        raise NotSound("shape", f"{heads} heads over {shared}")


def _layers(header: Header, architecture: str) -> None:
    """What is said layer by layer fits the weights of each."""
    layers = header.integer(f"{architecture}.block_count") or 0
    if not 0 <= (header.integer(f"{architecture}.nextn_predict_layers") or 0) < layers:
        raise NotSound("shape", "more layers to look ahead than layers")
    heads = header.integer(f"{architecture}.attention.head_count")
    shared = header.numbers.get(f"{architecture}.attention.head_count_kv")
    if not heads or shared is None or f"{architecture}.attention.key_length_swa" in header.values:
        return
    width = header.integer(f"{architecture}.embedding_length") or 0
    length = header.integer(f"{architecture}.attention.key_length") or width // heads
    keys = {tensor.name: tensor.shape[-1] for tensor in header.tensors if tensor.name.endswith(".attn_k.weight")}
    for layer, count in enumerate(shared[:layers]):
        if keys.get(f"blk.{layer}.attn_k.weight", count * length) != count * length:
            raise NotSound("shape", f"{count} heads in layer {layer}")


def _places(header: Header) -> None:
    """llama.cpp reads weights where they lie in the file, which has to be at a multiple of 32 bytes."""
    if header.data % 32 or any(tensor.offset % 32 for tensor in header.tensors):
        raise NotSound("alignment", "weights at a place where they can't be read")


def _experts(header: Header, architecture: str) -> None:
    experts = header.integer(f"{architecture}.expert_count") or 0
    used = header.numbers.get(f"{architecture}.expert_used_count")
    most = int(max(used, default=0)) if used else header.integer(f"{architecture}.expert_used_count") or 0
    groups = header.integer(f"{architecture}.expert_group_count") or 0
    group_used = header.integer(f"{architecture}.expert_group_used_count") or 0
    if most > experts or (experts and not most) or (groups and groups >= experts):
        raise NotSound("shape", f"{most} of {experts} experts in {groups} groups")
    if groups > 1 and (experts % groups or not 0 < group_used < groups):
        raise NotSound("shape", f"{group_used} of {groups} groups of {experts} experts")


def _vocabulary(header: Header) -> None:
    """As many scores and kinds as tokens, of the right type, and as many rows of weights."""
    tokens = header.arrays.get("tokenizer.ggml.tokens", 0)
    if not header.tensors or not 0 < tokens <= _LARGEST_VOCABULARY:
        raise NotSound("shape", "no weights or no vocabulary")
    for key, kinds in _VOCABULARY_ARRAYS.items():
        if key in header.values or header.items.get(key, kinds[0]) not in kinds:
            raise NotSound("type", f"{key.rpartition('.')[2]} of another type")
    if header.text("tokenizer.ggml.model") == "llama" and not header.marks.issuperset(BYTES):
        # llama.cpp ends its process over the first letter that is neither a token nor bytes that are.
        raise NotSound("shape", "a vocabulary that can't spell everything")
    for key in ("tokenizer.ggml.scores", "tokenizer.ggml.token_type"):
        if header.arrays.get(key, tokens) != tokens:
            raise NotSound("shape", f"{header.arrays[key]} values for {tokens} tokens")


_FLOAT, _INT, _TEXT = 6, 5, 8
_VOCABULARY_ARRAYS: Final = {
    "tokenizer.ggml.tokens": (_TEXT,),
    "tokenizer.ggml.merges": (_TEXT,),
    "tokenizer.ggml.scores": (_FLOAT, _INT),
    "tokenizer.ggml.token_type": (_INT,),
}
