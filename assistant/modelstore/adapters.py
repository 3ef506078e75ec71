"""Whether a LoRA adapter was made for a model: every pair of its weights must have the shape of one of the model's."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import ModelUnreadable
from assistant.modelstore import gguf, headers
from assistant.modelstore.names import shown


def hold_to_model(path: Path, model: Path, header: gguf.Header) -> None:
    """Raises ModelUnreadable for an adapter (path) that a model does not go with. header: of the model.

    Source: llama.cpp's llama-adapter.cpp. A pair is lora_a (in, rank) and lora_b (rank, out), for weights (in, out).
    """
    try:
        adapter, _ = headers.read(path)
        headers.hold_adapter(adapter)
    except (gguf.NotSound, OSError) as error:
        raise headers.fault(path, error) from error
    if adapter.text("general.architecture") != header.text("general.architecture"):
        raise _other(path, model)
    shapes = {tensor.name: tensor.shape for tensor in header.tensors}
    halves = {tensor.name: tensor.shape for tensor in adapter.tensors}
    for name in {name.rpartition(".")[0] for name in halves}:
        weights, down, up = shapes.get(name), halves[f"{name}.lora_a"], halves[f"{name}.lora_b"]
        if weights is None or len(down) < 2 or len(up) < 2 or len(weights) < 2 or down[1] != up[0]:
            raise _other(path, model)
        # Of the embedding llama.cpp takes the two halves the other way round.
        fits = (down[0], up[1]) == weights[:2] or (name == "token_embd.weight" and (up[1], down[0]) == weights[:2])
        if not fits:
            raise _other(path, model)


def _other(path: Path, model: Path) -> ModelUnreadable:
    return ModelUnreadable(
        f"The adapter “{shown(path)}” was made for another model than “{shown(model)}”.",
        "Choose the model that it was made for, another adapter, or none.",
    )
