"""What can be done with an answer, in memory: `calls` says what was asked."""

from __future__ import annotations

from pathlib import Path

from assistant.values import ConversationId, Report, TurnId


class ScriptedTaking:
    """Writes the name of the form; `saved` holds what was written where."""

    def __init__(self) -> None:
        self.saved: dict[Path, bytes] = {}

    def answer(self, turn: TurnId, form: str) -> bytes:
        return f"<p>answer {turn} as {form}</p>".encode()

    def conversation(self, conversation: ConversationId, form: str) -> bytes:
        return f"<p>conversation {conversation} as {form}</p>".encode()

    def save(self, path: Path, data: bytes) -> None:
        self.saved[path] = data


class ScriptedReports:
    """Reports in memory."""

    def __init__(self) -> None:
        self.kept: dict[TurnId, str] = {}

    def add(self, turn: TurnId, wrong: str) -> None:
        self.kept[turn] = wrong

    def take_back(self, turn: TurnId) -> None:
        del self.kept[turn]

    def list(self) -> tuple[Report, ...]:
        return tuple(
            Report(turn, 1_790_000_000.0 + turn, wrong, "How many?", "Nine.", ("a.pdf, page 1: Four.",))
            for turn, wrong in self.kept.items()
        )
