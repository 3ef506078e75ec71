"""Model files with something wrong in them, by chance from a seed: in their bytes, or in what they say."""

from __future__ import annotations

import copy
import math
import random
import struct

from tests.assistant.modelstore.gguf_files import BOOL, F32, I32, TEXT, U32, U64
from tests.assistant.modelstore.tiny_models import TinyModel, Value, tiny_model

NUMBERS = [0, 1, 2, 3, 7, 8, 63, 64, 65, 255, 256, 511, 512, 513, 4096, 65_535, 1 << 20, (1 << 31) - 1, 1 << 31]
NUMBERS += [(1 << 32) - 2, (1 << 32) - 1]
FRACTIONS = [0.0, -0.0, 1e-30, -1.0, 1e30, math.inf, -math.inf, math.nan, 0.5]
WORDS = [
    "",
    "llama",
    "gpt2",
    "bert",
    "t5",
    "rwkv",
    "none",
    "no_vocab",
    "default",
    "qwen2",
    "yarn",
    "longrope",
    "x" * 99,
]
FURTHER: tuple[tuple[str, int], ...] = (
    ("llama.expert_count", U32),
    ("llama.expert_used_count", U32),
    ("llama.expert_group_count", U32),
    ("llama.expert_group_used_count", U32),
    ("llama.nextn_predict_layers", U32),
    ("llama.attention.key_length", U32),
    ("llama.attention.value_length", U32),
    ("llama.attention.sliding_window", U32),
    ("llama.attention.max_alibi_bias", F32),
    ("llama.attention.clamp_kqv", F32),
    ("llama.attention.scale", F32),
    ("llama.attention.causal", BOOL),
    ("llama.attention.temperature_length", U32),
    ("llama.pooling_type", U32),
    ("llama.logit_scale", F32),
    ("llama.residual_scale", F32),
    ("llama.embedding_scale", F32),
    ("llama.rope.scaling.type", TEXT),
    ("llama.rope.scaling.factor", F32),
    ("llama.rope.scaling.attn_factor", F32),
    ("llama.rope.scaling.original_context_length", U32),
    ("llama.embedding_length_out", U32),
    ("llama.expert_weights_scale", F32),
    ("general.alignment", U32),
    ("general.quantization_version", U32),
    ("general.file_type", U32),
    ("general.type", TEXT),
    ("split.count", U32),
    ("tokenizer.ggml.padding_token_id", U32),
    ("tokenizer.ggml.eot_token_id", U32),
    ("tokenizer.ggml.seperator_token_id", U32),
    ("tokenizer.ggml.mask_token_id", U32),
    ("tokenizer.ggml.fim_pre_token_id", U32),
    ("tokenizer.ggml.token_type_count", U32),
    ("tokenizer.ggml.add_eos_token", BOOL),
    ("tokenizer.ggml.add_sep_token", BOOL),
    ("tokenizer.ggml.add_space_prefix", BOOL),
    ("tokenizer.ggml.remove_extra_whitespaces", BOOL),
    ("tokenizer.chat_template", TEXT),
)


def mutated_bytes(chance: random.Random, content: bytes, reach: int) -> bytes:
    """Some bytes, lengths and counts of the first `reach` replaced, put in or taken out; perhaps cut off."""
    made = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(min(reach, len(made)))
        match chance.randrange(6):
            case 0:
                made[place] = chance.randrange(256)
            case 1:
                made[place : place + 8] = struct.pack("<Q", chance.choice([*NUMBERS, 1 << 62, 1 << 63, (1 << 64) - 1]))
            case 2:
                made[place : place + 4] = struct.pack("<I", chance.choice(NUMBERS))
            case 3:
                made[place] ^= 1 << chance.randrange(8)
            case 4:
                made[place:place] = chance.randbytes(chance.randint(1, 16))
            case _:
                del made[place : place + chance.randint(1, 16)]
    if chance.random() < 0.1:
        del made[chance.randrange(len(made)) :]
    return bytes(made)


def mutated_model(chance: random.Random, *, sentencepiece: bool) -> TinyModel:
    """A file in good form that says something absurd."""
    model = copy.deepcopy(tiny_model(sentencepiece=sentencepiece))
    for _ in range(chance.randint(1, 3)):
        match chance.randrange(8):
            case 0 | 1:
                key = chance.choice(list(model.values))
                model.values[key] = _value(chance, model.values[key][0])
            case 2:
                key, kind = chance.choice(FURTHER)
                model.values[key] = _value(chance, kind)
            case 3:
                model.values.pop(chance.choice(list(model.values)), None)
            case 4:
                _change_array(chance, model)
            case 5:
                key = chance.choice(["head_count", "head_count_kv", "feed_forward_length"])
                key = "llama." + ("" if key.startswith("feed") else "attention.") + key
                model.values.pop(key, None)
                model.arrays[key] = (chance.choice([U32, I32, F32]), _items(chance))
            case 6:
                _change_tensor(chance, model)
            case _:
                key = chance.choice(list(model.values))
                model.values[key] = _value(chance, chance.choice([U32, I32, F32, BOOL, TEXT, U64]))
    return model


def _items(chance: random.Random) -> list[Value]:
    return [chance.choice([0, 1, 2, 4, 96, 100]) for _ in range(chance.choice([0, 1, 2, 2, 2, 3, 600]))]


def _value(chance: random.Random, kind: int) -> tuple[int, Value]:
    if kind == TEXT:
        return kind, chance.choice(WORDS)
    if kind == F32:
        return kind, chance.choice(FRACTIONS)
    if kind == BOOL:
        return kind, chance.choice([0, 1])
    number = chance.choice(NUMBERS)
    return kind, number if kind != I32 else number - (1 << 32) * (number >= 1 << 31)


def _change_array(chance: random.Random, model: TinyModel) -> None:
    key = chance.choice(list(model.arrays))
    kind, items = model.arrays[key]
    match chance.randrange(6):
        case 0:
            del model.arrays[key]
        case 1 if items:
            del items[chance.randrange(len(items)) :]
        case 2 if items:
            items[chance.randrange(len(items))] = items[chance.randrange(len(items))]
        case 3 if items:
            items[chance.randrange(len(items))] = chance.choice(WORDS) if kind == TEXT else chance.choice([0, 1, 9, -5])
        case 4:
            items.extend(items[:3])
        case _:
            number: list[Value] = [1] * len(items)
            model.arrays[key] = (chance.choice([F32, I32, U32, BOOL]), number) if kind != TEXT else (kind, ["", "a b"])


def _change_tensor(chance: random.Random, model: TinyModel) -> None:
    name = chance.choice(list(model.tensors))
    shape = model.tensors[name]
    match chance.randrange(5):
        case 0:
            del model.tensors[name]
        case 1:
            model.tensors[name] = tuple(reversed(shape))
        case 2:
            model.tensors[name] = (*shape[:-1], chance.choice([1, 2, 32, 64, shape[-1] + 1, shape[-1] * 2]))
        case 3:
            model.tensors[name + chance.choice(["x", ".bias", ""])] = model.tensors.pop(name)
        case _:
            model.tensors[name] = (*shape, 1, 1)[:4] if chance.random() < 0.5 else (*shape, 2)[:4]
