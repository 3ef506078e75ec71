"""Everything taken along, let lapse, and erased with a certificate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assistant.conversations import Conversations
from assistant.errors import BadInput, VaultInUse
from assistant.rights import erase_everything, export_everything, let_lapse
from assistant.settings import Folders, Settings, options
from assistant.values import Citation, ConversationId, DocumentId, DocumentInfo, Exported, Role, Stop, TurnId
from assistant.vault import Vault
from tests.assistant.vault.opening import open_vault

DAY = 86_400.0
DOCUMENT = DocumentInfo(
    DocumentId(1), Path("/home/somebody/estate.pdf"), "estate.pdf", 2, 2, 900, 1200.5, ("Scanned.",)
)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders.inside(tmp_path / "home")


@pytest.fixture
def vault(folders: Folders) -> Iterator[Vault]:
    vault = open_vault(folders.data)
    yield vault
    vault.close()


def talk(conversations: Conversations, title: str) -> ConversationId:
    made = conversations.create(title)
    asked = conversations.append(made, Role.USER, "Who planted the hedge?")
    cited = Citation(1, "estate.pdf", "page 1", 1, "Planted in 1874\nby Ottilie.", 0.5, DocumentId(1))
    conversations.append(made, Role.ASSISTANT, "Nobody knows.")
    conversations.append(made, Role.ASSISTANT, "Ottilie. [1]", citations=(cited,), beside=_last(conversations, made))
    assert asked
    return made


def _last(conversations: Conversations, made: ConversationId) -> TurnId:
    return conversations.turns(made)[-1].id


def test_everything_is_written_and_versions_are_not_lost(tmp_path: Path, vault: Vault, folders: Folders) -> None:
    conversations = Conversations(vault)
    kept = talk(conversations, "A/b: ../c")
    trashed = conversations.create("In the trash")
    conversations.discard(trashed)
    target = tmp_path / "out"
    events = list(export_everything(target, conversations, [DOCUMENT], Settings(folders), Stop()))
    assert events == [Exported(1, 2), Exported(2, 2)]
    assert sorted(path.name for path in target.iterdir()) == [
        "README.txt", "conversations", "conversations.json", "documents.json", "reports.json", "settings.json",
    ]  # fmt: skip
    first, second = json.loads((target / "conversations.json").read_text(encoding="utf-8"))
    assert (first["id"], second["id"]) == (kept, trashed) and second["trashed"] is not None
    assert [(turn["text"], turn["shown"]) for turn in first["turns"]] == [
        ("Who planted the hedge?", True), ("Nobody knows.", False), ("Ottilie. [1]", True),
    ]  # fmt: skip
    assert first["turns"][2]["citations"][0]["document"] == "estate.pdf"
    (page,) = (target / "conversations").glob(f"{kept:04}*.md")
    assert page.name == f"{kept:04} A b .. c.md"
    text = page.read_text(encoding="utf-8")
    assert "Ottilie. [1]" in text and "> Planted in 1874\n> by Ottilie." in text and "Nobody knows" not in text
    (document,) = json.loads((target / "documents.json").read_text(encoding="utf-8"))
    assert document["path"] == "/home/somebody/estate.pdf"
    assert json.loads((target / "settings.json").read_text(encoding="utf-8"))["theme"]["source"] == "default"
    assert {path.stat().st_mode & 0o777 for path in target.rglob("*") if path.is_file()} == {0o600}


def test_a_folder_with_something_in_it_is_left_as_it_is(tmp_path: Path, vault: Vault, folders: Folders) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine", encoding="utf-8")
    with pytest.raises(BadInput):
        list(export_everything(tmp_path / "out", Conversations(vault), [], Settings(folders), Stop()))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


@dataclass
class Looks:
    """The looks at the clock of one vault."""

    conversations: Conversations
    settings: Settings
    kept: dict[str, str] = field(default_factory=dict)
    asked: list[float] = field(default_factory=list)

    def removed_before(self, when: float) -> int:
        """Collections that went to the trash before `when` are to go."""
        self.asked.append(when)
        return 0

    def at(self, now: float) -> list[ConversationId]:
        """What is there after a look at `now`."""
        let_lapse(
            self.conversations, self.settings, self.kept.__setitem__, self.kept.get, lambda: now, self.removed_before
        )
        return [info.id for info in (*self.conversations.list(), *self.conversations.trashed())]


def test_a_look_on_the_same_day_writes_nothing_so_that_no_backup_is_due(vault: Vault, folders: Folders) -> None:
    looks = Looks(Conversations(vault), Settings(folders))
    looks.at(1_000.0)
    noted = dict(looks.kept)
    looks.at(1_000.0 + 0.9 * DAY)
    assert looks.kept == noted
    looks.at(1_000.0 + 1.1 * DAY)
    assert looks.kept != noted
    later = dict(looks.kept)
    looks.at(500.0)  # the clock went back
    assert looks.kept != later


def test_the_trash_lapses_after_its_days_and_what_is_not_in_it_stays(vault: Vault, folders: Folders) -> None:
    conversations = Conversations(vault)
    stays, goes = talk(conversations, "Stays"), talk(conversations, "Goes")
    conversations.discard(goes)
    (info,) = conversations.trashed()
    assert info.trashed is not None
    looks = Looks(conversations, Settings(folders))
    days = Settings(folders).get(options.TRASH_DAYS)
    assert looks.at(info.trashed) == [stays, goes]
    assert looks.at(info.trashed + (days - 1) * DAY) == [stays, goes]
    assert looks.asked == [info.trashed - DAY]
    assert looks.at(info.trashed + (days + 1) * DAY) == [stays]


def test_conversations_lapse_where_a_time_is_set(vault: Vault, folders: Folders) -> None:
    conversations = Conversations(vault)
    old = talk(conversations, "Old")
    looks = Looks(conversations, Settings(folders, {"retention_days": 30}))
    changed = conversations.conversation(old).changed
    assert looks.at(changed) == [old] and looks.at(changed + 29 * DAY) == [old]
    assert looks.at(changed + 31 * DAY) == []


@pytest.mark.parametrize("leap", [10 * 365 * DAY, -10 * 365 * DAY])
def test_a_clock_that_leaps_erases_nothing_at_first(vault: Vault, folders: Folders, leap: float) -> None:
    conversations = Conversations(vault)
    kept = talk(conversations, "Kept")
    changed = conversations.conversation(kept).changed
    looks = Looks(conversations, Settings(folders, {"retention_days": 30}))
    assert looks.at(changed) == [kept]
    assert looks.at(changed + leap) == [kept]
    assert looks.at(changed + DAY) == [kept]  # set right again


def test_everything_is_erased_and_the_certificate_names_it(folders: Folders, tmp_path: Path) -> None:
    with open_vault(folders.data) as vault:
        talk(Conversations(vault), "A chat")
        vault.back_up_if_changed(3)
        with pytest.raises(VaultInUse):
            erase_everything(folders, models=False)
    Settings(folders).set(options.THEME, "dark")
    (folders.data / "index" / "gen-000001").mkdir(parents=True)
    (folders.data / "index" / "gen-000001" / "data.bin").write_bytes(b"numbers")
    folders.models.mkdir(parents=True)
    (folders.models / "mine.gguf").write_bytes(b"weights")
    (folders.data / "not ours.txt").write_text("a person's", encoding="utf-8")
    outside = tmp_path / "outside.txt"
    outside.write_text("outside", encoding="utf-8")
    folders.cache.mkdir(parents=True)
    (folders.cache / "link").symlink_to(outside)
    certificate = erase_everything(folders, models=False)
    names = {Path(path).name for path, _, _ in certificate.files}
    assert {"vault.db", "keys.json", "settings.toml", "data.bin", "link"} <= names
    assert any(name.endswith(".privet") for name in names)
    assert certificate.left == ((str(folders.data / "not ours.txt"), "not Privet's"),)
    left = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert sorted(path.name for path in left) == ["mine.gguf", "not ours.txt"]
    assert outside.read_text(encoding="utf-8") == "outside"
    text = certificate.text()
    assert "Certificate of erasure" in text and "keys were removed first" in text and "SHA-256" in text
    erase_everything(folders, models=True)
    assert not (folders.models / "mine.gguf").exists()
    assert not Vault.exists(folders.data)
