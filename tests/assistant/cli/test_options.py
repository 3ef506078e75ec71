"""`privet settings`: shown, set, reset, and a person's own words not in clear."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.cli.main import EXIT_FAULT, EXIT_OK, main


def test_settings_are_shown_set_and_reset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVET_HOME", str(tmp_path / "home"))
    passphrase = tmp_path / "passphrase.txt"
    passphrase.write_text("correct horse\n", encoding="utf-8")

    def said(*words: str, status: int = EXIT_OK) -> str:
        assert main(["--no-keychain", "--passphrase-file", str(passphrase), "settings", *words]) == status
        captured = capsys.readouterr()
        return captured.out + captured.err

    assert "theme = system  (default)" in said()
    assert "lock_minutes = 5  (person)" in said("lock_minutes", "5")
    assert "is no value for" in said("lock_minutes", "soon", status=EXIT_FAULT)
    assert "There is no setting" in said("colour", status=EXIT_FAULT)
    assert "Zanzibarquokka" in said("instructions", "Zanzibarquokka")
    assert json.loads(said("instructions", "--json"))["instructions"]["source"] == "person"
    assert not any(b"Zanzibarquokka" in file.read_bytes() for file in (tmp_path / "home").rglob("*") if file.is_file())
    assert "(default)" in said("instructions", "--reset", "instructions")
