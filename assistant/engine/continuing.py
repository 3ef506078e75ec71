"""Half an answer that another attempt goes on with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.values import Message, Role, Sampling, Thought, Token


class Half:
    """What was asked, and what was written of the answer so far.

    A thought that was broken off begins anew: nothing that a person reads rests on it.
    """

    def __init__(self, messages: Sequence[Message], sampling: Sampling) -> None:
        self._messages = tuple(messages)
        self._sampling = sampling
        self._text = ""
        self._tokens = 0
        self.begun = False
        """Whether anything was said that a person may have read."""

    def add(self, event: object) -> None:
        """Note what was said."""
        self.begun = self.begun or isinstance(event, Token | Thought)
        if isinstance(event, Token):
            self._text += event.text

    def written(self, tokens: int) -> None:
        """Note that so many tokens were written, of thought or answer."""
        self._tokens += tokens

    @property
    def messages(self) -> tuple[Message, ...]:
        """The prompt that goes on behind the last word."""
        if not self._text.strip():
            return self._messages
        if self._messages and self._messages[-1].role is Role.ASSISTANT:
            return (*self._messages[:-1], Message(Role.ASSISTANT, self._messages[-1].text + self._text))
        return (*self._messages, Message(Role.ASSISTANT, self._text))

    @property
    def sampling(self) -> Sampling:
        """For what is left of the longest answer."""
        written = self._tokens if self._text.strip() else 0
        return replace(self._sampling, max_tokens=max(1, self._sampling.max_tokens - written))
