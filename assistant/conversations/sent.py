"""What a model was given for each answer, kept packed beside it, and the answers a person reported as wrong."""

from __future__ import annotations

import json
import time
import zlib
from dataclasses import asdict
from typing import Final

from assistant.conversations import citations as kept_citations
from assistant.conversations import rows
from assistant.errors import BadInput
from assistant.values import ContextUse, DocumentId, Report, Role, Sent, TurnId
from assistant.vault import Vault, storable

_LARGEST: Final = 64 << 20  # bytes of a prompt, unpacked


class SentPrompts:
    """The prompts of a vault's answers. One goes with its turn, and with each document whose words stand in it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def keep(self, turn: TurnId, sent: Sent) -> None:
        """Keep what was sent for a turn, in place of what was kept before. Raises NotFound."""
        pieces = zlib.compress(json.dumps(sent.pieces).encode())
        about = {"model": sent.model, "use": asdict(sent.use), "cut": sent.cut, "why": sent.why}
        with self._vault.write() as connection:
            rows.conversation_of(connection, turn)
            connection.execute(
                "INSERT OR REPLACE INTO sent (turn, pieces, about, documents) VALUES (?, ?, ?, ?)",
                (turn, pieces, storable(json.dumps(about, ensure_ascii=False)), json.dumps(sorted(sent.documents))),
            )

    def of(self, turn: TurnId) -> Sent | None:
        """What was sent for a turn; None where that is not kept, or was removed with a document."""
        with self._vault.read() as connection:
            row = connection.execute("SELECT pieces, about, documents FROM sent WHERE turn = ?", (turn,)).fetchone()
        if row is None:
            return None
        pieces = json.loads(zlib.decompressobj().decompress(bytes(row[0]), _LARGEST))
        about = json.loads(row[1])
        return Sent(
            tuple((str(text), bool(markup)) for text, markup in pieces),
            str(about["model"]),
            ContextUse(**about["use"]),
            tuple(about["cut"]),
            str(about["why"]),
            frozenset(DocumentId(one) for one in json.loads(row[2])),
        )


class Reports:
    """Answers that a person reported as wrong; a report goes with its answer."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def add(self, turn: TurnId, wrong: str) -> None:
        """Keep that this answer is wrong, and how, in a person's words; said again, the new words stand.

        Raises NotFound, BadInput for a question.
        """
        with self._vault.write() as connection:
            rows.conversation_of(connection, turn)
            role = connection.execute("SELECT role FROM turns WHERE id = ?", (turn,)).fetchone()
            if role is None or role[0] != Role.ASSISTANT:
                raise BadInput("Only an answer can be reported as wrong.", "Choose an answer.")
            connection.execute(
                "INSERT OR REPLACE INTO reports (turn, created, wrong) VALUES (?, ?, ?)",
                (turn, time.time(), storable(wrong.strip())),
            )

    def take_back(self, turn: TurnId) -> None:
        """Forget a report."""
        with self._vault.write() as connection:
            connection.execute("DELETE FROM reports WHERE turn = ?", (turn,))

    def list(self) -> tuple[Report, ...]:
        """Every report, the newest first, with its question, answer and passages as they are kept now."""
        with self._vault.read() as connection:
            found = connection.execute(
                "SELECT reports.turn, reports.created, wrong, coalesce(asked.text, ''), said.text, said.citations"
                " FROM reports JOIN turns AS said ON said.id = reports.turn"
                " LEFT JOIN turns AS asked ON asked.id = said.parent ORDER BY reports.created DESC, reports.turn DESC"
            ).fetchall()
        return tuple(
            Report(
                int(turn), float(created), str(wrong), str(question), str(answer),
                tuple(
                    ", ".join(filter(None, (one.document, one.place))) + f": {one.text}"
                    for one in kept_citations.decode(str(citations))
                ),
            )
            for turn, created, wrong, question, answer, citations in found
        )  # fmt: skip
