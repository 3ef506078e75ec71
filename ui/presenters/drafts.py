"""What stands in the box and was not sent: each conversation has its own, and the vault keeps it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from assistant.errors import NotFound, PrivetError
from assistant.values import ConversationId
from ui.bridge import Bridge
from ui.ports import Assistant
from ui.widgets import Composer

_KEEP_MILLISECONDS: Final = 800
"""How much writing may be lost if Privet is killed."""

Place = ConversationId | None
"""A conversation, or None: the one that is not begun yet."""


class Drafts(QObject):
    """The drafts of all conversations; the composer shows that of one place."""

    fault = Signal(PrivetError)

    def __init__(self, bridge: Bridge, composer: Composer) -> None:
        super().__init__(composer)
        self._bridge = bridge
        self._composer = composer
        self._assistant: Assistant | None = None
        self._place: Place = None
        self._texts: dict[Place, str] = {}  # as written since the start
        self._kept: dict[Place, str] = {}  # as the vault has them
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_KEEP_MILLISECONDS)
        self._timer.timeout.connect(self.keep)
        composer.edited.connect(self._edited)

    def attach(self, assistant: Assistant) -> None:
        """The vault is open: what was kept in it comes back, and what was written meanwhile is kept."""
        self._assistant = assistant
        self._look()
        self.keep()

    def go_to(self, place: Place) -> None:
        """Show the draft of another conversation."""
        self.keep()
        self._place = place
        self._composer.write(self._texts.get(place, ""))
        self._look()

    def begun(self, conversation: ConversationId) -> None:
        """The conversation that was not begun yet has become this one; its draft goes along."""
        self._texts[conversation] = self._texts.pop(None, "")
        self._kept.setdefault(conversation, "")
        self._place = conversation
        self._save(None)

    def forget(self, place: Place) -> None:
        """The draft of a place was sent."""
        self._texts[place] = ""
        self._save(place)

    def keep(self) -> None:
        """Keep what stands in the box, now."""
        self._timer.stop()
        if self._place in self._texts:
            self._save(self._place)

    def _edited(self) -> None:
        text = self._composer.text
        if text == self._texts.get(self._place, ""):
            return
        self._texts[self._place] = text
        if not self._timer.isActive():
            self._timer.start()

    def _save(self, place: Place) -> None:
        text, assistant = self._texts.get(place, ""), self._assistant
        if assistant is None or self._kept.get(place) == text:
            return
        self._kept[place] = text
        self._bridge.call(
            lambda: assistant.conversations.keep_draft(place, text),
            lambda _: None,
            lambda error: self._not_kept(place, error),
        )

    def _not_kept(self, place: Place, error: PrivetError) -> None:
        self._kept.pop(place, None)
        if not isinstance(error, NotFound):  # the draft of a conversation that was deleted is nobody's loss
            self.fault.emit(error)

    def _look(self) -> None:
        place, assistant = self._place, self._assistant
        if assistant is None or place in self._kept:
            return
        self._bridge.call(
            lambda: assistant.conversations.draft(place), lambda text: self._found(place, text), self.fault.emit
        )

    def _found(self, place: Place, text: str) -> None:
        self._kept.setdefault(place, text)
        if text and place not in self._texts:
            self._texts[place] = text
            if place == self._place:
                self._composer.write(text)
