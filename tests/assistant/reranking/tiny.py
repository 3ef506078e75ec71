"""A true reranker of a few kilobytes, its weights set by hand: it ranks a passage by how much of it is "gold".

BERT's architecture with one layer and the two-layer ranking head of bge-reranker. Attention is uniform (queries and
keys are zero) and hands on the first number of each token, which only the word "gold" has; the head reads that number.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from tests.assistant.modelstore.gguf_files import (
    BOOL,
    F32,
    I32,
    TEXT,
    U32,
    Gguf,
    array,
    pair,
    tensor,
    texts,
)

__all__ = ["WORDS", "reranker"]

WORDS: Final = ("gold", "grey", "where", "is", "it", "the", "a", "of", "hedge", "river")
_MARKS: Final = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_WIDTH, _INNER, _CONTEXT, _HEADS = 32, 64, 128, 2


def reranker(path: Path, *, pooling: int = 4, head: bool = True, name: str = "bert") -> Path:
    """Write one. pooling: 4 is llama.cpp's LLAMA_POOLING_TYPE_RANK. head: with its ranking head."""
    vocabulary = (*_MARKS, *(f"\u2581{word}" for word in WORDS))
    kinds = np.array([3] * len(_MARKS) + [1] * len(WORDS), "<i4")
    pairs = (
        pair("general.architecture", TEXT, name),
        pair("general.name", TEXT, "tiny reranker"),
        pair(f"{name}.context_length", U32, _CONTEXT),
        pair(f"{name}.embedding_length", U32, _WIDTH),
        pair(f"{name}.feed_forward_length", U32, _INNER),
        pair(f"{name}.block_count", U32, 1),
        pair(f"{name}.attention.head_count", U32, _HEADS),
        pair(f"{name}.attention.layer_norm_epsilon", F32, 1e-12),
        pair(f"{name}.attention.causal", BOOL, 0),
        pair(f"{name}.pooling_type", U32, pooling),
        pair("tokenizer.ggml.model", TEXT, "bert"),
        pair("tokenizer.ggml.token_type_count", U32, 2),
        texts("tokenizer.ggml.tokens", vocabulary),
        array("tokenizer.ggml.token_type", I32, kinds.tobytes(), len(vocabulary)),
        *(
            pair(f"tokenizer.ggml.{mark}_token_id", U32, number)
            for mark, number in (
                ("padding", 0), ("unknown", 1), ("bos", 2), ("cls", 2), ("eos", 3), ("seperator", 3), ("mask", 4),
            )
        ),
    )  # fmt: skip
    weights = _weights(len(vocabulary))
    if not head:
        weights = {key: value for key, value in weights.items() if not key.startswith("cls")}
    listed, data = [], b""
    for key, value in weights.items():
        listed.append(tensor(key, value.shape[::-1], 0, len(data)))
        data += value.astype("<f4").tobytes()
        data += bytes(-len(data) % 32)
    path.write_bytes(Gguf(pairs=pairs, tensors=tuple(listed), data=data).bytes())
    return path


def _weights(count: int) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(1)
    embedding = chance.normal(0, 0.5, (count, _WIDTH))
    embedding[:, 0] = 0.0
    embedding[len(_MARKS), 0] = 4.0  # "gold"
    value, output = np.zeros((_WIDTH, _WIDTH)), np.eye(_WIDTH)
    value[0, 0] = 1.0
    dense, out = np.zeros((_WIDTH, _WIDTH)), np.zeros((1, _WIDTH))
    dense[0, 0], out[0, 0] = 1.0, 1.0
    made = {
        "token_embd.weight": embedding,
        "token_types.weight": np.zeros((2, _WIDTH)),
        "position_embd.weight": np.zeros((_CONTEXT, _WIDTH)),
        **_norm("token_embd_norm"),
        "blk.0.attn_q.weight": np.zeros((_WIDTH, _WIDTH)),
        "blk.0.attn_q.bias": np.zeros(_WIDTH),
        "blk.0.attn_k.weight": np.zeros((_WIDTH, _WIDTH)),
        "blk.0.attn_k.bias": np.zeros(_WIDTH),
        "blk.0.attn_v.weight": value,
        "blk.0.attn_v.bias": np.zeros(_WIDTH),
        "blk.0.attn_output.weight": output,
        "blk.0.attn_output.bias": np.zeros(_WIDTH),
        **_norm("blk.0.attn_output_norm"),
        "blk.0.ffn_up.weight": np.zeros((_INNER, _WIDTH)),
        "blk.0.ffn_up.bias": np.zeros(_INNER),
        "blk.0.ffn_down.weight": np.zeros((_WIDTH, _INNER)),
        "blk.0.ffn_down.bias": np.zeros(_WIDTH),
        **_norm("blk.0.layer_output_norm"),
        "cls.weight": dense,
        "cls.bias": np.zeros(_WIDTH),
        "cls.output.weight": out,
        "cls.output.bias": np.zeros(1),
    }
    return {name: np.asarray(one) for name, one in made.items()}


def _norm(name: str) -> dict[str, np.ndarray]:
    return {f"{name}.weight": np.ones(_WIDTH), f"{name}.bias": np.zeros(_WIDTH)}
