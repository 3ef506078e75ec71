"""How the window's process opens the vault: after a lock, with a backup in its place, and everything erased."""

from __future__ import annotations

from pathlib import Path

from assistant.app import Privet
from assistant.settings import Folders
from tests.assistant.vault.opening import PASSPHRASE, open_vault
from tests.ui.fakes import ScriptedRequest
from ui.app import _erase, _open, _Start
from ui.ports import PassphraseRequest


def test_a_backup_is_restored_and_opened_by_one_passphrase(tmp_path: Path, embedded_embedder: Path) -> None:
    with open_vault(tmp_path / "old") as vault:
        vault.remember("a", "1")
        vault.back_up(tmp_path / "all.privet")
    asked: list[PassphraseRequest] = []

    def ask(request: PassphraseRequest) -> str:
        asked.append(request)
        return PASSPHRASE

    start = _Start(Folders.inside(tmp_path / "home"), False, tmp_path / "all.privet")
    privet = _open(start, ask)
    assert isinstance(privet, Privet) and privet.vault.recall("a") == "1"
    assert len(asked) == 1 and start.backup is None
    privet.close()


def test_everything_is_erased_and_the_certificate_says_what(tmp_path: Path) -> None:
    folders = Folders.inside(tmp_path / "home")
    open_vault(folders.data).close()
    said = _erase(folders, tmp_path / "certificate.txt")
    assert said == f"Everything was erased. The certificate is {tmp_path / 'certificate.txt'}."
    assert "vault.db" in (tmp_path / "certificate.txt").read_text(encoding="utf-8")
    with open_vault(folders.data):
        assert "is already open" in _erase(folders, tmp_path / "other.txt")
    assert not ScriptedRequest(False).new
