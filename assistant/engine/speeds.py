"""How fast the loaded model reads and writes, measured while it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assistant.values import Generated, Speed

_ENOUGH: Final = 64
"""Tokens that have to be read for a measurement of the speed."""


@dataclass(slots=True)
class Speeds:
    """Tokens a second, 0 before the first measurement."""

    read: float = 0.0
    write: float = 0.0

    @property
    def both(self) -> Speed | None:
        """Both, None until both were measured."""
        return Speed(self.read, self.write) if self.read and self.write else None

    def measure(self, cost: Generated) -> None:
        """Learn from an answer that was long enough."""
        unread = cost.prompt_tokens - cost.cached_tokens
        if unread > _ENOUGH and cost.read_seconds:
            self.read = unread / cost.read_seconds
        if cost.answer_tokens > _ENOUGH // 8 and cost.write_seconds:
            self.write = cost.answer_tokens / cost.write_seconds
