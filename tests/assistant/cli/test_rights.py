"""`privet export`, `import-chats`, `trash`, `erase` and `audit`, as a person uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.assistant.rights import exports
from tests.journeys.terminal import Terminal


def test_chats_come_in_go_to_the_trash_and_back_are_exported_and_erased(tmp_path: Path) -> None:
    here = Terminal.at(tmp_path)
    places = exports.every(tmp_path / "exports")
    brought = here.run("import-chats", *map(str, places.values()), str(tmp_path / "nothing"))
    assert brought.returncode == 1 and "5 conversations were brought in" in brought.stdout, brought.stderr
    assert "nothing: It could not be read." in brought.stdout
    removed = here.run("conversations", "--delete", "2")
    assert "privet trash --restore 2" in removed.stderr and "Hedges" in removed.stdout
    assert "Hedges" in here.run("trash").stdout
    assert here.json("trash", "--restore", "2") == []
    assert here.run("conversations", "--delete", "2").returncode == 0
    assert "The trash is empty." in here.run("trash", "--empty").stdout
    exported = here.run("export", str(tmp_path / "out"))
    assert exported.returncode == 0 and "not encrypted" in exported.stdout, exported.stderr
    assert len(json.loads((tmp_path / "out" / "conversations.json").read_text(encoding="utf-8"))) == 4
    certificate = tmp_path / "certificate.txt"
    assert here.run("erase", "--certificate", str(certificate)).returncode == 1  # nobody was asked
    erased = here.run("erase", "--certificate", str(certificate), "--yes")
    assert erased.returncode == 0, erased.stderr
    assert "vault.db" in certificate.read_text(encoding="utf-8")
    assert not list(here.home.rglob("*.db"))


@pytest.mark.model
def test_an_answer_is_logged_without_its_words_where_the_log_is_on(tmp_path: Path, embedded_chat: Path) -> None:
    here = Terminal.at(tmp_path)
    (here.home / "config").mkdir(parents=True)
    (here.home / "config" / "settings.toml").write_text("audit_log = true\nmax_answer_tokens = 16\n", encoding="utf-8")
    asked = here.run("ask", "Say zanzibarquokka.", "--model-only")
    assert asked.returncode == 0, asked.stderr
    verdict = here.json("audit", "verify")
    assert isinstance(verdict, dict) and (verdict["entries"], verdict["broken"]) == (1, None)
    shown = here.run("audit", "show").stdout
    entry = json.loads(shown)
    assert len(entry["model_sha256"]) == 64 and entry["conversation"] == 1 and entry["settings"]["temperature"] == 0.2
    assert entry["workspace"] == 1 and "scope" not in entry
    assert "zanzibarquokka" not in shown
    saw = here.json("conversations", "--saw", "1")
    assert isinstance(saw, dict)
    prompt = "".join(piece["text"] for piece in saw["prompt"])
    assert "<|im_start|>user\nSay zanzibarquokka.<|im_end|>" in prompt and prompt.endswith("<|im_start|>assistant\n")
    assert sum(saw["tokens"].values()) == saw["window"] and saw["cut"] == []
    target = tmp_path / "chat.docx"
    assert here.run("conversations", "--export", "1", "docx", "--to", str(target)).returncode == 0
    assert target.read_bytes().startswith(b"PK") and target.stat().st_mode & 0o077 == 0
    assert here.run("conversations", "--export", "1", "pdf").returncode == 1
    reports = here.json("conversations", "--wrong", "1", "It is no word.")
    assert here.run("conversations", "--not-wrong", "999").returncode == 1
    assert isinstance(reports, list)
    assert [(one["question"], one["wrong"]) for one in reports] == [("Say zanzibarquokka.", "It is no word.")]
    assert here.json("conversations", "--not-wrong", str(reports[0]["turn"])) == []
