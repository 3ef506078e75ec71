"""Which embedding models can be run without PyTorch: those whose arithmetic is known here down to the last step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from assistant.embedding.folder import FolderRefused, read_object

_ACTIVATIONS: Final = {"gelu": "BiasGelu", "gelu_new": "FastGelu", "gelu_pytorch_tanh": "FastGelu"}
_KINDS: Final = ("bert", "roberta", "xlm-roberta", "camembert")
_LARGEST: Final = 1_900_000_000  # bytes of an ONNX model in one piece, which protobuf limits to 2 GiB


@dataclass(frozen=True, slots=True)
class Shape:
    """An encoder of the BERT family, as its configuration has it.

    activation: ONNX Runtime's operator for it. offset: the position of the first token. mean: whether the vectors of
    all tokens are averaged, else the first one is taken.
    """

    layers: int
    width: int
    heads: int
    inner: int
    words: int
    positions: int
    types: int
    epsilon: float
    activation: str
    offset: int
    mean: bool


def shape_of(folder: Path, pooling: str) -> Shape | None:
    """The shape of a model in a sound folder, None where only sentence-transformers knows how to run it.

    pooling: the subfolder of that module. Source: modeling_bert.py and modeling_xlm_roberta.py of transformers.
    """
    try:
        config = read_object(folder / "config.json")
        pooled = read_object(folder / pooling / "config.json")
        prompts = _optional(folder / "config_sentence_transformers.json")
        weights = (folder / "model.safetensors").stat().st_size
        mean = bool(pooled.get("pooling_mode_mean_tokens"))
        other = [key for key, value in pooled.items() if key.startswith("pooling_mode_") and value is True]
        usual = ["pooling_mode_mean_tokens" if mean else "pooling_mode_cls_token"]
        if other != usual or prompts.get("default_prompt_name") or weights > _LARGEST or not _is_known(config):
            return None
        return _shape(config, mean)
    except (FolderRefused, OSError, KeyError, TypeError, ValueError):
        return None


def _is_known(config: Mapping[str, Any]) -> bool:
    return (
        config.get("model_type") in _KINDS
        and config.get("position_embedding_type", "absolute") == "absolute"
        and config.get("hidden_act") in _ACTIVATIONS
        and not config.get("is_decoder")
        and not config.get("add_cross_attention")
    )


def _shape(config: Mapping[str, Any], mean: bool) -> Shape:
    """Raises KeyError, TypeError, ValueError."""
    return Shape(
        layers=int(config["num_hidden_layers"]),
        width=int(config["hidden_size"]),
        heads=int(config["num_attention_heads"]),
        inner=int(config["intermediate_size"]),
        words=int(config["vocab_size"]),
        positions=int(config["max_position_embeddings"]),
        types=int(config["type_vocab_size"]),
        epsilon=float(config.get("layer_norm_eps", 1e-12)),
        activation=_ACTIVATIONS[str(config["hidden_act"])],
        offset=0 if config["model_type"] == "bert" else int(config["pad_token_id"]) + 1,
        mean=mean,
    )


def _optional(path: Path) -> Mapping[str, Any]:
    return read_object(path) if path.is_file() else {}
