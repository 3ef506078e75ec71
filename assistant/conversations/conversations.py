"""Conversations as kept in the vault; every method is one transaction, on the disk when it returns."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from assistant.conversations import citations as kept_citations
from assistant.conversations.titles import title_from
from assistant.errors import NotFound
from assistant.values import Citation, ConversationId, ConversationInfo, DocumentId, Role, Turn, TurnId, TurnState
from assistant.vault import Connection, Vault, storable

_CUT_OFF: Final = "Privet ended before this answer was finished."


class Conversations:
    """All conversations of a vault. Raises NotFound for one that is not there, and what the vault raises."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def create(self, title: str = "", documents: bool = False) -> ConversationId:
        """Begin a conversation. title: "" takes it from the first question. documents: whether they are asked."""
        now = time.time()
        with self._vault.write() as connection:
            cursor = connection.execute(
                "INSERT INTO conversations (title, documents, created, changed) VALUES (?, ?, ?, ?)",
                (_one_line(title), int(documents), now, now),
            )
            return ConversationId(cursor.lastrowid or 0)

    def list(self) -> tuple[ConversationInfo, ...]:
        """All conversations, the one changed last first."""
        with self._vault.read() as connection:
            return tuple(_info(row) for row in connection.execute(f"{_INFO} ORDER BY changed DESC, id DESC"))

    def conversation(self, conversation: ConversationId) -> ConversationInfo:
        """One conversation."""
        with self._vault.read() as connection:
            row = connection.execute(f"{_INFO} WHERE id = ?", (conversation,)).fetchone()
        if row is None:
            raise _no_conversation()
        return _info(row)

    def turns(self, conversation: ConversationId) -> tuple[Turn, ...]:
        """The turns of a conversation, oldest first."""
        with self._vault.read() as connection:
            _require(connection, conversation)
            rows = connection.execute(f"{_TURN} WHERE conversation = ? ORDER BY id", (conversation,)).fetchall()
        return tuple(_turn(row) for row in rows)

    def turn(self, turn: TurnId) -> Turn:
        """One turn."""
        with self._vault.read() as connection:
            row = connection.execute(f"{_TURN} WHERE id = ?", (turn,)).fetchone()
        if row is None:
            raise _no_turn()
        return _turn(row)

    def append(
        self,
        conversation: ConversationId,
        role: Role,
        text: str,
        state: TurnState = TurnState.COMPLETE,
        citations: Sequence[Citation] = (),
        note: str = "",
    ) -> TurnId:
        """Add a turn after the last one. The first question gives its title to a conversation that has none."""
        now = time.time()
        kept = kept_citations.encode(citations)
        with self._vault.write() as connection:
            _require(connection, conversation)
            cursor = connection.execute(
                "INSERT INTO turns (conversation, parent, role, text, state, note, created, citations)"
                " VALUES (?, (SELECT max(id) FROM turns WHERE conversation = ?), ?, ?, ?, ?, ?, ?)",
                (conversation, conversation, role, storable(text), state, storable(note), now, kept),
            )
            turn = TurnId(cursor.lastrowid or 0)
            connection.execute("UPDATE conversations SET changed = ? WHERE id = ?", (now, conversation))
            if role == Role.USER:
                connection.execute(
                    "UPDATE conversations SET title = ? WHERE id = ? AND title = ''",
                    (_one_line(title_from(text)), conversation),
                )
        return turn

    def update(
        self,
        turn: TurnId,
        text: str,
        state: TurnState,
        citations: Sequence[Citation] | None = None,
        note: str | None = None,
    ) -> None:
        """Replace what a turn says and how far it came; citations and note stay as they are where None is given."""
        kept = None if citations is None else kept_citations.encode(citations)
        with self._vault.write() as connection:
            cursor = connection.execute(
                "UPDATE turns SET text = ?, state = ?, citations = coalesce(?, citations), note = coalesce(?, note)"
                " WHERE id = ?",
                (storable(text), state, kept, None if note is None else storable(note), turn),
            )
            if cursor.rowcount != 1:
                raise _no_turn()
            connection.execute(
                "UPDATE conversations SET changed = ? WHERE id = (SELECT conversation FROM turns WHERE id = ?)",
                (time.time(), turn),
            )

    def rename(self, conversation: ConversationId, title: str) -> None:
        """Give a conversation another title; its place in the list stays."""
        self._change("UPDATE conversations SET title = ? WHERE id = ?", _one_line(title), conversation)

    def set_documents(self, conversation: ConversationId, documents: bool) -> None:
        """Say whether questions in this conversation go to the documents."""
        self._change("UPDATE conversations SET documents = ? WHERE id = ?", int(documents), conversation)

    def delete(self, conversation: ConversationId) -> None:
        """Delete a conversation for good: no word of it stays in the vault's files."""
        self._change("DELETE FROM conversations WHERE id = ?", conversation)
        self._vault.empty_log()

    def recover(self) -> int:
        """Close the answers that a crash left open, with a note; returns how many. For the start, before any answer."""
        with self._vault.write() as connection:
            return connection.execute(
                "UPDATE turns SET state = ?, note = CASE note WHEN '' THEN ? ELSE note END WHERE state = ?",
                (TurnState.INTERRUPTED, _CUT_OFF, TurnState.WRITING),
            ).rowcount

    def forget_document(self, document: DocumentId) -> int:
        """Take what was quoted from `document`, and its name, out of all answers' citations; returns how many turns.

        What an answer says in its own words stays: that is the person's conversation. To be called before
        the document is removed, so that after a crash in between it is still listed and can be removed again.
        """
        with self._vault.write() as connection:
            rows = connection.execute(
                "SELECT id, citations FROM turns WHERE EXISTS (SELECT 1 FROM json_each(turns.citations)"
                " WHERE json_extract(json_each.value, '$.document_id') = ?)",
                (document,),
            ).fetchall()
            for turn, kept in rows:
                left = kept_citations.without(kept_citations.decode(kept), document)
                connection.execute("UPDATE turns SET citations = ? WHERE id = ?", (kept_citations.encode(left), turn))
        self._vault.empty_log()
        return len(rows)

    def _change(self, statement: str, *parameters: str | int) -> None:
        """Run a statement that changes exactly one conversation."""
        with self._vault.write() as connection:
            if connection.execute(statement, parameters).rowcount != 1:
                raise _no_conversation()


