"""LoRA adapters made for a test: pairs of weights by chance, for some of a model's weights."""

from __future__ import annotations

import random
import struct
from collections.abc import Mapping

from tests.assistant.modelstore.gguf_files import F32, TEXT, Gguf, pair, tensor

RANK = 4


def tiny_adapter(
    shapes: Mapping[str, tuple[int, int]], *, architecture: str = "llama", seed: int = 1, strength: float = 0.2
) -> bytes:
    """A file for weights of these names and shapes (in, out). strength: how far the numbers go from 0."""
    pairs = (
        pair("general.type", TEXT, "adapter"),
        pair("general.architecture", TEXT, architecture),
        pair("adapter.type", TEXT, "lora"),
        pair("adapter.lora.alpha", F32, float(RANK)),
    )
    chance = random.Random(seed)
    tensors, data = [], b""
    for name, (inside, outside) in shapes.items():
        for half, shape in (("lora_a", (inside, RANK)), ("lora_b", (RANK, outside))):
            tensors.append(tensor(f"{name}.{half}", shape, 0, len(data)))
            count = shape[0] * shape[1]
            data += struct.pack(f"<{count}f", *(chance.uniform(-strength, strength) for _ in range(count)))
            data += bytes(-len(data) % 32)
    return Gguf(pairs=pairs, tensors=tuple(tensors), data=data).bytes()
