"""A model that predicts a text: the logits after each of its tokens, from llama.cpp."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from typing import Any, Final, Self

import llama_cpp.llama_cpp as native
import numpy

from assistant.workers import Refusal

BATCH: Final = 128
"""Tokens read in one call: small, so that the rows of logits of a large vocabulary stay a few megabytes."""


class Predictor:
    """A loaded model with a window of `window` tokens; a context manager that frees both. Sources: llama.h."""

    def __init__(self, path: str, window: int, threads: int) -> None:
        """Raises Refusal where llama.cpp takes the file for none, or there is no memory."""
        native.llama_backend_init()
        parameters: Any = native.llama_model_default_params()
        parameters.n_gpu_layers = 0
        self._model = native.llama_model_load_from_file(os.fsencode(path), parameters)
        if not self._model:
            raise Refusal("model-unreadable")
        self._vocabulary = native.llama_model_get_vocab(self._model)
        self.vocabulary_size = int(native.llama_vocab_n_tokens(self._vocabulary))
        settings: Any = native.llama_context_default_params()
        settings.n_ctx, settings.n_batch, settings.n_ubatch = window, BATCH, BATCH
        settings.n_threads = settings.n_threads_batch = threads
        settings.flash_attn_type = native.LLAMA_FLASH_ATTN_TYPE_ENABLED
        self._context = native.llama_init_from_model(self._model, settings)
        if not self._context:
            native.llama_model_free(self._model)
            raise Refusal("no-memory")
        self._memory = native.llama_get_memory(self._context)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        native.llama_free(self._context)
        native.llama_model_free(self._model)

    def tokenize(self, text: str) -> list[int]:
        """The tokens of `text`, with what the model wants at the very beginning; markup in it is text."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (native.llama_token * room)()
        count = native.llama_tokenize(self._vocabulary, data, len(data), tokens, room, True, False)
        return list(tokens[: max(0, count)])

    def clear(self) -> None:
        """Forget what was read."""
        native.llama_memory_clear(self._memory, True)

    def decode(self, tokens: Sequence[int], position: int, *, scored: bool) -> Any:
        """Read at most `BATCH` tokens from `position` on.

        The logits after each, float32, a row a token; of tokens that are not scored, of the last one alone. Raises
        MemoryError where llama.cpp fails.
        """
        batch = native.llama_batch_init(len(tokens), 0, 1)
        try:
            batch.n_tokens = len(tokens)
            for row, token in enumerate(tokens):
                batch.token[row], batch.pos[row] = token, position + row
                batch.n_seq_id[row], batch.seq_id[row][0] = 1, 0
                batch.logits[row] = scored or row == len(tokens) - 1
            if native.llama_decode(self._context, batch) != 0:
                raise MemoryError
        finally:
            native.llama_batch_free(batch)
        rows = len(tokens) if scored else 1
        pointer = ctypes.cast(native.llama_get_logits(self._context), ctypes.POINTER(ctypes.c_float))
        return numpy.ctypeslib.as_array(pointer, (rows, self.vocabulary_size)).copy()
