"""Turns and conversations, as kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.values.chat import Adapter, Role
from assistant.values.claims import Claim
from assistant.values.common import FIRST_WORKSPACE, ConversationId, TurnId, WorkspaceId
from assistant.values.documents import Citation
from assistant.values.scopes import EVERYTHING, Scope


class TurnState(StrEnum):
    """How far an answer came."""

    WRITING = "writing"
    COMPLETE = "complete"
    CUT = "cut"  # longest answer reached
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Turn:
    """One contribution to a conversation, as kept. note: one sentence about how it ended, or "".

    thought: what a thinking model said to itself before this answer. versions: all turns that stand at this
    place, this one included, oldest first: the edits of a question, the answers to it. claims: what became of the
    sentences of an answer from documents.
    """

    id: TurnId
    role: Role
    text: str
    state: TurnState
    created: float
    citations: tuple[Citation, ...] = ()
    note: str = ""
    thought: str = ""
    versions: tuple[TurnId, ...] = ()
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn in the whole tree of its conversation. parent: the one it follows. shown: it stands on the screen."""

    turn: Turn
    parent: TurnId | None
    shown: bool


@dataclass(frozen=True, slots=True)
class ForeignTurn:
    """A turn of another program's conversation. parent: the place, from 0, of the one it follows."""

    parent: int | None
    role: Role
    text: str
    created: float
    shown: bool


@dataclass(frozen=True, slots=True)
class ForeignChat:
    """A conversation of another program. key: what that program calls it. turns: each after the one it follows."""

    program: str
    key: str
    title: str
    created: float
    turns: tuple[ForeignTurn, ...]


@dataclass(frozen=True, slots=True)
class ConversationInfo:
    """A conversation for lists. documents: whether questions in it go to the documents. adapter: beside the model.

    trashed: when it was moved to the trash, seconds since 1970; None where it was not. workspace: the one that it
    began in; scope: what of that its questions are put to.
    """

    id: ConversationId
    title: str
    documents: bool
    turns: int
    created: float
    changed: float
    trashed: float | None = None
    adapter: Adapter | None = None
    workspace: WorkspaceId = FIRST_WORKSPACE
    scope: Scope = EVERYTHING
