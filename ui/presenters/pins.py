"""Keeps passages in mind in a chat: pins and unpins what the person points at among the sources."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from assistant.errors import PrivetError
from assistant.values import Citation, ConversationId, PassageId
from ui.bridge import Bridge
from ui.i18n import counted
from ui.panels.sources import SourcesView
from ui.ports import Assistant
from ui.widgets import Banner

_SECONDS = 6.0


class PinsPresenter(QObject):
    """`changed`: other passages are kept in mind now. `fault`: a PrivetError."""

    changed = Signal()
    fault = Signal(PrivetError)

    def __init__(self, bridge: Bridge, view: SourcesView, notice: Banner) -> None:
        super().__init__(view)
        self._bridge = bridge
        self._view = view
        self._notice = notice
        self._assistant: Assistant | None = None
        self._conversation: ConversationId | None = None
        self._pinned: frozenset[object] = frozenset()
        view.pin_pressed.connect(self._toggle)

    def attach(self, assistant: Assistant) -> None:
        """Ask an engine that is open now."""
        self._assistant = assistant

    def look_at(self, conversation: ConversationId | None) -> None:
        """Show what is pinned to this conversation."""
        self._conversation = conversation
        assistant = self._assistant
        if assistant is not None:
            self._bridge.call(
                lambda: assistant.answering.pinned.of(conversation),
                lambda pinned: self._show(conversation, pinned),
                self.fault.emit,
            )

    def _toggle(self, passage: PassageId | None) -> None:
        assistant, conversation = self._assistant, self._conversation
        if assistant is None or conversation is None or passage is None:
            return
        pins = assistant.answering.pinned
        change = pins.unpin if passage in self._pinned else pins.pin
        self._bridge.call(
            lambda: change(conversation, [passage]),
            lambda pinned: self._changed(conversation, pinned),
            self.fault.emit,
        )

    def _changed(self, conversation: ConversationId, pinned: tuple[Citation, ...]) -> None:
        self._show(conversation, pinned)
        words = "{n} passage is kept in mind in this chat.", "{n} passages are kept in mind in this chat."
        self._notice.say(counted(len(pinned), *words), seconds=_SECONDS)
        self.changed.emit()

    def _show(self, conversation: ConversationId | None, pinned: tuple[Citation, ...]) -> None:
        if conversation == self._conversation:
            self._pinned = frozenset(citation.passage_id for citation in pinned)
            self._view.show_pinned(self._pinned)
