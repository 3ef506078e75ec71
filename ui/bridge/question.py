"""A question that work on another thread puts to the person, and waits for."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from typing import Generic, TypeVar

from ui.bridge.mailbox import Mailbox

A = TypeVar("A")
R = TypeVar("R")


class Question(Generic[R, A]):
    """Called on a lane's thread with a request, it has `show` called on the window's thread and waits for its reply.

    show: gets the request and a function that takes the answer, to be called once, now or later.
    """

    def __init__(self, mailbox: Mailbox, show: Callable[[R, Callable[[A | None], None]], None]) -> None:
        self._mailbox = mailbox
        self._show = show
        self._answers: SimpleQueue[A | None] = SimpleQueue()
        self._withdrawn = False

    def __call__(self, request: R) -> A | None:
        """The person's answer, None where they gave none or the window closed."""
        if self._withdrawn:
            return None
        self._mailbox.post(lambda: self._show(request, self._answers.put))
        return self._answers.get()

    def withdraw(self) -> None:
        """Nobody will answer any more: who waits gets None, and so does who asks later."""
        self._withdrawn = True
        self._answers.put(None)
