"""Models small enough to be made for a test, which llama.cpp loads and runs: two layers, chance for weights."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass, field

from tests.assistant.modelstore.gguf_files import BOOL, F32, I32, TEXT, U32, Gguf, array, pair, tensor, texts

WIDTH, HEADS, KV_HEADS, INNER, LAYERS = 64, 4, 2, 96, 2
Value = int | float | str
SPECIAL = ("<unk>", "<s>", "</s>")


def byte_alphabet() -> list[str]:
    """GPT-2's letter for each byte (`bytes_to_unicode` in openai/gpt-2's encoder.py)."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = iter(range(256, 512))
    return [chr(byte) if byte in shown else chr(next(hidden)) for byte in range(256)]


@dataclass
class TinyModel:
    """The parts of a model file. values: (type, value) by key. arrays: (type, items) by key. tensors: name to shape."""

    values: dict[str, tuple[int, Value]]
    arrays: dict[str, tuple[int, list[Value]]]
    tensors: dict[str, tuple[int, ...]]
    kinds: dict[str, int] = field(default_factory=dict)  # of a tensor's weights, 0 (float32) unless given
    seed: int = 1

    def gguf(self) -> Gguf:
        """The file in parts, with weights by chance."""
        pairs = [pair(key, kind, value) for key, (kind, value) in self.values.items()]
        for key, (kind, items) in self.arrays.items():
            if kind == TEXT:
                pairs.append(texts(key, [str(item) for item in items]))
            else:
                code = {F32: "f", I32: "i", U32: "I", BOOL: "B"}[kind]
                pairs.append(array(key, kind, struct.pack(f"<{len(items)}{code}", *items), len(items)))
        made, offset = [], 0
        for name, shape in self.tensors.items():
            made.append(tensor(name, shape, self.kinds.get(name, 0), offset))
            size = 4
            for dimension in shape:
                size *= dimension
            offset += size + -size % 32
        chance = random.Random(self.seed)
        weights = b"".join(struct.pack("<f", chance.uniform(-0.1, 0.1)) for _ in range(min(offset, 1 << 24) // 4))
        return Gguf(pairs=tuple(pairs), tensors=tuple(made), data=weights)

    def bytes(self) -> bytes:
        """The whole file."""
        return self.gguf().bytes()


def tiny_model(*, sentencepiece: bool = False, special: tuple[str, ...] = ()) -> TinyModel:
    """A llama of 0.3 MB. sentencepiece: with that kind of vocabulary, else GPT-2's. special: further control tokens."""
    if sentencepiece:
        letters = [f"<0x{byte:02X}>" for byte in range(256)] + ["▁", *"abcdefghijklmnopqrstuvwxyz[]/INST", "▁a", "▁H"]
        kinds = [2, 3, 3, *[6] * 256, *[1] * (len(letters) - 256)]
    else:
        letters = [*byte_alphabet(), "Ġa", "Ġt"]
        kinds = [2, 3, 3, *[1] * len(letters)]
    tokens = [*SPECIAL, *letters, *special]
    values: dict[str, tuple[int, Value]] = {
        "general.architecture": (TEXT, "llama"),
        "general.name": (TEXT, "Tiny"),
        "llama.context_length": (U32, 512),
        "llama.embedding_length": (U32, WIDTH),
        "llama.block_count": (U32, LAYERS),
        "llama.feed_forward_length": (U32, INNER),
        "llama.attention.head_count": (U32, HEADS),
        "llama.attention.head_count_kv": (U32, KV_HEADS),
        "llama.attention.layer_norm_rms_epsilon": (F32, 1e-5),
        "llama.rope.dimension_count": (U32, WIDTH // HEADS),
        "llama.rope.freq_base": (F32, 10000.0),
        "llama.vocab_size": (U32, len(tokens)),
        "tokenizer.ggml.model": (TEXT, "llama" if sentencepiece else "gpt2"),
        "tokenizer.ggml.pre": (TEXT, "default"),
        "tokenizer.ggml.bos_token_id": (U32, 1),
        "tokenizer.ggml.eos_token_id": (U32, 2),
        "tokenizer.ggml.unknown_token_id": (U32, 0),
        "tokenizer.ggml.add_bos_token": (BOOL, 1),
    }
    arrays: dict[str, tuple[int, list[Value]]] = {
        "tokenizer.ggml.tokens": (TEXT, list(tokens)),
        "tokenizer.ggml.token_type": (I32, [*kinds, *[3] * len(special)]),
    }
    if sentencepiece:
        arrays["tokenizer.ggml.scores"] = (F32, [-float(number) for number in range(len(tokens))])
    else:
        arrays["tokenizer.ggml.merges"] = (TEXT, ["Ġ a", "Ġ t"])
    return TinyModel(values, arrays, _tensors(len(tokens)))


def _tensors(vocabulary: int) -> dict[str, tuple[int, ...]]:
    keys = WIDTH // HEADS * KV_HEADS
    shapes: dict[str, tuple[int, ...]] = {"token_embd.weight": (WIDTH, vocabulary)}
    for layer in range(LAYERS):
        shapes |= {
            f"blk.{layer}.attn_norm.weight": (WIDTH,),
            f"blk.{layer}.attn_q.weight": (WIDTH, WIDTH),
            f"blk.{layer}.attn_k.weight": (WIDTH, keys),
            f"blk.{layer}.attn_v.weight": (WIDTH, keys),
            f"blk.{layer}.attn_output.weight": (WIDTH, WIDTH),
            f"blk.{layer}.ffn_norm.weight": (WIDTH,),
            f"blk.{layer}.ffn_gate.weight": (WIDTH, INNER),
            f"blk.{layer}.ffn_up.weight": (WIDTH, INNER),
            f"blk.{layer}.ffn_down.weight": (INNER, WIDTH),
        }
    return shapes | {"output_norm.weight": (WIDTH,), "output.weight": (WIDTH, vocabulary)}
