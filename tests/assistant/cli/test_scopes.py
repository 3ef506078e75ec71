"""`privet workspaces`, and which documents a question goes to, as a person says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.app import Privet
from assistant.cli.chat import _Chat
from assistant.cli.main import EXIT_FAULT, EXIT_NOT_FOUND, EXIT_OK, main
from assistant.errors import BadInput, NotFound
from assistant.settings import Folders
from assistant.vault import Unlock


class Typed:
    """Commands typed in this process, over one home."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._passphrase = folder / "passphrase.txt"
        self._passphrase.write_text("correct horse\n", encoding="utf-8")
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str]:
        """The exit status, and all that was printed."""
        status = main(["--no-keychain", "--passphrase-file", str(self._passphrase), *words])
        said = self._capsys.readouterr()
        return status, said.out + said.err


@pytest.fixture
def typed(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    monkeypatch.setenv("PRIVET_HOME", str(tmp_path / "home"))
    return Typed(tmp_path, capsys)


@pytest.mark.model
def test_one_workspace_knows_nothing_of_another(typed: Typed, tmp_path: Path) -> None:
    secret, town = tmp_path / "secret.txt", tmp_path / "town.txt"
    secret.write_text("The code of the zeppelin hangar is 4711.", encoding="utf-8")
    town.write_text("The town hall opens at nine in the morning.", encoding="utf-8")
    assert typed("workspaces", "--create", "Client A")[0] == EXIT_OK
    assert typed("add", str(secret), "--workspace", "Client A")[0] == EXIT_OK
    assert typed("add", str(town))[0] == EXIT_OK
    question = "What is the code of the zeppelin hangar?"
    status, said = typed("ask", question, "--quotes")
    assert status == EXIT_NOT_FOUND and "4711" not in said
    status, said = typed("ask", question, "--quotes", "--document", "secret.txt")
    assert status == EXIT_FAULT and "There is no document secret.txt in this workspace." in said
    status, said = typed("ask", question, "--quotes", "--workspace", "Client A", "--json")
    assert status == EXIT_OK
    answer = json.loads(said)
    assert [one["document"] for one in answer["citations"]] == ["secret.txt"]
    there = str(answer["conversation"])
    status, said = typed("ask", question, "--quotes", "--conversation", there, "--workspace", "Personal")
    assert status == EXIT_FAULT and "belongs to another workspace" in said
    # A scope stays with its conversation.
    assert typed("ask", question, "--quotes", "--conversation", there, "--type", "pdf")[0] == EXIT_NOT_FOUND
    assert "Client A: 1 documents, 1 chat" in typed("workspaces")[1]


def test_a_collection_goes_to_the_trash_and_comes_back(typed: Typed) -> None:
    opening = Unlock(lambda _: "correct horse", use_keychain=False)
    # As if it had been read and learned before, which needs a model.
    with Privet.open(Folders.standard(), opening).vault as vault, vault.write() as connection:
        connection.execute("INSERT INTO collections (name) VALUES ('Leases')")
        connection.execute(
            "INSERT INTO documents (path, sha256, title, pages, size, added, warnings, collection)"
            " VALUES (x'2f61', '', 'lease.txt', 1, 1, 1, '[]', 1)"
        )
    assert "lease.txt" in typed("documents")[1]
    status, said = typed("collections", "--remove", "Leases")
    assert status == EXIT_OK and "privet trash --restore-collection" in said
    assert "lease.txt" not in typed("documents")[1]
    assert "the collection Leases: 1 document" in typed("trash")[1]
    assert typed("trash", "--restore-collection", "Leases")[0] == EXIT_OK
    assert "lease.txt" in typed("documents")[1]


def test_a_chat_is_narrowed_and_widened_by_lines(typed: Typed, capsys: pytest.CaptureFixture[str]) -> None:
    privet = Privet.open(Folders.standard(), Unlock(lambda _: "correct horse", use_keychain=False))
    try:
        client = privet.workspaces.create("Client A")
        leases = privet.documents.collections.create("Leases")
        chat = _Chat(privet, None, thoughts=False)
        assert chat.command("/scope in Leases type pdf since 2026")
        assert (chat.scope.collections, chat.scope.types, chat.scope.since) == ((leases,), ("pdf",), "2026-01-01")
        assert "the collection Leases, only pdf, changed since 2026-01-01 in the workspace Personal" in _out(capsys)
        for wrong in ("in Leases type", "in Nothing", 'in "Leases', "since soon", "by Leases"):
            with pytest.raises((BadInput, NotFound)):
                chat.command(f"/scope {wrong}")
        assert chat.command("/scope everything") and "search everything" in _out(capsys)
        assert chat.command("/workspace Client A")
        assert chat.workspace == client.id and "in the workspace Client A" in _out(capsys)
        with pytest.raises(NotFound):
            chat.command("/scope in Leases")  # that is not of this workspace
        assert chat.command("/pins")  # which begins the conversation
        assert chat.conversation is not None
        assert privet.conversations.conversation(chat.conversation).workspace == client.id
    finally:
        privet.close()


def _out(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())
