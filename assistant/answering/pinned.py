"""Pinned passages: what they say, and whether they leave room for a conversation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from assistant.answering.fitting import Fitting
from assistant.answering.prompt import Source
from assistant.conversations import Pins
from assistant.errors import BadInput
from assistant.retrieval import Retrieval
from assistant.values import Citation, ConversationId, DocumentId, PassageId

_SHARE: Final = 2
"""One part in so many of the window is what pinned passages may take: the rest is for the conversation."""


Within = Callable[[ConversationId], Collection[DocumentId] | None]
"""The documents of a conversation's workspace; None for all."""


class Pinned:
    """What is pinned to conversations, with its words.

    A passage whose document is in another workspace by now is kept in mind no more, until it is back.
    """

    def __init__(self, pins: Pins, retrieval: Retrieval, fitting: Fitting, within: Within) -> None:
        self._pins = pins
        self._retrieval = retrieval
        self._fitting = fitting
        self._within = within

    def of(self, conversation: ConversationId | None) -> tuple[Citation, ...]:
        """The pinned passages of a conversation, numbered from 1."""
        return () if conversation is None else self._citations(self._pins.of(conversation), self._within(conversation))

    def pin(self, conversation: ConversationId, passages: Sequence[PassageId]) -> tuple[Citation, ...]:
        """Pin passages; returns all that are pinned then.

        Raises BadInput, and pins nothing, where they would take more than half of the window, or one is of another
        workspace; NotFound.
        """
        before, within = self._pins.of(conversation), self._within(conversation)
        wanted = self._citations((*before, *(passage for passage in passages if passage not in before)), within)
        if not {one.passage_id for one in wanted} >= self._retrieval.passages(passages).keys():
            raise BadInput(
                "This document belongs to another workspace.", "Pin it to a conversation there, or move it here first."
            )
        room = self._fitting.window()[0] // _SHARE
        needed = self._fitting.pinned_tokens(Source("", (), "", pinned=wanted))
        if needed > room:
            raise BadInput(
                f"That is too long to be kept in mind: {needed:,} tokens, where {room:,} can be pinned.",
                "Pin single passages of it, or unpin others first.",
            )
        self._pins.pin(conversation, passages)
        return self.of(conversation)

    def pin_document(self, conversation: ConversationId, document: DocumentId) -> tuple[Citation, ...]:
        """Pin a whole document. Raises as `pin`."""
        return self.pin(conversation, self._retrieval.passage_ids(document))

    def unpin(self, conversation: ConversationId, passages: Sequence[PassageId] | None = None) -> tuple[Citation, ...]:
        """Pin these no more, None for all; returns what is pinned still."""
        self._pins.unpin(conversation, self._pins.of(conversation) if passages is None else passages)
        return self.of(conversation)

    def _citations(self, passages: Sequence[PassageId], within: Collection[DocumentId] | None) -> tuple[Citation, ...]:
        found = [
            (id_, document, passage)
            for id_, (document, passage) in self._retrieval.passages(passages).items()
            if within is None or document.id in within
        ]
        return tuple(
            Citation(number, document.title, passage.place, passage.page, passage.text, 1.0, document.id, id_)
            for number, (id_, document, passage) in enumerate(found, 1)
        )
