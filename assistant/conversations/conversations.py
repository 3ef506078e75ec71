"""Conversations as kept in the vault; every method is one transaction, on the disk when it returns."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Final

from assistant.conversations import citations as kept_citations
from assistant.conversations import claims as kept_claims
from assistant.conversations import rows, tree
from assistant.values import (
    EVERYTHING,
    FIRST_WORKSPACE,
    Adapter,
    Citation,
    Claim,
    ConversationId,
    ConversationInfo,
    DocumentId,
    ForeignChat,
    KeptTurn,
    Role,
    Scope,
    Turn,
    TurnId,
    TurnState,
    WorkspaceId,
)
from assistant.vault import Vault, storable

_CUT_OFF: Final = "Privet ended before this answer was finished."


class Conversations:
    """All conversations of a vault. Raises NotFound for one that is not there, and what the vault raises."""

    def __init__(self, vault: Vault, forget: Callable[[], None] = lambda: None) -> None:
        """forget: makes whoever remembers what conversations said forget it; called before words are removed."""
        self._vault = vault
        self._forget = forget

    def create(
        self,
        title: str = "",
        documents: bool = False,
        workspace: WorkspaceId = FIRST_WORKSPACE,
        scope: Scope = EVERYTHING,
    ) -> ConversationId:
        """Begin a conversation. title: "" takes it from the first question. documents: whether they are asked.

        workspace: where it stays for good; scope: what of that its questions are put to.
        """
        now = time.time()
        with self._vault.write() as connection:
            cursor = connection.execute(
                "INSERT INTO conversations (title, documents, created, changed, workspace, scope)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (rows.one_line(title), int(documents), now, now, workspace, scope.packed()),
            )
            return ConversationId(cursor.lastrowid or 0)

    def list(self) -> tuple[ConversationInfo, ...]:
        """All conversations but those in the trash, the one changed last first."""
        return self._select("WHERE trashed IS NULL ORDER BY changed DESC, id DESC")

    def trashed(self) -> tuple[ConversationInfo, ...]:
        """The conversations in the trash, the one that went there last first."""
        return self._select("WHERE trashed IS NOT NULL ORDER BY trashed DESC, id DESC")

    def conversation(self, conversation: ConversationId) -> ConversationInfo:
        """One conversation."""
        with self._vault.read() as connection:
            row = connection.execute(f"{rows.INFO} WHERE id = ?", (conversation,)).fetchone()
        if row is None:
            raise rows.no_conversation()
        return rows.info(row)

    def turns(self, conversation: ConversationId) -> tuple[Turn, ...]:
        """The branch of a conversation that is shown, oldest turn first, each with its `versions`."""
        with self._vault.read() as connection:
            rows.require(connection, conversation)
            return rows.select(connection, tree.shown(connection, conversation))

    def until(self, turn: TurnId) -> tuple[Turn, ...]:
        """The branch that leads to `turn`, shown or not: from the first turn to this one."""
        with self._vault.read() as connection:
            found = rows.select(connection, tree.until(connection, turn))
        if not found:
            raise rows.no_turn()
        return found

    def turn(self, turn: TurnId) -> Turn:
        """One turn, shown or not."""
        return self.until(turn)[-1]

    def conversation_of(self, turn: TurnId) -> ConversationInfo:
        """The conversation that a turn belongs to."""
        with self._vault.read() as connection:
            conversation = rows.conversation_of(connection, turn)
        return self.conversation(conversation)

    def tree(self, conversation: ConversationId) -> tuple[KeptTurn, ...]:
        """All turns of a conversation, shown or not, oldest first."""
        with self._vault.read() as connection:
            rows.require(connection, conversation)
            return rows.whole(connection, conversation)

    def bring_in(self, chat: ForeignChat) -> tuple[ConversationInfo, bool]:
        """Keep a conversation of another program, with its times and its versions; True if it was here already.

        One that was deleted since comes in anew.
        """
        mark = f"imported {chat.program} {chat.key}" if chat.key else ""
        with self._vault.write() as connection:
            known = rows.brought_in(connection, storable(mark)) if mark else None
            conversation = known if known is not None else rows.bring_in(connection, chat, storable(mark))
        return self.conversation(conversation), known is not None

    def choose(self, turn: TurnId) -> ConversationId:
        """Show the branch that goes through `turn`, and below it what was shown there last."""
        with self._vault.write() as connection:
            conversation = rows.conversation_of(connection, turn)
            tree.show(connection, turn)
        return conversation

    def append(
        self,
        conversation: ConversationId,
        role: Role,
        text: str,
        state: TurnState = TurnState.COMPLETE,
        citations: Sequence[Citation] = (),
        note: str = "",
        beside: TurnId | None = None,
    ) -> TurnId:
        """Add a turn, which is shown from now on: after the last one shown, or `beside` another as its next version.

        The first question gives its title to a conversation that has none.
        """
        kept = kept_citations.encode(citations)
        with self._vault.write() as connection:
            return rows.insert(connection, conversation, role, text, state, kept, note, beside)

    def ask(self, conversation: ConversationId, text: str, beside: TurnId | None = None) -> tuple[TurnId, TurnId]:
        """Keep a question and the place for its answer, both or neither; returns the two. beside: as for `append`."""
        with self._vault.write() as connection:
            question = rows.insert(connection, conversation, Role.USER, text, beside=beside)
            return question, rows.insert(connection, conversation, Role.ASSISTANT, "", TurnState.WRITING)

    def reply(self, question: TurnId) -> TurnId:
        """A place for an answer to `question`, beside those it has; it is shown from now on."""
        with self._vault.write() as connection:
            conversation = rows.conversation_of(connection, question)
            return rows.insert(connection, conversation, Role.ASSISTANT, "", TurnState.WRITING, after=question)

    def update(
        self,
        turn: TurnId,
        text: str,
        state: TurnState,
        citations: Sequence[Citation] | None = None,
        note: str | None = None,
        thought: str | None = None,
        claims: Sequence[Claim] | None = None,
    ) -> None:
        """Replace what a turn says and how far it came; what None is given for stays as it is."""
        kept = None if citations is None else kept_citations.encode(citations)
        checked = None if claims is None else kept_claims.encode(claims)
        with self._vault.write() as connection:
            cursor = connection.execute(
                "UPDATE turns SET text = ?, state = ?, citations = coalesce(?, citations), note = coalesce(?, note),"
                " thought = coalesce(?, thought), claims = coalesce(?, claims) WHERE id = ?",
                (storable(text), state, kept, _storable(note), _storable(thought), checked, turn),
            )
            if cursor.rowcount != 1:
                raise rows.no_turn()
            connection.execute(
                "UPDATE conversations SET changed = ? WHERE id = (SELECT conversation FROM turns WHERE id = ?)",
                (time.time(), turn),
            )

    def keep_draft(self, conversation: ConversationId | None, text: str) -> None:
        """Keep what stands in the box of a conversation, unsent; None: of one not begun yet. "" forgets it."""
        with self._vault.write() as connection:
            if conversation is not None:
                rows.require(connection, conversation)
            connection.execute("DELETE FROM drafts WHERE conversation IS ?", (conversation,))
            if text:
                connection.execute("INSERT INTO drafts VALUES (?, ?)", (conversation, storable(text)))

    def draft(self, conversation: ConversationId | None) -> str:
        """What `keep_draft` kept, "" for nothing."""
        with self._vault.read() as connection:
            row = connection.execute("SELECT text FROM drafts WHERE conversation IS ?", (conversation,)).fetchone()
        return "" if row is None else str(row[0])

    def rename(self, conversation: ConversationId, title: str) -> None:
        """Give a conversation another title; its place in the list stays."""
        self._change("UPDATE conversations SET title = ? WHERE id = ?", rows.one_line(title), conversation)

    def set_documents(self, conversation: ConversationId, documents: bool) -> None:
        """Say whether questions in this conversation go to the documents."""
        self._change("UPDATE conversations SET documents = ? WHERE id = ?", int(documents), conversation)

    def set_scope(self, conversation: ConversationId, scope: Scope) -> None:
        """Narrow the questions of this conversation to a part of its workspace from now on."""
        self._change("UPDATE conversations SET scope = ? WHERE id = ?", scope.packed(), conversation)

    def set_adapter(self, conversation: ConversationId, adapter: Adapter | None) -> None:
        """Have this conversation answered with an adapter beside the model from now on, or with none."""
        path = None if adapter is None else os.fsencode(adapter.path)
        scale = 1.0 if adapter is None else adapter.scale
        self._change("UPDATE conversations SET adapter = ?, adapter_scale = ? WHERE id = ?", path, scale, conversation)

    def discard(self, conversation: ConversationId) -> None:
        """Move a conversation to the trash, out of which `restore` brings it back as it was."""
        self._change("UPDATE conversations SET trashed = coalesce(trashed, ?) WHERE id = ?", time.time(), conversation)

    def restore(self, conversation: ConversationId) -> None:
        """Bring a conversation back from the trash; one that is not in it stays as it is."""
        self._change("UPDATE conversations SET trashed = NULL WHERE id = ?", conversation)

    def delete(self, conversation: ConversationId) -> None:
        """Delete a conversation for good, with all its branches: no word of it stays in the vault's files."""
        self._forget()
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

        What an answer says in its own words stays: that is the person's conversation; what it only quotes goes.
        To be called before the document is removed, so that after a crash in between it is still listed and can be
        removed again.
        """
        self._forget()
        with self._vault.write() as connection:
            quoting = connection.execute(
                "SELECT id, text, citations, claims FROM turns WHERE EXISTS (SELECT 1 FROM json_each(turns.citations)"
                " WHERE json_extract(json_each.value, '$.document_id') = ?)",
                (document,),
            ).fetchall()
            connection.execute(
                "DELETE FROM sent WHERE EXISTS (SELECT 1 FROM json_each(sent.documents) WHERE value = ?)", (document,)
            )
            for turn, text, kept, claims in quoting:
                citations = kept_citations.decode(kept)
                gone = {citation.number for citation in citations if citation.document_id == document}
                left = kept_citations.without(citations, document)
                text, claims = kept_claims.without(text, kept_claims.decode(claims), gone)
                connection.execute(
                    "UPDATE turns SET text = ?, citations = ?, claims = ? WHERE id = ?",
                    (text, kept_citations.encode(left), kept_claims.encode(claims), turn),
                )
        self._vault.empty_log()
        return len(quoting)

    def _select(self, which: str) -> tuple[ConversationInfo, ...]:
        with self._vault.read() as connection:
            return tuple(rows.info(row) for row in connection.execute(f"{rows.INFO} {which}"))

    def _change(self, statement: str, *parameters: str | bytes | float | None) -> None:
        """Run a statement that changes exactly one conversation."""
        with self._vault.write() as connection:
            if connection.execute(statement, parameters).rowcount != 1:
                raise rows.no_conversation()


def _storable(text: str | None) -> str | None:
    return None if text is None else storable(text)
