"""`privet vault` as a person uses it: status, ways in, a recovery key, a backup carried elsewhere, new keys."""

from __future__ import annotations

import json
from pathlib import Path

from tests.journeys.terminal import Terminal


def words_of(printed: str) -> str:
    """The recovery key in what was printed, as somebody would copy it."""
    lines = [line for line in printed.splitlines() if line.startswith("    ")]
    return " ".join(lines)


def test_from_the_first_status_to_another_computer_and_new_keys(tmp_path: Path) -> None:
    here = Terminal.at(tmp_path)
    status = here.run("vault", "status")
    assert status.returncode == 0, status.stderr
    assert "encrypted" in status.stdout and "There is no recovery key" in status.stdout
    printed = here.run("vault", "recovery").stdout
    assert " 1. " in printed and "24. " in printed
    assert here.json("vault", "ways") == [
        {"kind": "passphrase", "words": "a passphrase"},
        {"kind": "recovery", "words": "a recovery key"},
    ]
    made = here.json("vault", "backup", str(tmp_path / "all.privet"))
    assert isinstance(made, dict) and made["portable"] is True
    checked = here.run("vault", "check")
    assert checked.returncode == 0 and checked.stdout.count("ok") >= 2  # the vault, and a backup from closing
    assert here.run("vault", "check", str(tmp_path / "all.privet")).returncode == 0

    (tmp_path / "there").mkdir()
    there = Terminal.at(tmp_path / "there")
    there.passphrase.write_text(words_of(printed) + "\n", encoding="utf-8")
    restored = there.run("vault", "restore", str(tmp_path / "all.privet"))
    assert restored.returncode == 0 and "recovery key" in restored.stdout, restored.stderr
    new = tmp_path / "new.txt"
    new.write_text("another passphrase\n", encoding="utf-8")
    assert there.run("vault", "ways", "--set-passphrase", "--new-passphrase-file", str(new)).returncode == 0
    there.passphrase.write_text("another passphrase\n", encoding="utf-8")
    rekeyed = there.run("vault", "rekey", "--yes", "--json")
    assert rekeyed.returncode == 0, rekeyed.stderr
    assert len(json.loads(rekeyed.stdout)["recovery_key"].split()) == 24
    assert there.run("vault", "check").returncode == 0


def test_faults_are_two_sentences(tmp_path: Path) -> None:
    here = Terminal.at(tmp_path)
    (tmp_path / "bad.privet").write_text("no backup", encoding="utf-8")
    for arguments in (
        ("restore", str(tmp_path / "bad.privet")),
        ("restore", str(tmp_path / "missing.privet")),
        ("ways", "--remove", "passphrase"),
        ("ways", "--set-passphrase"),
    ):
        done = here.run("vault", *arguments)
        assert done.returncode == 1 and done.stderr.count(".") >= 2 and "Traceback" not in done.stderr
