"""What the engine's child holds between requests: the model's context, and what it has read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from assistant.engine.child import llama
from assistant.engine.child.brake import Brake
from assistant.engine.child.memory import PrefixMemory
from assistant.workers import Request

_MEMORY_BYTES: Final = 512 << 20


@dataclass
class State:
    """What this child holds. read: the tokens in the KV cache, position by position."""

    context: llama.Context | None = None
    read: list[int] = field(default_factory=list)
    memory: PrefixMemory = field(default_factory=lambda: PrefixMemory(_MEMORY_BYTES))
    brake: Brake = field(default_factory=Brake)
    tokens_per_second: float = 0.0  # of reading, measured; 0 before the first measurement

    def answer(self, request: Request) -> None:
        """From now on a cancel of this request, and of no other, breaks off what is being read."""
        self.brake.release()
        request.cancelled.then = self.brake.pull
        if request.cancelled.is_set():
            self.brake.pull()
