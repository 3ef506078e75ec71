"""What the engine's child holds between requests: the model's context, and what it has read."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Final

from assistant.engine.child import llama
from assistant.engine.child.memory import PrefixMemory

_MEMORY_BYTES: Final = 512 << 20


@dataclass
class State:
    """What this child holds. read: the tokens in the KV cache, position by position."""

    context: llama.Context | None = None
    read: list[int] = field(default_factory=list)
    memory: PrefixMemory = field(default_factory=lambda: PrefixMemory(_MEMORY_BYTES))
    cancelled: threading.Event = field(default_factory=threading.Event)  # of the request being answered
    tokens_per_second: float = 0.0  # of reading, measured; 0 before the first measurement

    def aborted(self) -> bool:
        """Asked by llama.cpp in the middle of its work: does anybody still want the result?"""
        return self.cancelled.is_set()
