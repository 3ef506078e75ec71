"""Identities, vectors, and a person's wish to stop."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final, NewType

ConversationId = NewType("ConversationId", int)
TurnId = NewType("TurnId", int)
DocumentId = NewType("DocumentId", int)
PassageId = NewType("PassageId", int)
TableId = NewType("TableId", int)
CollectionId = NewType("CollectionId", int)
SourceId = NewType("SourceId", int)
WorkspaceId = NewType("WorkspaceId", int)

FIRST_WORKSPACE: Final = WorkspaceId(1)
"""The workspace that is always there: of every conversation and document that was put into no other."""


@dataclass(frozen=True, slots=True)
class Vectors:
    """Embeddings as they travel and are kept: float32, little-endian, one after the other.

    data: `count` * `dimensions` * 4 bytes; each vector has unit length.
    """

    count: int
    dimensions: int
    data: bytes

    def row(self, index: int) -> bytes:
        """The bytes of one vector, from 0."""
        width = self.dimensions * 4
        return self.data[index * width : (index + 1) * width]


class Stop:
    """A person's wish to stop, set on one thread and looked at on another."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Ask what is running to stop; asking twice is the same as asking once."""
        self._event.set()

    @property
    def requested(self) -> bool:
        """True from the moment that `set` was called."""
        return self._event.is_set()


class EitherStop(Stop):
    """A wish to stop that is also there when one of others is."""

    def __init__(self, *others: Stop) -> None:
        super().__init__()
        self._others = others

    @property
    def requested(self) -> bool:
        """True from the moment that `set` was called, here or on one of the others."""
        return self._event.is_set() or any(other.requested for other in self._others)
