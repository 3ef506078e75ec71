"""Any embedding model, on sentence-transformers and PyTorch: for those whose arithmetic nobody wrote down here."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

_MICRO_BATCH: Final = 8  # sorted by length; larger ones pad more than they gain on a processor


class ReferenceModel:
    """A sentence-transformers model in 32 bits, or in 16."""

    def __init__(self, folder: Path, threads: int, *, sixteen_bits: bool = False) -> None:
        """sixteen_bits: weights and arithmetic in bfloat16. Raises what those libraries raise."""
        # torch makes a folder for compiled code when it is imported; we compile nothing, so one that is there will do.
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder)
        os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
        import torch

        torch.set_num_threads(threads)
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(
            str(folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={
                "use_safetensors": True,
                "torch_dtype": torch.bfloat16 if sixteen_bits else torch.float32,
            },
        )

    def encode(self, texts: Sequence[str], go_on: Callable[[], None]) -> Any:
        """A unit vector a text, float32, a row each in the order of the texts. go_on: raises to break off."""
        import torch

        go_on()
        with torch.inference_mode():
            return self._model.encode(
                list(texts),
                batch_size=_MICRO_BATCH,
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )

    def tokens(self, texts: Sequence[str], go_on: Callable[[], None]) -> list[tuple[Any, Any]] | None:
        """Of each text the vectors of its tokens (tokens x width), and where they stand: start and end, both 0 for a
        token of the model's own; None where the tokenizer does not say where.
        """
        import torch

        tokenizer = self._model.tokenizer
        if not getattr(tokenizer, "is_fast", False):
            return None
        found = []
        for text in texts:
            go_on()
            read = tokenizer(
                text,
                return_offsets_mapping=True,
                truncation=True,
                max_length=self._model.max_seq_length,
                return_tensors="pt",
            )
            offsets = read.pop("offset_mapping")[0].tolist()
            with torch.inference_mode():
                hidden = self._model[0](dict(read))["token_embeddings"][0]
            found.append((hidden.float().numpy(), offsets))
        return found
