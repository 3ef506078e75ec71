"""Killed in the middle, each way to an answer leaves a sound tree: what was there stays, what was written is kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.conversations import Conversations
from assistant.settings import Folders
from assistant.values import ConversationId, TurnState
from assistant.vault import Unlock, Vault
from tests.conftest import PROJECT

CHAT = ConversationId(1)
BEFORE = ["First?", "Whole.", "Second?", "Half"]


@pytest.mark.parametrize("at", ["Started", "fourth Token"])
@pytest.mark.parametrize(
    ("way", "shown"),
    [
        ("answer", [*BEFORE, "Third?", ""]),
        ("again", ["First?", ""]),
        ("edit", ["First?", "Whole.", "Zweitens?", ""]),
        ("go_on", BEFORE),
    ],
)
def test_killed_at_any_moment(tmp_path: Path, way: str, shown: list[str], at: str) -> None:
    command = [sys.executable, "-m", "tests.assistant.answering.dying", str(tmp_path), way]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = [process.stdout.readline().strip()]
        while at != "Started" and seen.count("Token") < 4:
            seen.append(process.stdout.readline().strip())
        process.kill()
    assert seen[0] == "Started" and process.returncode == -9
    with Vault.open(Folders.inside(tmp_path).data, Unlock(lambda _: "a passphrase", use_keychain=False)) as vault:
        conversations = Conversations(vault)
        assert conversations.recover() == 1
        turns = conversations.turns(CHAT)
        written = "" if at == "Started" else "and so "
        assert [turn.text for turn in turns[:-1]] == shown[:-1]
        assert turns[-1].text.startswith(shown[-1] + written) and len(turns[-1].text) <= len("Halfand so on for")
        assert (turns[-1].state, bool(turns[-1].note)) == (TurnState.INTERRUPTED, True)
        first = conversations.turns(CHAT)[1].versions[0]
        assert (conversations.turn(first).text, conversations.turn(first).state) == ("Whole.", TurnState.COMPLETE)
        conversations.choose(first)
        if way != "answer":
            assert [turn.text for turn in conversations.turns(CHAT)][:2] == BEFORE[:2]
        assert vault.file_check()
