"""Begins an answer, a line an event, and is slow enough to be killed in the middle; started by name."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from assistant.settings import Folders
from assistant.values import Role, Stop, Token, TurnState
from assistant.vault import Unlock, Vault
from tests.assistant.answering.fakes import ScriptedEngine
from tests.assistant.answering.way import Way, end


def main(folder: Path, name: str) -> None:
    """Make a conversation with a whole and a cut answer, then go `name`'s way, an event a line."""
    folders = Folders.inside(folder)
    vault = Vault.open(folders.data, Unlock(passphrase=lambda _: "a passphrase", use_keychain=False))
    way = Way(vault, folders)
    engine = ScriptedEngine(["Whole."], ["and ", "so ", "on ", "for ", "ever"])
    answering, conversation = way.built(engine), way.chat()
    first = end(answering.answer(conversation, "First?", Stop())).turn
    asked = way.conversations.append(conversation, Role.USER, "Second?")
    half = way.conversations.append(conversation, Role.ASSISTANT, "Half", TurnState.CUT, note="Cut off.")
    stop = Stop()
    events = {
        "answer": lambda: answering.answer(conversation, "Third?", stop),
        "again": lambda: answering.again(first, stop),
        "edit": lambda: answering.edit(asked, "Zweitens?", stop),
        "go_on": lambda: answering.go_on(half, stop),
    }[name]()
    words = 0
    for event in events:
        print(type(event).__name__, flush=True)
        words += isinstance(event, Token)
        # By the fourth word the first ones were kept; the fifth does not come, however long the kill takes.
        if isinstance(event, Token):
            time.sleep(0.6 if words < 4 else 600)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
