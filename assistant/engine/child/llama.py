"""One context of llama.cpp on a loaded model, behind plain Python calls: what is read where, and put back again."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any, Final, Literal

import llama_cpp
import llama_cpp.llama_cpp as native
import numpy as np

from assistant.engine.child.brake import Brake
from assistant.engine.child.model import Model, ModelRefused, silence
from assistant.values import RunPlan

__all__ = [
    "BATCH",
    "SEQUENCES",
    "Aborted",
    "Context",
    "Likeliest",
    "Logits",
    "Model",
    "ModelRefused",
    "Sampler",
    "silence",
]

BATCH: Final = 256
"""Tokens read in one call of llama_decode where nothing was measured; also how often progress is told."""
VERSION: Final = f"{llama_cpp.__version__}/{native.LLAMA_STATE_SEQ_VERSION}"
"""Of the library, and of the states that it makes."""
SEQUENCES: Final = 16
"""Sequences that a context can hold. In a unified cache an empty one costs nothing."""

Logits = Literal["last", "all", "none"]
_KV_TYPES: Final = {"f16": native.GGML_TYPE_F16, "q8_0": native.GGML_TYPE_Q8_0}
_ABORTED: Final = 2


class Aborted(Exception):
    """`llama_decode` was broken off on request; what it had read is still in the cache."""


class Context:
    """A KV cache of `size` cells that several sequences share, and the computation on it.

    Positions are counted from 0; position p of a sequence holds its p-th token. Tokens that sequences have in
    common lie in the same cells. Sources: llama.h, llama-kv-cache.cpp of llama.cpp.
    """

    def __init__(self, model: Model, size: int, plan: RunPlan, brake: Brake) -> None:
        """size: context window in tokens. brake: breaks off what is being read. Raises ModelRefused."""
        self.model = model
        self.plan = plan
        self.batch = plan.batch
        self._brake = brake  # ctypes keeps no reference: without this one the flag would be freed under llama.cpp
        context = native.llama_init_from_model(model.native, _parameters(size, plan, brake))
        if not context:
            raise ModelRefused("context")
        self.native_context = context
        self.native_vocabulary = model.native_vocabulary
        self._memory = native.llama_get_memory(context)
        self.size = int(native.llama_n_ctx(context))
        self.can_shift = bool(native.llama_memory_can_shift(self._memory))
        self.can_cut = not (native.llama_model_is_recurrent(model.native) or native.llama_model_is_hybrid(model.native))
        """Whether the last tokens of a sequence can be dropped."""
        self._one = _Rows(1)
        self._many = _Rows(max(plan.batch, SEQUENCES))
        self.tokenize, self.piece, self.ends = model.tokenize, model.piece, model.ends

    def decode(self, tokens: Sequence[int], position: int, sequence: int = 0, logits: Logits = "last") -> None:
        """Read at most `batch` tokens into a sequence, the first at `position`; logits: of which rows they are kept.

        Raises Aborted, and MemoryError where the context has no room or llama.cpp fails.
        """
        count = len(tokens)
        if count == 1:
            rows = self._one
            rows.token[0], rows.position[0], rows.sequence[0] = tokens[0], position, sequence
            rows.wanted[0] = logits != "none"
        else:
            rows = self._many
            rows.token[:count] = list(tokens)
            rows.position[:count] = list(range(position, position + count))
            rows.sequence[:count] = [sequence] * count
            rows.wanted[:count] = [logits == "all"] * count
            rows.wanted[count - 1] = logits != "none"
        self._decode(rows, count)

    def decode_rows(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """Read (token, position, sequence) row by row, at most `batch` of them; logits are kept for each.

        Raises as `decode` does.
        """
        count = len(rows)
        many = self._many
        many.token[:count] = [token for token, _, _ in rows]
        many.position[:count] = [position for _, position, _ in rows]
        many.sequence[:count] = [sequence for _, _, sequence in rows]
        many.wanted[:count] = [True] * count
        self._decode(many, count)

    def logits(self, row: int = -1) -> Any:
        """The logits of a row of the last decoding for which they were wanted, -1 the last: a pointer to floats."""
        return native.llama_get_logits_ith(self.native_context, row)

    def copy_sequence(self, source: int, target: int, upto: int = -1) -> None:
        """Have `target` be the first `upto` tokens of `source` (-1: all); they share the cells, nothing is copied."""
        native.llama_memory_seq_rm(self._memory, target, -1, -1)
        if upto:
            native.llama_memory_seq_cp(self._memory, source, target, -1, upto)

    def forget_from(self, position: int, sequence: int = 0) -> bool:
        """Drop a sequence's tokens from `position` on; False if this model can't drop a part."""
        return bool(native.llama_memory_seq_rm(self._memory, sequence, position, -1))

    def shift(self, sequence: int, first: int, last: int) -> bool:
        """Drop the tokens from `first` until before `last`, and have those behind them move up.

        False, and nothing is changed, where this model's positions can't be changed. Cells that other sequences
        share move for them as well: there must be none. What moved up still knows what was dropped.
        """
        if not self.can_shift or not native.llama_memory_seq_rm(self._memory, sequence, first, last):
            return False
        native.llama_memory_seq_add(self._memory, sequence, last, -1, first - last)
        return True

    def length(self, sequence: int = 0) -> int:
        """How many tokens a sequence holds."""
        return int(native.llama_memory_seq_pos_max(self._memory, sequence)) + 1

    def state_size(self, sequence: int = 0) -> int:
        """Bytes that `state` would give; 0 if this model's state can't be taken."""
        return int(native.llama_state_seq_get_size(self.native_context, sequence))

    def state(self, sequence: int = 0) -> bytearray:
        """A whole sequence as bytes that `restore` takes back; empty if this model's state can't be taken."""
        size = self.state_size(sequence)
        state = bytearray(size)
        if not size:
            return state
        buffer = (ctypes.c_uint8 * size).from_buffer(state)
        written = int(native.llama_state_seq_get_data(self.native_context, buffer, size, sequence))
        del buffer  # a bytearray that somebody points into can't be cut
        del state[written:]
        return state

    def restore(self, state: bytearray, sequence: int = 0) -> bool:
        """Put a sequence in the place of the one that is there; False, and nothing is there, if it does not fit."""
        native.llama_memory_seq_rm(self._memory, sequence, -1, -1)
        buffer = (ctypes.c_uint8 * len(state)).from_buffer(state)
        if native.llama_state_seq_set_data(self.native_context, buffer, len(state), sequence):
            return True
        native.llama_memory_seq_rm(self._memory, sequence, -1, -1)
        return False

    def clear(self) -> None:
        """Drop every sequence, and overwrite what they were read as."""
        native.llama_memory_clear(self._memory, True)

    def set_adapters(self, adapters: Sequence[tuple[str, float]]) -> None:
        """Have these LoRA adapters (path, scale) in force from now on, and no others. Raises ModelRefused.

        What was read before was read with others: it has to be forgotten.
        """
        handles = [self.model.adapter(path) for path, _ in adapters]
        count = len(handles)
        native.llama_set_adapters_lora(
            self.native_context,
            (native.llama_adapter_lora_p_ctypes * count)(*handles),
            count,
            (ctypes.c_float * count)(*(scale for _, scale in adapters)),
        )

    def use_threads(self, threads: int) -> None:
        """Have so many threads work from now on."""
        native.llama_set_n_threads(self.native_context, threads, threads)

    def close(self) -> None:
        """Free the context; the model stays."""
        native.llama_free(self.native_context)

    def _decode(self, rows: _Rows, count: int) -> None:
        rows.batch.n_tokens = count
        result = native.llama_decode(self.native_context, rows.batch)
        if result == _ABORTED:
            raise Aborted
        if result != 0:
            raise MemoryError(f"llama_decode answered {result}")


class _Rows:
    """A llama_batch of `room` rows, each of one sequence; made once, filled again for each decoding."""

    def __init__(self, room: int) -> None:
        self.token = (native.llama_token * room)()
        self.position = (native.llama_pos * room)()
        self.sequence = (native.llama_seq_id * room)()
        self.wanted = (ctypes.c_int8 * room)()
        self._counts = (ctypes.c_int32 * room)(*([1] * room))
        pointer = ctypes.POINTER(native.llama_seq_id)
        width = ctypes.sizeof(native.llama_seq_id)
        begin = ctypes.addressof(self.sequence)
        self._sequences = (pointer * room)(*(ctypes.cast(begin + row * width, pointer) for row in range(room)))
        self.batch = native.llama_batch(
            room, self.token, None, self.position, self._counts, self._sequences, self.wanted
        )


class Sampler:
    """A sampler chain bound to a context."""

    def __init__(self, chain: object, context: object) -> None:
        self._chain = chain
        self._context = context

    def next(self, row: int = -1) -> int:
        """Choose a token from the logits of a row last read, -1 the last, and remember it for the penalties."""
        return int(native.llama_sampler_sample(self._chain, self._context, row))

    def close(self) -> None:
        """Free the chain."""
        native.llama_sampler_free(self._chain)


class Likeliest(Sampler):
    """Takes the token with the largest logit, as llama.cpp's greedy sampler does, without its list of all tokens."""

    def __init__(self, context: Context, biases: Sequence[tuple[int, float]] = ()) -> None:
        """biases: (token, what is added to its logit)."""
        super().__init__(None, context.native_context)
        self._logits = ctypes.c_float * context.model.vocabulary_size
        summed: dict[int, float] = {}
        for token, bias in biases:
            summed[token] = summed.get(token, 0.0) + bias
        self._biased = np.array(list(summed), np.intp)
        # Both infinities at once: the token stays away, as in llama.cpp, where no comparison with "no number" is true.
        self._bias = np.nan_to_num(
            np.array(list(summed.values()), np.float32), nan=-np.inf, posinf=np.inf, neginf=-np.inf
        )

    def next(self, row: int = -1) -> int:
        """The likeliest token, the first of several."""
        pointer = ctypes.cast(native.llama_get_logits_ith(self._context, row), ctypes.POINTER(self._logits))
        logits = np.frombuffer(memoryview(pointer.contents), np.float32)
        if not len(self._biased):
            return int(logits.argmax())
        # Put back afterwards: probabilities are told without biases.
        before = logits[self._biased]
        logits[self._biased] += self._bias
        token = int(logits.argmax())
        logits[self._biased] = before
        return token

    def close(self) -> None:
        """Nothing is held."""


def _parameters(size: int, plan: RunPlan, brake: Brake) -> Any:
    parameters = native.llama_context_default_params()
    parameters.n_ctx = size
    parameters.n_batch = parameters.n_ubatch = plan.batch
    parameters.n_threads = parameters.n_threads_batch = plan.threads
    parameters.n_seq_max = SEQUENCES
    parameters.kv_unified = True
    parameters.type_k = parameters.type_v = _KV_TYPES[plan.kv_type]
    flash = native.LLAMA_FLASH_ATTN_TYPE_ENABLED if plan.flash_attention else native.LLAMA_FLASH_ATTN_TYPE_DISABLED
    parameters.flash_attn_type = flash
    parameters.abort_callback = brake.callback
    parameters.abort_callback_data = brake.address
    return parameters
