"""What the engine's child holds between requests: the model's context, and what it has read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from assistant.engine.child import llama
from assistant.engine.child.brake import Brake
from assistant.engine.child.memory import PrefixMemory
from assistant.engine.child.sequences import ParkedSequences
from assistant.workers import Refusal, Request

_MEMORY_BYTES: Final = 512 << 20


@dataclass
class State:
    """What this child holds.

    read: the tokens of the live sequence, position by position; they lie in the first cells, one behind the other,
    so that a prompt gives the same logits whatever was asked before. memory: copies of other sequences. parked:
    those too large for that. adapters: a name for those in force. file: of the model, "" before the first.
    """

    model: llama.Model | None = None
    context: llama.Context | None = None
    file: str = ""
    adapters: str = ""
    read: list[int] = field(default_factory=list)
    memory: PrefixMemory = field(default_factory=lambda: PrefixMemory(_MEMORY_BYTES))
    parked: ParkedSequences = field(default_factory=ParkedSequences)
    brake: Brake = field(default_factory=Brake)
    tokens_per_second: float = 0.0  # of reading, measured; 0 before the first measurement

    @property
    def loaded(self) -> llama.Context:
        """The context. Raises Refusal before a model was loaded."""
        if self.context is None:
            raise Refusal("not-loaded")
        return self.context

    def answer(self, request: Request) -> None:
        """From now on a cancel of this request, and of no other, breaks off what is being read."""
        self.brake.release()
        request.cancelled.then = self.brake.pull
        if request.cancelled.is_set():
            self.brake.pull()

    def forget_read(self) -> None:
        """Empty the context; copies stay."""
        if self.context is not None:
            self.parked.clear(self.context)
            self.context.clear()
        self.read.clear()

    def forget(self) -> None:
        """Forget everything that was read."""
        self.forget_read()
        self.memory.clear()
