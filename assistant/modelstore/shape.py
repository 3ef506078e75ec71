"""Whether a sound header describes a model that can chat, and how large its parts claim to be."""

from __future__ import annotations

from typing import Final

from assistant.modelstore.gguf import Header, NotSound

# Models that turn text, pictures or sound into numbers, or the other way round, and can't answer.
_NOT_CHAT: Final = frozenset(
    {
        "bert",
        "clip",
        "eurobert",
        "gemma-embedding",
        "jina-bert-v2",
        "jina-bert-v3",
        "modern-bert",
        "neo-bert",
        "nomic-bert",
        "nomic-bert-moe",
        "t5encoder",
        "wavtokenizer-dec",
    }
)

# Of `<architecture>.<key>`: the largest value that any model could have; what is needed is at least 1.
_LARGEST: Final = {
    "context_length": 1 << 27,
    "block_count": 4096,
    "embedding_length": 1 << 20,
    "feed_forward_length": 1 << 24,
    "attention.head_count": 1 << 16,
    "attention.key_length": 1 << 16,
    "attention.value_length": 1 << 16,
    "vocab_size": 1 << 23,
    "rope.dimension_count": 1 << 20,
}
_NEEDED: Final = ("context_length", "block_count", "embedding_length")


def context_length(header: Header) -> int:
    """The tokens that a chat model was trained for. Raises NotSound where it is none, or no model could be so."""
    architecture = header.text("general.architecture")
    if not architecture:
        raise NotSound("shape", "no architecture")
    if header.text("general.type") not in ("", "model") or architecture in _NOT_CHAT:
        raise NotSound("not-chat", "no model that answers")
    if (header.integer("split.count") or 1) > 1:
        raise NotSound("split", "one file of several")
    for key, largest in _LARGEST.items():
        _hold(header, f"{architecture}.{key}", largest, needed=key in _NEEDED)
    if not header.tensors or not header.arrays.get("tokenizer.ggml.tokens"):
        raise NotSound("shape", "no weights or no vocabulary")
    return header.integer(f"{architecture}.context_length") or 0


def _hold(header: Header, key: str, largest: int, *, needed: bool) -> None:
    if key in header.arrays and not needed:
        return  # one value a layer, as some architectures have it
    value = header.integer(key)
    if value is None and (needed or key in header.values):
        raise NotSound("shape", f"{key.partition('.')[2]} is missing or no whole number")
    if value is not None and not int(needed) <= value <= largest:
        raise NotSound("shape", f"{key.partition('.')[2]} is {value}")
