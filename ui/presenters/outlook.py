"""Tells, while a question is being written, how full the model's memory would be and how long the first word takes."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer

from assistant.errors import PrivetError
from assistant.values import ConversationId, Outlook
from ui.bridge import Bridge, Lane
from ui.i18n import number, seconds, tr
from ui.ports import Assistant
from ui.widgets import Composer, Share

_PAUSE_MILLISECONDS: Final = 350
"""Of writing, after which it is told anew."""


class OutlookPresenter(QObject):
    """Asks at most once at a time; what was written meanwhile is asked about afterwards."""

    def __init__(self, bridge: Bridge, composer: Composer) -> None:
        super().__init__(composer)
        self._bridge = bridge
        self._composer = composer
        self._assistant: Assistant | None = None
        self._conversation: ConversationId | None = None
        self._documents = False
        self._asking = self._again = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MILLISECONDS)
        self._timer.timeout.connect(self._ask)
        composer.edited.connect(self.tell)

    def attach(self, assistant: Assistant) -> None:
        """Ask an engine that is open now."""
        self._assistant = assistant

    def look_at(self, conversation: ConversationId | None, documents: bool) -> None:
        """What is written is for this conversation, and for the documents or not."""
        self._conversation, self._documents = conversation, documents
        self.tell()

    def tell(self) -> None:
        """Tell it anew in a moment."""
        if self._assistant is not None:
            self._timer.start()

    def _ask(self) -> None:
        assistant, conversation, documents = self._assistant, self._conversation, self._documents
        draft = self._composer.text.strip()
        if assistant is None or (not draft and conversation is None):
            self._composer.meter.forget()
            return
        if self._asking:
            self._again = True
            return
        self._asking = True
        self._bridge.call(
            lambda: assistant.answering.outlook(conversation, draft, documents),
            self._told,
            self._untold,
            Lane.OUTLOOK,
        )

    def _told(self, outlook: Outlook) -> None:
        use = outlook.use
        whole = tr("{used} of {size} tokens", used=number(use.used), size=number(use.size))
        parts = (
            (0, "line", whole),
            (use.instructions, "strong_line", tr("{n} instructions", n=number(use.instructions))),
            (use.documents, "accent", tr("{n} documents", n=number(use.documents))),
            (use.conversation, "soft", tr("{n} conversation", n=number(use.conversation))),
            (use.question, "ink", tr("{n} this question", n=number(use.question))),
            (use.reserve, "line", tr("{n} kept free for the answer", n=number(use.reserve))),
        )
        shares = [Share(min(1.0, tokens / max(1, use.size)), tone, words) for tokens, tone, words in parts]
        self._composer.meter.show_use(shares, _words(outlook), _full(outlook))
        self._ended()

    def _untold(self, error: PrivetError) -> None:
        self._composer.meter.forget()  # whoever asks for the answer is told what is wrong
        self._ended()

    def _ended(self) -> None:
        self._asking = False
        if self._again:
            self._again = False
            self.tell()


def _words(outlook: Outlook) -> str:
    if outlook.left_out:
        return outlook.left_out
    full = _full(outlook)
    if outlook.seconds is None:
        return full
    return tr("{full}, first word in about {time}", full=full, time=seconds(outlook.seconds))


def _full(outlook: Outlook) -> str:
    return tr("{n} % full", n=number(100 * min(1.0, outlook.use.used / max(1, outlook.use.size))))
