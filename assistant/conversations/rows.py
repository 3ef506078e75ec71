"""Turns and conversations between the vault's rows and the values that others see."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from assistant.conversations import citations as kept_citations
from assistant.conversations import claims as kept_claims
from assistant.conversations import tree
from assistant.conversations.titles import title_from
from assistant.errors import NotFound
from assistant.values import (
    Adapter,
    ConversationId,
    ConversationInfo,
    ForeignChat,
    KeptTurn,
    Role,
    Scope,
    Turn,
    TurnId,
    TurnState,
    WorkspaceId,
)
from assistant.vault import Connection, storable

INFO: Final = (
    "SELECT id, title, documents, (SELECT count(*) FROM turns WHERE conversation = conversations.id), created, changed,"
    " trashed, adapter, adapter_scale, workspace, scope FROM conversations"
)
_COLUMNS: Final = "id, role, text, state, created, citations, note, thought, claims, conversation"
_TURN: Final = f"SELECT {_COLUMNS} FROM turns"
_WHOLE: Final = f"SELECT {_COLUMNS}, parent, shown FROM turns"


def insert(
    connection: Connection,
    conversation: ConversationId,
    role: Role,
    text: str,
    state: TurnState = TurnState.COMPLETE,
    citations: str = "[]",
    note: str = "",
    beside: TurnId | None = None,
    after: TurnId | None = None,
) -> TurnId:
    """Add a turn and show it: beside another, or after one, or after the last one shown. Raises NotFound."""
    require(connection, conversation)
    now = time.time()
    if beside is not None:
        parent = _parent(connection, conversation, beside)
    else:
        parent = after if after is not None else max(tree.shown(connection, conversation), default=None)
    added = connection.execute(
        "INSERT INTO turns (conversation, parent, role, text, state, note, created, citations, shown)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (conversation, parent, role, storable(text), state, storable(note), now, citations),
    ).lastrowid
    tree.show(connection, TurnId(added or 0))
    connection.execute("UPDATE conversations SET changed = ? WHERE id = ?", (now, conversation))
    if role == Role.USER:
        connection.execute(
            "UPDATE conversations SET title = ? WHERE id = ? AND title = ''", (one_line(title_from(text)), conversation)
        )
    return TurnId(added or 0)


def select(connection: Connection, branch: Collection[TurnId]) -> tuple[Turn, ...]:
    """The turns of these ids, oldest first; they are of one conversation."""
    marks = ", ".join("?" * len(branch))
    found = connection.execute(f"{_TURN} WHERE id IN ({marks}) ORDER BY id", tuple(branch)).fetchall()
    if not found:
        return ()
    places = tree.versions(connection, ConversationId(found[0][-1]))
    return tuple(_turn(row, places[row[0]]) for row in found)


def whole(connection: Connection, conversation: ConversationId) -> tuple[KeptTurn, ...]:
    """All turns of a conversation, oldest first."""
    places = tree.versions(connection, conversation)
    found = connection.execute(f"{_WHOLE} WHERE conversation = ? ORDER BY id", (conversation,)).fetchall()
    return tuple(
        KeptTurn(_turn(row[:-2], places[row[0]]), None if row[-2] is None else TurnId(row[-2]), bool(row[-1]))
        for row in found
    )


def brought_in(connection: Connection, mark: str) -> ConversationId | None:
    """The conversation that was brought in under this mark, if it is still there."""
    row = connection.execute(
        "SELECT conversations.id FROM meta JOIN conversations ON conversations.id = CAST(meta.value AS INTEGER)"
        " WHERE meta.key = ?",
        (mark,),
    ).fetchone()
    return None if row is None else ConversationId(row[0])


def bring_in(connection: Connection, chat: ForeignChat, mark: str) -> ConversationId:
    """Keep a conversation of another program; in each place one turn is shown, the last where none is marked."""
    created = chat.created or time.time()
    changed = max((turn.created for turn in chat.turns), default=0.0) or created
    asked = next((turn.text for turn in chat.turns if turn.role == Role.USER), "")
    title = one_line(chat.title) or one_line(title_from(asked))
    conversation = connection.execute(
        "INSERT INTO conversations (title, documents, created, changed) VALUES (?, 0, ?, ?)", (title, created, changed)
    ).lastrowid
    shown: dict[int | None, int] = {}
    for place, turn in enumerate(chat.turns):
        held = shown.get(turn.parent)
        if held is None or turn.shown or not chat.turns[held].shown:
            shown[turn.parent] = place
    ids: list[int] = []
    for place, turn in enumerate(chat.turns):
        parent = None if turn.parent is None else ids[turn.parent]
        added = connection.execute(
            "INSERT INTO turns (conversation, parent, role, text, state, note, created, citations, shown)"
            " VALUES (?, ?, ?, ?, ?, '', ?, '[]', ?)",
            (conversation, parent, turn.role, storable(turn.text), TurnState.COMPLETE, turn.created or created,
             int(shown[turn.parent] == place)),
        ).lastrowid  # fmt: skip
        ids.append(added or 0)
    if mark:
        connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (mark, str(conversation)))
    return ConversationId(conversation or 0)


def info(row: Sequence[object]) -> ConversationInfo:
    """The conversation of a row that INFO selects."""
    identity, title, documents, turns, created, changed, trashed, adapter, scale, workspace, scope = row
    assert isinstance(identity, int) and isinstance(turns, int)
    assert isinstance(created, float) and isinstance(changed, float)
    assert isinstance(trashed, float | None)
    assert isinstance(adapter, bytes | None) and isinstance(scale, float) and isinstance(workspace, int)
    beside = None if adapter is None else Adapter(Path(os.fsdecode(adapter)), scale)
    return ConversationInfo(
        ConversationId(identity),
        str(title),
        bool(documents),
        turns,
        created,
        changed,
        trashed,
        beside,
        WorkspaceId(workspace),
        Scope.unpacked(str(scope)),
    )


def conversation_of(connection: Connection, turn: TurnId) -> ConversationId:
    """The conversation that a turn belongs to. Raises NotFound."""
    row = connection.execute("SELECT conversation FROM turns WHERE id = ?", (turn,)).fetchone()
    if row is None:
        raise no_turn()
    return ConversationId(row[0])


def require(connection: Connection, conversation: ConversationId) -> None:
    """Raise NotFound for a conversation that is not there."""
    if connection.execute("SELECT 1 FROM conversations WHERE id = ?", (conversation,)).fetchone() is None:
        raise no_conversation()


def one_line(title: str) -> str:
    """A title as it is kept."""
    return storable(" ".join(title.split()))


def no_conversation() -> NotFound:
    """The error for a conversation that is not there."""
    return NotFound("This conversation is no longer there.", "Choose another one, or begin a new one.")


def no_turn() -> NotFound:
    """The error for a turn that is not there."""
    return NotFound("This part of the conversation is no longer there.", "Open the conversation again.")


def _turn(row: Sequence[object], versions: tuple[TurnId, ...]) -> Turn:
    identity, role, text, state, created, citations, note, thought, claims, _ = row
    assert isinstance(identity, int) and isinstance(created, float)
    return Turn(
        TurnId(identity),
        Role(str(role)),
        str(text),
        TurnState(str(state)),
        created,
        kept_citations.decode(str(citations)),
        str(note),
        str(thought),
        versions,
        kept_claims.decode(str(claims)),
    )


def _parent(connection: Connection, conversation: ConversationId, turn: TurnId) -> TurnId | None:
    row = connection.execute(
        "SELECT parent FROM turns WHERE id = ? AND conversation = ?", (turn, conversation)
    ).fetchone()
    if row is None:
        raise no_turn()
    return None if row[0] is None else TurnId(row[0])
