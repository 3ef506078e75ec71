"""One model file in memory: its vocabulary, and the adapters that were loaded beside it."""

from __future__ import annotations

import ctypes
import os
from functools import cached_property
from typing import Any, Final

import llama_cpp.llama_cpp as native

from assistant.engine.child import devices

_LONGEST_PIECE: Final = 256


class ModelRefused(Exception):
    """llama.cpp would not load the file ("model", "adapter"), or there was no memory for it ("context")."""


class Model:
    """A loaded model; contexts are made on it. Sources: llama.h and examples/simple of llama.cpp."""

    def __init__(self, path: str, gpu_layers: int = 0, device: str = "") -> None:
        """Load. gpu_layers: how many layers lie on the graphics processor `device`. Raises ModelRefused."""
        native.llama_backend_init()
        parameters = native.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        handle = devices.handle(device) if gpu_layers else None
        if gpu_layers and handle is None:
            raise ModelRefused("device")
        # A list that ends at once says "none": left to itself, llama.cpp would take every device that it knows of.
        chosen = (ctypes.c_void_p * 2)(handle, None)
        parameters.devices = ctypes.cast(chosen, ctypes.c_void_p)
        self.native = native.llama_model_load_from_file(os.fsencode(path), parameters)
        if not self.native:
            raise ModelRefused("model")
        self.native_vocabulary = native.llama_model_get_vocab(self.native)
        self.vocabulary_size = int(native.llama_vocab_n_tokens(self.native_vocabulary))
        self.trained_context = int(native.llama_model_n_ctx_train(self.native))
        self._piece = ctypes.create_string_buffer(_LONGEST_PIECE)
        self._adapters: dict[str, Any] = {}

    def tokenize(self, text: str, *, first: bool, markup: bool) -> list[int]:
        """Tokens of `text`. first: put what the model wants at the very beginning. markup: special tokens count."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (native.llama_token * room)()
        count = native.llama_tokenize(self.native_vocabulary, data, len(data), tokens, room, first, markup)
        if count < 0:
            room = -count
            tokens = (native.llama_token * room)()
            count = native.llama_tokenize(self.native_vocabulary, data, len(data), tokens, room, first, markup)
        return list(tokens[:count])

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """The bytes of a token; half a character is possible. special: a special one is spelled, and not nothing."""
        vocabulary, room = self.native_vocabulary, len(self._piece)
        length = native.llama_token_to_piece(vocabulary, token, self._piece, room, 0, special)
        if length < 0:
            self._piece = ctypes.create_string_buffer(-length)
            length = native.llama_token_to_piece(vocabulary, token, self._piece, -length, 0, special)
        return self._piece.raw[:length]

    def ends(self, token: int) -> bool:
        """True if the model says with this token that its turn is over."""
        return bool(native.llama_vocab_is_eog(self.native_vocabulary, token))

    @cached_property
    def end_tokens(self) -> tuple[int, ...]:
        """All tokens with which the model can end its turn."""
        return tuple(token for token in range(self.vocabulary_size) if self.ends(token))

    def adapter(self, path: str) -> Any:
        """A LoRA adapter's native handle, loaded when first asked for. Raises ModelRefused."""
        if path not in self._adapters:
            handle = native.llama_adapter_lora_init(self.native, os.fsencode(path))
            if not handle:
                raise ModelRefused("adapter")
            self._adapters[path] = handle
        return self._adapters[path]

    def close(self) -> None:
        """Free the model, and its adapters with it; its contexts have to be closed before."""
        self._adapters.clear()
        native.llama_model_free(self.native)


# Kept for the life of the process: llama.cpp calls it from then on.
_QUIET = native.llama_log_callback(lambda level, text, user: None)


def silence() -> None:
    """Drop what llama.cpp prints: it may quote a model's or a person's text."""
    native.llama_log_set(_QUIET, ctypes.c_void_p(0))
