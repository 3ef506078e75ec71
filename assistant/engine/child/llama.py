"""One model and one context of llama.cpp behind plain Python calls; only the worker imports this."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence

import llama_cpp.llama_cpp as native

BATCH = 256
"""Tokens read in one call of llama_decode; also how often progress is told."""


class ModelRefused(Exception):
    """llama.cpp would not load the file, or there was no memory for it."""


class Aborted(Exception):
    """`llama_decode` was broken off on request; what it had read is still in the cache."""


class Context:
    """A loaded model with one context of one sequence.

    Positions are counted from 0; position p holds the p-th token of the sequence. Sources: llama.h and
    examples/simple of llama.cpp.
    """

    def __init__(self, path: str, size: int, threads: int, aborted: Callable[[], bool]) -> None:
        """Load. size: context window in tokens. aborted: True breaks off what is being read. Raises ModelRefused."""
        native.llama_backend_init()
        model_parameters = native.llama_model_default_params()
        model_parameters.n_gpu_layers = 0
        self._model = native.llama_model_load_from_file(os.fsencode(path), model_parameters)
        if not self._model:
            raise ModelRefused("model")
        parameters = native.llama_context_default_params()
        parameters.n_ctx = size
        parameters.n_batch = parameters.n_ubatch = BATCH
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.n_seq_max = 1
        # ctypes keeps no reference to a callback: without this one it would be freed under llama.cpp.
        self._abort = native.ggml_abort_callback(lambda _: aborted())
        parameters.abort_callback = self._abort
        context = native.llama_init_from_model(self._model, parameters)
        if not context:
            native.llama_model_free(self._model)
            raise ModelRefused("context")
        self._context = context
        self._memory = native.llama_get_memory(context)
        self._vocabulary = native.llama_model_get_vocab(self._model)
        self._piece = ctypes.create_string_buffer(256)
        self.size = int(native.llama_n_ctx(context))

    def tokenize(self, text: str, *, first: bool, markup: bool) -> list[int]:
        """Tokens of `text`. first: put what the model wants at the very beginning. markup: special tokens count."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (native.llama_token * room)()
        count = native.llama_tokenize(self._vocabulary, data, len(data), tokens, room, first, markup)
        if count < 0:
            room = -count
            tokens = (native.llama_token * room)()
            count = native.llama_tokenize(self._vocabulary, data, len(data), tokens, room, first, markup)
        return list(tokens[:count])

    def piece(self, token: int) -> bytes:
        """The bytes of a token; nothing for a special one. Half a character is possible."""
        length = native.llama_token_to_piece(self._vocabulary, token, self._piece, len(self._piece), 0, False)
        if length < 0:
            self._piece = ctypes.create_string_buffer(-length)
            length = native.llama_token_to_piece(self._vocabulary, token, self._piece, len(self._piece), 0, False)
        return self._piece.raw[:length]

    def ends(self, token: int) -> bool:
        """True if the model says with this token that its turn is over."""
        return bool(native.llama_vocab_is_eog(self._vocabulary, token))

    def forget_from(self, position: int) -> bool:
        """Drop everything from `position` on out of the KV cache; False if this model can't drop a part."""
        return bool(native.llama_memory_seq_rm(self._memory, 0, position, -1))

    def state(self) -> bytes:
        """The whole sequence as bytes that `restore` takes back; b"" if this model's state can't be taken."""
        size = native.llama_state_seq_get_size(self._context, 0)
        if not size:
            return b""
        buffer = (ctypes.c_uint8 * size)()
        written = native.llama_state_seq_get_data(self._context, buffer, size, 0)
        return bytes(memoryview(buffer)[:written])

    def restore(self, state: bytes) -> bool:
        """Put the sequence in the place of the one that is there; False, and nothing is there, if it does not fit."""
        native.llama_memory_seq_rm(self._memory, 0, -1, -1)
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        if native.llama_state_seq_set_data(self._context, buffer, len(state), 0):
            return True
        native.llama_memory_seq_rm(self._memory, 0, -1, -1)
        return False

    def decode(self, tokens: Sequence[int], position: int) -> None:
        """Read at most BATCH `tokens`, the first at `position`; logits of the last one are kept.

        Raises Aborted, and MemoryError where the context has no room or llama.cpp fails.
        """
        array = (native.llama_token * len(tokens))(*tokens)
        result = native.llama_decode(self._context, native.llama_batch_get_one(array, len(tokens)))
        if result == 2:
            raise Aborted
        if result != 0:
            raise MemoryError(f"llama_decode answered {result}")

    def sampler(
        self, *, temperature: float, top_k: int, top_p: float, min_p: float, penalty: float, last: int, seed: int
    ) -> Sampler:
        """A fresh sampler chain; the order is that of llama.cpp's own default."""
        chain = native.llama_sampler_chain_init(native.llama_sampler_chain_default_params())
        if penalty != 1.0 and last:
            count = native.llama_vocab_n_tokens(self._vocabulary)
            native.llama_sampler_chain_add(chain, native.llama_sampler_init_penalties(count, last, penalty, 0.0, 0.0))
        if temperature <= 0:
            native.llama_sampler_chain_add(chain, native.llama_sampler_init_greedy())
        else:
            if top_k > 0:
                native.llama_sampler_chain_add(chain, native.llama_sampler_init_top_k(top_k))
            native.llama_sampler_chain_add(chain, native.llama_sampler_init_top_p(top_p, 1))
            native.llama_sampler_chain_add(chain, native.llama_sampler_init_min_p(min_p, 1))
            native.llama_sampler_chain_add(chain, native.llama_sampler_init_temp(temperature))
            native.llama_sampler_chain_add(chain, native.llama_sampler_init_dist(seed & 0xFFFFFFFF))
        return Sampler(chain, self._context)

    def close(self) -> None:
        """Free the context and the model."""
        native.llama_free(self._context)
        native.llama_model_free(self._model)


class Sampler:
    """A sampler chain bound to a context."""

    def __init__(self, chain: object, context: object) -> None:
        self._chain = chain
        self._context = context

    def next(self) -> int:
        """Choose the next token from the logits of the last one read, and remember it for the penalties."""
        return int(native.llama_sampler_sample(self._chain, self._context, -1))

    def close(self) -> None:
        """Free the chain."""
        native.llama_sampler_free(self._chain)


# Kept for the life of the process: llama.cpp calls it from then on.
_QUIET = native.llama_log_callback(lambda level, text, user: None)


def silence() -> None:
    """Drop what llama.cpp prints: it may quote a model's or a person's text."""
    native.llama_log_set(_QUIET, ctypes.c_void_p(0))
