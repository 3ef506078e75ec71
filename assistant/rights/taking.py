"""One answer, or one conversation, to take along as a file."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from assistant.conversations import Conversations
from assistant.errors import BadInput, DiskFull, EnvironmentFault
from assistant.rights.written import Form, written
from assistant.values import ConversationId, Role, TurnId


class Taking:
    """Writes what a person points at, in the form that they choose. What it writes is not encrypted."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    def answer(self, turn: TurnId, form: str) -> bytes:
        """An answer with its references. Raises NotFound, BadInput."""
        said = self._conversations.turn(turn)
        question = next((one.text for one in reversed(self._conversations.until(turn)[:-1])), "")
        return written([said], _form(form), " ".join(question.split())[:200])

    def conversation(self, conversation: ConversationId, form: str) -> bytes:
        """The branch of a conversation that is shown. Raises NotFound, BadInput."""
        info = self._conversations.conversation(conversation)
        turns = [turn for turn in self._conversations.turns(conversation) if turn.role is not Role.SYSTEM]
        return written(turns, _form(form), info.title)

    def save(self, path: Path, data: bytes) -> None:
        """Write a file that only its owner may read. Raises DiskFull, EnvironmentFault."""
        beside = path.with_name(f".{path.name}.part")
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        except OSError as error:
            beside.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(f"There is no room for {path}.", "Make some room, or choose another disk.") from error
            raise EnvironmentFault(
                f"Privet could not write {path}.", "Choose a folder that you may write to."
            ) from error


def _form(name: str) -> Form:
    try:
        return Form(name)
    except ValueError as error:
        raise BadInput(f"There is no form {name}.", f"Choose one of: {', '.join(Form)}.") from error
