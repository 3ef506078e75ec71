"""The reranker's child: one model with a head that ranks, which reads a question with one passage after the other.

Sources: llama.h (LLAMA_POOLING_TYPE_RANK, llama_get_embeddings_seq), and how llama.cpp's server lays out question and
passage (tools/server: format_prompt_rerank).
"""

from __future__ import annotations

import ctypes
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import llama_cpp.llama_cpp as native

from assistant.workers import Handler, Part, Refusal, Request

_MOST_TOKENS: Final = (
    1024  # of a question with its passage: what rerankers are trained on, and no more memory than that
)
_LONGEST_QUESTION: Final = 0.5
"""Of these at most, so that something is left for the passage."""
_TEMPLATE: Final = b"rerank"

# Kept for the life of the process: llama.cpp calls it from then on.
_QUIET = native.llama_log_callback(lambda level, text, user: None)


class _Model:
    """One loaded model, and a context whose pooling is its ranking head."""

    def __init__(self, path: str, threads: int) -> None:
        native.llama_backend_init()
        parameters = native.llama_model_default_params()
        parameters.n_gpu_layers = 0
        nothing = (ctypes.c_void_p * 1)(None)  # a list that ends at once: no device but the processor
        parameters.devices = ctypes.cast(nothing, ctypes.c_void_p)
        self._model = native.llama_model_load_from_file(os.fsencode(path), parameters)
        if not self._model:
            raise Refusal("not-loaded")
        self._vocabulary = native.llama_model_get_vocab(self._model)
        self.size = min(int(native.llama_model_n_ctx_train(self._model)), _MOST_TOKENS)
        wanted = native.llama_context_default_params()
        # All at once: an encoder looks at the whole of it.
        wanted.n_ctx = wanted.n_batch = wanted.n_ubatch = self.size
        wanted.n_seq_max = 1
        wanted.n_threads = wanted.n_threads_batch = threads
        wanted.embeddings = True
        wanted.pooling_type = native.LLAMA_POOLING_TYPE_RANK
        self._context = native.llama_init_from_model(self._model, wanted)
        if not self._context or native.llama_pooling_type(self._context) != native.LLAMA_POOLING_TYPE_RANK:
            raise Refusal("not-loaded")
        self._batch = native.llama_batch_init(self.size, 0, 1)
        template = native.llama_model_chat_template(self._model, _TEMPLATE)
        self._template = template.decode("utf-8", "replace") if template else ""

    def score(self, question: str, text: str) -> float:
        """How well a text answers, on the model's own scale."""
        tokens = self._laid_out(question, text)
        batch = self._batch
        batch.n_tokens = len(tokens)
        for at, token in enumerate(tokens):
            batch.token[at], batch.pos[at] = token, at
            batch.n_seq_id[at], batch.seq_id[at][0] = 1, 0
            batch.logits[at] = True
        memory = native.llama_get_memory(self._context)
        if memory:
            native.llama_memory_clear(memory, True)
        if native.llama_decode(self._context, batch) != 0:
            raise Refusal("not-ranked")
        found: Any = native.llama_get_embeddings_seq(self._context, 0)
        if not found or not math.isfinite(found[0]):
            raise Refusal("not-ranked")
        return float(found[0])

    def _laid_out(self, question: str, text: str) -> list[int]:
        """The tokens of both, cut to what the model reads. What stands in them is never one of the model's marks."""
        asked, said = self._tokens(question), self._tokens(text)
        parts: list[list[int]] = []
        for piece in self._frame():
            parts.append(asked if piece == "{query}" else said if piece == "{document}" else self._marks(piece))
        marks = sum(len(part) for part in parts if part is not asked and part is not said)
        room = max(2, self.size - marks)
        del asked[max(1, int(room * _LONGEST_QUESTION)) :]
        del said[max(1, room - len(asked)) :]
        return [token for part in parts for token in part][: self.size]

    def _frame(self) -> Sequence[str]:
        """What stands around question and passage, in order."""
        if not self._template:
            return ("<bos>", "{query}", "<eos>", "<sep>", "{document}", "<eos>")
        before, _, rest = self._template.partition("{query}")
        between, _, after = rest.partition("{document}")
        return (before, "{query}", between, "{document}", after)

    def _marks(self, piece: str) -> list[int]:
        """The tokens of a piece of the frame."""
        vocabulary = self._vocabulary
        if self._template:
            return self._tokens(piece, markup=True)
        if piece == "<bos>":
            return [native.llama_vocab_bos(vocabulary)] if native.llama_vocab_get_add_bos(vocabulary) else []
        if piece == "<sep>":
            return [native.llama_vocab_sep(vocabulary)] if native.llama_vocab_get_add_sep(vocabulary) else []
        end = native.llama_vocab_eos(vocabulary)
        end = native.llama_vocab_sep(vocabulary) if end < 0 else end
        return [end] if native.llama_vocab_get_add_eos(vocabulary) and end >= 0 else []

    def _tokens(self, text: str, *, markup: bool = False) -> list[int]:
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        tokens = (native.llama_token * room)()
        count = native.llama_tokenize(self._vocabulary, data, len(data), tokens, room, False, markup)
        if count < 0:
            raise Refusal("not-ranked")
        return list(tokens[:count])


def handlers() -> Mapping[str, Handler]:
    """The requests this child answers."""
    native.llama_log_set(_QUIET, ctypes.c_void_p(0))
    state: list[_Model] = []

    def load(request: Request) -> Iterator[Part]:
        """Arguments: path, threads."""
        state[:] = [_Model(str(request.arguments["path"]), _whole(request.arguments.get("threads")))]
        yield Part({"tokens": state[0].size})

    def rank(request: Request) -> Iterator[Part]:
        """Arguments: question, texts, seconds. Answers a part with score for each text, until the time is over."""
        texts, seconds = request.arguments.get("texts"), request.arguments.get("seconds")
        if not state or not isinstance(texts, list) or not isinstance(seconds, float | int):
            raise Refusal("bad-request")
        began = time.monotonic()
        for done, text in enumerate(texts):
            spent = time.monotonic() - began
            # The next one takes about as long as those before it: it is not begun where that would be too late.
            if request.cancelled.is_set() or (done and spent + spent / done > seconds):
                return
            yield Part({"score": state[0].score(str(request.arguments.get("question")), str(text))})

    return {"load": load, "rank": rank}


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 1
