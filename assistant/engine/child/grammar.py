"""Choosing within a grammar: only tokens with which the answer can still become a text of it."""

from __future__ import annotations

import ctypes
import math
from typing import Any, Final

import llama_cpp.llama_cpp as native
import numpy as np

from assistant.engine.child.likelihood import logits_of
from assistant.engine.child.llama import Context, Sampler
from assistant.workers import Refusal

_LONGEST: Final = 64 << 10
"""Bytes of a grammar."""
_DEEPEST: Final = 48
"""Brackets within brackets: llama.cpp's parser calls itself for each."""
_ROOT: Final = b"root"


class ConstrainedSampler(Sampler):
    """A chain whose choice the grammar has to allow; where it does not, the chain chooses among what is allowed.

    As llama.cpp's common/sampling.cpp does it: nearly always the first choice holds, and to ask the grammar about
    every token of the vocabulary is dear.
    """

    def __init__(self, chain: object, context: Context, text: str) -> None:
        """text: a grammar in GBNF, whose first rule is called root. Raises Refusal("grammar")."""
        super().__init__(chain, context.native_context)
        self._of = context
        self._grammar: Any = None
        if _acceptable(text):
            self._grammar = native.llama_sampler_init_grammar(context.native_vocabulary, text.encode(), _ROOT)
        if not self._grammar:
            self.close()
            raise Refusal("grammar")
        size = context.model.vocabulary_size
        kinds = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        self._numbers = np.arange(size, dtype=np.int32)
        self._candidates = np.zeros(size, kinds)

    def next(self, row: int = -1) -> int:
        """As `Sampler.next`; the end of the answer where the grammar allows nothing else."""
        token = self._chosen(row, among_allowed=False)
        if not self._allows(token):
            token = self._chosen(row, among_allowed=True)
            if not self._allows(token):
                return self._of.model.end_tokens[0]
        native.llama_sampler_accept(self._grammar, token)
        native.llama_sampler_accept(self._chain, token)
        return token

    def close(self) -> None:
        """Free chain and grammar."""
        super().close()
        if self._grammar:
            native.llama_sampler_free(self._grammar)

    def _chosen(self, row: int, *, among_allowed: bool) -> int:
        candidates = self._candidates
        candidates["id"], candidates["logit"], candidates["p"] = self._numbers, logits_of(self._of, row), 0
        array = _array(candidates)
        if among_allowed:
            native.llama_sampler_apply(self._grammar, ctypes.byref(array))
        native.llama_sampler_apply(self._chain, ctypes.byref(array))
        return int(array.data[max(0, array.selected)].id)

    def _allows(self, token: int) -> bool:
        one = np.zeros(1, self._candidates.dtype)
        one["id"], one["logit"] = token, 1.0
        array = _array(one)
        native.llama_sampler_apply(self._grammar, ctypes.byref(array))
        return bool(array.data[0].logit != -math.inf)


def _array(candidates: Any) -> Any:
    data = candidates.ctypes.data_as(native.llama_token_data_p)
    return native.llama_token_data_array(data, len(candidates), -1, False)


def _acceptable(text: str) -> bool:
    """Whether it may be given to llama.cpp's parser at all: not too long, no NUL, brackets not too deep."""
    if not text.strip() or len(text.encode("utf-8", "replace")) > _LONGEST or "\0" in text:
        return False
    depth = deepest = 0
    for letter in text:  # brackets in literals count too: that can only refuse more
        depth += (letter == "(") - (letter == ")" and depth > 0)
        deepest = max(deepest, depth)
    return deepest <= _DEEPEST
