"""What sending a draft would mean, before it is sent: how full the window gets, and how long the wait is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.answering.finding import Finding
from assistant.answering.fitting import Fitting
from assistant.answering.prompt import Prompt, Source
from assistant.answering.waits import Waits
from assistant.engine import Engine
from assistant.values import Citation, ContextUse, Outlook, Turn

_TOO_LONG: Final = "This is longer than the model can read at once."


class Forecast:
    """Looks ahead by what is known: lengths are counted, speeds measured, and passages as long as most."""

    def __init__(self, engine: Engine, fitting: Fitting, finding: Finding, waits: Waits) -> None:
        self._engine = engine
        self._fitting = fitting
        self._finding = finding
        self._waits = waits

    def outlook(
        self, history: Sequence[Turn], draft: str, documents: bool, busy: bool, pinned: Sequence[Citation] = ()
    ) -> Outlook:
        """The outlook for `draft` after `history`. busy: the engine is at work and must not be waited for."""
        size, reserve = self._fitting.window()
        self._waits.begin(self._fitting.model)
        assumed = self._waits.passages(self._finding.expected()) if documents else 0
        source = Source(self._fitting.instructions, history, draft.strip(), assumed=assumed, pinned=pinned)
        prompt = self._fitting.glance(source, estimated=busy)
        if prompt is None:
            instructions, question = self._fitting.alone(source, estimated=busy)
            return Outlook(ContextUse(size, instructions, assumed, 0, question, reserve), 0, None, _TOO_LONG)
        use = ContextUse(size, prompt.instructions, prompt.documents, prompt.conversation, prompt.question, reserve)
        cached = self._cached(prompt, documents, busy)
        return Outlook(use, cached, self._seconds(prompt.tokens - cached, cached, documents), prompt.left_out)

    def _cached(self, prompt: Prompt, documents: bool, busy: bool) -> int:
        """Tokens that need not be read: of a question to documents, which stands behind its passages, none."""
        if busy:
            return prompt.instructions + prompt.conversation  # what is being worked on now will be there then
        messages = prompt.messages[:-1] if documents else prompt.messages
        return min(self._engine.known(messages)[1], prompt.tokens) if messages else 0

    def _seconds(self, unread: int, cached: int, documents: bool) -> float | None:
        speed = self._engine.speed
        if speed is None or not speed.read or not speed.write:
            return None
        return self._waits.first_word(unread, cached, speed, documents=documents)
