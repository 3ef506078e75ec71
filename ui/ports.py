"""What the window asks of the engine, as shapes: the real `Privet` and the tests' scripted one both fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from assistant.settings import Settings
from assistant.values import (
    AnswerEvent,
    ConversationId,
    ConversationInfo,
    DocumentEvent,
    DocumentId,
    DocumentInfo,
    Outlook,
    Prepared,
    Rebuilding,
    Stop,
    Turn,
    TurnId,
)


class PassphraseRequest(Protocol):
    """A passphrase is needed. new: to be chosen; else to be given, for the `attempt`-th time, from 1.

    recovery: a recovery key is taken as well; alone: nothing else is. wait: seconds until it is tried. why: a
    sentence about what failed so far, or "".
    """

    @property
    def new(self) -> bool: ...
    @property
    def attempt(self) -> int: ...
    @property
    def recovery(self) -> bool: ...
    @property
    def alone(self) -> bool: ...
    @property
    def wait(self) -> float: ...
    @property
    def why(self) -> str: ...


class Conversations(Protocol):
    """Conversations as kept in the vault; every call may touch the disk."""

    def create(self, title: str = "", documents: bool = False) -> ConversationId: ...
    def list(self) -> tuple[ConversationInfo, ...]: ...
    def turns(self, conversation: ConversationId, /) -> tuple[Turn, ...]: ...
    def choose(self, turn: TurnId, /) -> ConversationId: ...
    def rename(self, conversation: ConversationId, title: str, /) -> None: ...
    def delete(self, conversation: ConversationId, /) -> None: ...
    def set_documents(self, conversation: ConversationId, documents: bool, /) -> None: ...
    def keep_draft(self, conversation: ConversationId | None, text: str, /) -> None: ...
    def draft(self, conversation: ConversationId | None, /) -> str: ...


class Answering(Protocol):
    """A question's way."""

    def answer(self, conversation: ConversationId, question: str, stop: Stop, /) -> Iterator[AnswerEvent]: ...
    def edit(self, turn: TurnId, text: str, stop: Stop, /) -> Iterator[AnswerEvent]: ...
    def again(self, turn: TurnId, stop: Stop, /) -> Iterator[AnswerEvent]: ...
    def go_on(self, turn: TurnId, stop: Stop, /) -> Iterator[AnswerEvent]: ...
    def outlook(self, conversation: ConversationId | None, draft: str, documents: bool = ..., /) -> Outlook: ...


class Documents(Protocol):
    """A document's way."""

    def add(self, paths: Sequence[Path], stop: Stop, /) -> Iterator[DocumentEvent]: ...
    def list(self) -> tuple[DocumentInfo, ...]: ...
    def remove(self, document: DocumentId, stop: Stop, /) -> Iterator[Rebuilding]: ...


class Model(Protocol):
    """The model that answers."""

    def try_again(self) -> None: ...


class Assistant(Protocol):
    """The engine, open."""

    @property
    def conversations(self) -> Conversations: ...
    @property
    def answering(self) -> Answering: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def model(self) -> Model: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def notices(self) -> tuple[str, ...]: ...
    def prepare(self, stop: Stop, /) -> Iterator[Prepared]: ...
    def close(self) -> object: ...


Ask = Callable[[PassphraseRequest], str | None]
"""Asks the person for a passphrase and waits; None where they would rather not."""

Opener = Callable[[Ask], Assistant]
"""Opens the engine; blocks, and raises a VaultFault where the vault stays shut."""