_INFO: Final = (
    "SELECT id, title, documents, (SELECT count(*) FROM turns WHERE conversation = conversations.id), created, changed"
    " FROM conversations"
)
_TURN: Final = "SELECT id, role, text, state, created, citations, note FROM turns"


def _info(row: Sequence[object]) -> ConversationInfo:
    identity, title, documents, turns, created, changed = row
    assert isinstance(identity, int) and isinstance(turns, int)
    assert isinstance(created, float) and isinstance(changed, float)
    return ConversationInfo(ConversationId(identity), str(title), bool(documents), turns, created, changed)


def _turn(row: Sequence[object]) -> Turn:
    identity, role, text, state, created, citations, note = row
    assert isinstance(identity, int) and isinstance(created, float)
    return Turn(
        TurnId(identity),
        Role(str(role)),
        str(text),
        TurnState(str(state)),
        created,
        kept_citations.decode(str(citations)),
        str(note),
    )


def _require(connection: Connection, conversation: ConversationId) -> None:
    if connection.execute("SELECT 1 FROM conversations WHERE id = ?", (conversation,)).fetchone() is None:
        raise _no_conversation()


def _one_line(title: str) -> str:
    return storable(" ".join(title.split()))


def _no_conversation() -> NotFound:
    return NotFound("This conversation is no longer there.", "Choose another one, or begin a new one.")


def _no_turn() -> NotFound:
    return NotFound("This part of the conversation is no longer there.", "Open the conversation again.")
