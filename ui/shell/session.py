"""Opens the engine off the window's thread, has it made ready, and closes it without losing anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from assistant.values import Prepared
from ui.bridge import Bridge, Lane, Question
from ui.ports import Assistant, Opener, PassphraseRequest

_PATIENCE_MILLISECONDS: Final = 8000  # for what runs to end when the window closes


class Session(QObject):
    """`opened`: the engine (Assistant). `status`: what is being made ready, "" when all is. `fault`: a PrivetError.

    `asked`: a PassphraseRequest and a function for the answer. `closed`: the engine is shut.
    """

    opened = Signal(object)
    status = Signal(str)
    fault = Signal(object)
    asked = Signal(object, object)
    closed = Signal()

    def __init__(self, bridge: Bridge, opener: Opener) -> None:
        super().__init__()
        self._bridge = bridge
        self._opener = opener
        self._assistant: Assistant | None = None
        self._preparing: dict[str, str] = {}
        self._closing = False
        self._question: Question[PassphraseRequest, str] = bridge.question(self.asked.emit)

    @property
    def assistant(self) -> Assistant | None:
        """The engine, once it is open."""
        return self._assistant

    def open(self) -> None:
        """Open the engine; may be called again after a fault."""
        self._bridge.call(self._open, self._opened, self.fault.emit)

    def close(self) -> None:
        """Stop what runs, then shut the engine; `closed` comes in any case."""
        if self._closing:
            return
        self._closing = True
        self._question.withdraw()
        self._bridge.stop_all()
        once = _Once(self._shut)
        self._bridge.idle.connect(once)
        QTimer.singleShot(_PATIENCE_MILLISECONDS, self, once)
        if not self._bridge.busy:
            once()

    def _open(self) -> Assistant:
        # Imported here, on the bridge's thread, so that the first answer does not wait for it.
        from ui.text import warm_parser

        warm_parser()
        return self._opener(self._question)

    def _opened(self, assistant: Assistant) -> None:
        self._assistant = assistant
        if self._closing:
            return
        self.opened.emit(assistant)
        self._bridge.stream(assistant.prepare, self._prepared, self.fault.emit, self.improve, Lane.PREPARE)

    def improve(self) -> None:
        """Do what can be made better in pauses, once everything is ready; again where there is something new to do."""
        assistant = self._assistant
        if assistant is not None and not self._closing:
            self._bridge.stream(assistant.improve, self._prepared, lambda _: None, lambda: None, Lane.IDLE)

    def _prepared(self, event: Prepared) -> None:
        if event.ready and not event.sentence:
            self._preparing.pop(event.what, None)
        else:
            self._preparing[event.what] = event.sentence
        self.status.emit(next(iter(self._preparing.values()), ""))

    def _shut(self) -> None:
        assistant = self._assistant
        if assistant is None:
            self.closed.emit()
            return
        once = _Once(self.closed.emit)
        self._bridge.call(assistant.close, lambda _: once(), lambda _: once(), Lane.VAULT)
        QTimer.singleShot(_PATIENCE_MILLISECONDS, self, once)


class _Once:
    """Calls its function the first time it is called."""

    def __init__(self, function: Callable[[], None]) -> None:
        self._function: Callable[[], None] | None = function

    def __call__(self) -> None:
        function, self._function = self._function, None
        if function is not None:
            function()
