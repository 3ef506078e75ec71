"""How many tokens each part of a prompt takes: asked of the engine once, then remembered."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from assistant.values import Message, Role

Counts = Callable[[Sequence[Sequence[Message]]], list[int]]
"""Tokens of each of several prompts, markup included, in one round trip to the engine."""

_REMEMBERED: Final = 4096
_FRAME: Final = Message(Role.USER, "x")
_BYTES_PER_TOKEN: Final = 4.0
"""For an estimate before anything was counted; English under most vocabularies."""


class Lengths:
    """Lengths in tokens. A prompt's is the sum of those of its parts, since each message is tokenized by itself."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._model = ""
        # By digest: a conversation that is deleted leaves no word here.
        self._known: OrderedDict[bytes, int] = OrderedDict()
        self._bytes = self._tokens = self._shortest = 0
        self._lock = threading.Lock()  # of what is remembered; not held while the engine counts

    def begin(self, model: str) -> None:
        """Count for this model from now on; what another one's lengths were is forgotten."""
        with self._lock:
            if model != self._model:
                self._model = model
                self._known.clear()
                self._bytes = self._tokens = self._shortest = 0

    def inner(self, parts: Sequence[Sequence[Message]], estimated: bool = False) -> list[int]:
        """What each of these stretches adds to a prompt that goes on after it. An empty one adds nothing.

        estimated: ask nobody; what is not known yet is estimated from its bytes.
        """
        whole = [(*part, _FRAME) for part in parts]
        lengths = self.ends([(_FRAME,), *whole], estimated)
        return [length - lengths[0] if part else 0 for part, length in zip(parts, lengths[1:], strict=True)]

    def ends(self, prompts: Sequence[Sequence[Message]], estimated: bool = False) -> list[int]:
        """The length of each of these, as whole prompts: with what opens a prompt and the answer to it."""
        keys = [_key(prompt) for prompt in prompts]
        with self._lock:
            missing = {key: prompt for key, prompt in zip(keys, prompts, strict=True) if key not in self._known}
        counted = self._counts(list(missing.values())) if missing and not estimated else []
        with self._lock:
            for (key, prompt), length in zip(missing.items(), counted, strict=False):
                self._learn(key, prompt, length)
            return [self._length(key, prompt) for key, prompt in zip(keys, prompts, strict=True)]

    def _length(self, key: bytes, prompt: Sequence[Message]) -> int:
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        per_token = self._bytes / self._tokens if self._tokens > 0 else _BYTES_PER_TOKEN
        return self._shortest + round(_size(prompt) / per_token)

    def _learn(self, key: bytes, prompt: Sequence[Message], length: int) -> None:
        self._known[key] = length
        # The frame alone is counted before all others: what it has is markup, more or less.
        self._shortest = min(self._shortest, length) if self._shortest else length
        self._bytes += _size(prompt)
        self._tokens += length - self._shortest
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def _size(prompt: Sequence[Message]) -> int:
    return sum(len(message.text.encode("utf-8", "replace")) for message in prompt)


def _key(prompt: Sequence[Message]) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for message in prompt:
        text = message.text.encode("utf-8", "replace")
        digest.update(f"{message.role} {len(text)} ".encode())
        digest.update(text)
    return digest.digest()
