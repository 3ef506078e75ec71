"""What a model is made of, from its header alone: how many weights of which type, layers, heads, and what they cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assistant.modelstore.gguf import TENSOR_TYPES, Header
from assistant.values import Facts

# ggml's numbers of the types of weights (ggml.h, enum ggml_type).
TYPE_NAMES: Final[Mapping[int, str]] = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K",
    12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
    20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 28: "F64", 29: "IQ1_M", 30: "BF16", 34: "TQ1_0",
    35: "TQ2_0", 39: "MXFP4", 40: "NVFP4", 41: "Q1_0", 42: "Q2_0",
}  # fmt: skip
_EMBEDDING: Final = "token_embd.weight"
_OUTPUT: Final = "output.weight"


@dataclass(frozen=True, slots=True)
class Matrix:
    """All matrices of one type that a token passes. weights: how many numbers. bytes: of them.

    once: they are passed once for a whole prompt, not for each of its tokens (the output of the last one).
    """

    type: str
    weights: int
    bytes: int
    once: bool = False


@dataclass(frozen=True, slots=True)
class Anatomy:
    """The parts of a model that decide what it costs.

    matrices: what each token passes, of a mixture of experts the share that it does. resident: bytes of all
    weights. copied: bytes of matrices by type whose rows can be laid out again. key, value: numbers that a token
    keeps in the KV cache, of all layers. attention: multiplications of a token with one earlier one, of all layers.
    windowed: the part of them that looks back no further than `window` tokens. fixed: bytes of state that does not
    grow with the context. width, inner: of a layer. tokens: of the vocabulary, with its merges.
    """

    facts: Facts
    matrices: tuple[Matrix, ...]
    resident: int
    copied: Mapping[str, int]
    key: int
    value: int
    attention: int
    windowed: int
    window: int
    fixed: int
    width: int
    inner: int
    tokens: int
    vocabulary: int


def anatomy(header: Header) -> Anatomy:
    """Take a sound header apart. header: of a chat model, looked at by `shape.context_length`."""
    return _Reader(header).anatomy()


class _Reader:
    def __init__(self, header: Header) -> None:
        self._header = header
        self._of = header.text("general.architecture")
        self._layers = self._whole("block_count") or 1
        self._width = self._whole("embedding_length") or 1
        self._experts = self._whole("expert_count")
        self._used = self._whole("expert_used_count")
        self._tied = all(tensor.name != _OUTPUT for tensor in header.tensors)

    def anatomy(self) -> Anatomy:
        key, value, attention, windowed = self._cache()
        merges = self._header.arrays.get("tokenizer.ggml.merges", 0)
        vocabulary = self._header.arrays.get("tokenizer.ggml.tokens", 0)
        return Anatomy(
            facts=self._facts(),
            matrices=self._matrices(),
            resident=sum(tensor.size for tensor in self._header.tensors),
            copied=self._copied(),
            key=key,
            value=value,
            attention=attention,
            windowed=windowed,
            window=self._whole("attention.sliding_window"),
            fixed=self._state(),
            width=self._width,
            inner=self._inner(),
            tokens=vocabulary + merges,
            vocabulary=vocabulary,
        )

    def _whole(self, key: str) -> int:
        """A whole number of this architecture, 0 where there is none."""
        return self._header.integer(f"{self._of}.{key}") or 0

    def _each(self, key: str, default: int) -> list[int]:
        """A number for each layer: one for all, or an array with one each."""
        numbers = self._header.numbers.get(f"{self._of}.{key}")
        if numbers is not None and len(numbers) == self._layers:
            return [max(0, int(number)) for number in numbers]
        single = self._header.integer(f"{self._of}.{key}")
        return [default if single is None else single] * self._layers

    def _share(self, name: str) -> float:
        """How much of a tensor one token passes: of the experts only the chosen."""
        if "_exps" in name and self._experts and self._used:
            return min(1.0, self._used / self._experts)
        return 1.0

    def _matrices(self) -> tuple[Matrix, ...]:
        weights: Counter[tuple[str, bool]] = Counter()
        sizes: Counter[tuple[str, bool]] = Counter()
        for tensor in self._header.tensors:
            if len(tensor.shape) < 2 or (tensor.name == _EMBEDDING and not self._tied):
                continue
            kind = (TYPE_NAMES.get(tensor.type, ""), tensor.name in (_EMBEDDING, _OUTPUT))
            share = self._share(tensor.name)
            weights[kind] += int(_count(tensor.shape) * share)
            sizes[kind] += int(tensor.size * share)
        return tuple(Matrix(name, weights[name, once], sizes[name, once], once) for name, once in sorted(weights))

    def _copied(self) -> dict[str, int]:
        """By type: bytes that a processor may want in another order (ggml's repack.cpp: rows in eights).

        A tied embedding is looked up by rows, and stays as it is.
        """
        sizes: Counter[str] = Counter()
        for tensor in self._header.tensors:
            if len(tensor.shape) >= 2 and tensor.name != _EMBEDDING and tensor.shape[1] % 8 == 0:
                sizes[TYPE_NAMES.get(tensor.type, "")] += tensor.size
        return dict(sizes)

    def _cache(self) -> tuple[int, int, int, int]:
        heads = self._each("attention.head_count", 1)
        kept = self._each("attention.head_count_kv", heads[0])
        usual = self._width // heads[0] if heads[0] else 0
        keys = self._whole("attention.key_length") or usual
        values = self._whole("attention.value_length") or usual
        if latent := self._whole("attention.kv_lora_rank"):
            # Multi-head latent attention keeps one compressed vector a token (DeepSeek-V2, arXiv 2405.04434).
            return self._layers * (latent + self._whole("rope.dimension_count")), 0, sum(heads) * (keys + values), 0
        attention = [head * (keys + values) if pair else 0 for head, pair in zip(heads, kept, strict=True)]
        windowed = sum(cost for cost, local in zip(attention, self._local(), strict=True) if local)
        return sum(kept) * keys, sum(kept) * values, sum(attention), windowed

    def _local(self) -> list[bool]:
        """Which layers look back only as far as the sliding window; none where the header does not say."""
        pattern = self._header.numbers.get(f"{self._of}.attention.sliding_window_pattern")
        if not self._whole("attention.sliding_window"):
            return [False] * self._layers
        if pattern is not None and len(pattern) == self._layers:
            return [bool(local) for local in pattern]
        every = self._whole("attention.sliding_window_pattern") or _FULL_EVERY.get(self._of, 0)
        return [bool(every) and (layer + 1) % every != 0 for layer in range(self._layers)]

    def _state(self) -> int:
        """Bytes of the state of layers without attention (Mamba and its kin), float32."""
        inner, state = self._whole("ssm.inner_size"), self._whole("ssm.state_size")
        if not inner:
            return 0
        kept = self._each("attention.head_count_kv", 0)
        return 4 * inner * (state + self._whole("ssm.conv_kernel")) * sum(1 for heads in kept if not heads)

    def _inner(self) -> int:
        return max(self._each("feed_forward_length", 0), default=0) or 4 * self._width

    def _facts(self) -> Facts:
        header = self._header
        total = sum(_count(tensor.shape) for tensor in header.tensors)
        active = sum(int(_count(tensor.shape) * self._share(tensor.name)) for tensor in header.tensors)
        sizes: Counter[str] = Counter()
        for tensor in header.tensors:
            sizes[TYPE_NAMES.get(tensor.type, "")] += _count(tensor.shape)
        bits = 8 * sum(tensor.size for tensor in header.tensors) / total if total else 0.0
        most = sizes.most_common(1)[0][0] if sizes else ""
        licence = header.text("general.license")
        context = self._whole("context_length")
        return Facts(total, active, most, bits, self._layers, context, licence)


# Every which layer looks at everything where the header gives only the window (llama.cpp's src/models/*.cpp,
# `set_swa_pattern`); of gemma3n, gpt-oss and others the header says it layer by layer.
_FULL_EVERY: Final = {"gemma2": 2, "gemma3": 6, "gemma3n": 5, "gpt-oss": 2, "cohere2": 4, "exaone4": 4, "olmo2": 4}


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for dimension in shape:
        count *= dimension
    return count


def type_bits(name: str) -> float:
    """Bits a weight of the type with this name. Raises StopIteration for a name that is none."""
    number = next(number for number, known in TYPE_NAMES.items() if known == name and number in TENSOR_TYPES)
    block, size = TENSOR_TYPES[number]
    return 8 * size / block
