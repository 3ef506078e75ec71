"""Backups made, rotated, verified, carried to another computer, and restored in the place of a vault or of none."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.conversations import Conversations
from assistant.errors import DiskFull, VaultDamaged, VaultNewer, WrongPassphrase
from assistant.values import ConversationId
from assistant.vault import Unlock, Vault, backup, kept, look, migrations, restore, rotation
from tests.assistant.vault.opening import CHEAP, Asked, by_passphrase, open_vault
from tests.assistant.vault.versions import ANSWER, KEPT

CANARY = "zanzibarquokka"


def put(vault: Vault, key: str) -> None:
    with vault.write() as connection:
        connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, CANARY))


def noted(folder: Path, unlock: Unlock | None = None) -> set[str]:
    with Vault.open(folder, unlock or by_passphrase()) as vault, vault.read() as connection:
        return {row[0] for row in connection.execute("SELECT key FROM meta")}


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("vault.lock"))


def test_a_backup_is_one_encrypted_file_that_says_what_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with open_vault(tmp_path / "data") as vault:
        put(vault, "a")
        about = vault.back_up(tmp_path / "mine.privet", lambda done, total: told.append((done, total)))
        put(vault, "b")
    assert look(tmp_path / "mine.privet") == about and about.schema == migrations.LATEST
    assert told and told[-1][0] == told[-1][1] > 10
    content = (tmp_path / "mine.privet").read_bytes()
    assert CANARY.encode() not in content and b"SQLite format 3" not in content
    assert files(tmp_path) == ["data", "mine.privet"] and files(tmp_path / "data") == ["keys.json", "vault.db"]
    assert restore(tmp_path / "mine.privet", tmp_path / "data", by_passphrase()) == "passphrase"
    assert noted(tmp_path / "data") == {"a"}


def test_on_another_computer_the_recovery_key_opens_it(tmp_path: Path) -> None:
    with open_vault(tmp_path / "old") as vault:
        put(vault, "a")
        words = vault.ways.new_recovery_key()
        vault.back_up(tmp_path / "mine.privet")
    shutil.rmtree(tmp_path / "old")
    way = restore(tmp_path / "mine.privet", tmp_path / "new", Unlock(Asked(words), use_keychain=False))
    assert way == "recovery key"
    with Vault.open(tmp_path / "new", Unlock(Asked(words), use_keychain=False)) as vault:
        vault.ways.set_passphrase("on this computer", CHEAP)
    assert noted(tmp_path / "new", by_passphrase("on this computer")) == {"a"}


def test_what_is_replaced_is_set_aside_and_the_passphrase_of_today_stays(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with open_vault(data) as vault:
        put(vault, "a")
        vault.back_up(tmp_path / "mine.privet")
        put(vault, "b")
        vault.ways.set_passphrase("of today", CHEAP)
    restore(tmp_path / "mine.privet", data, by_passphrase("of today"))
    assert noted(data, by_passphrase("of today")) == {"a"}
    (aside,) = (data / rotation.FOLDER).iterdir()
    assert noted(aside, by_passphrase("of today")) == {"a", "b"}


def test_another_vaults_backup_brings_its_own_keys(tmp_path: Path) -> None:
    with Vault.open(tmp_path / "theirs", by_passphrase("theirs")) as vault:
        put(vault, "theirs")
        vault.back_up(tmp_path / "theirs.privet")
    with open_vault(tmp_path / "data") as vault:
        put(vault, "mine")
    with pytest.raises(WrongPassphrase):
        restore(tmp_path / "theirs.privet", tmp_path / "data", by_passphrase("wrong"))
    assert noted(tmp_path / "data") == {"mine"}
    restore(tmp_path / "theirs.privet", tmp_path / "data", by_passphrase("theirs"))
    assert noted(tmp_path / "data", by_passphrase("theirs")) == {"theirs"}


@pytest.mark.parametrize("version", sorted(folder.name for folder in KEPT.iterdir()))
def test_a_backup_of_every_version_is_restored(tmp_path: Path, version: str) -> None:
    old = KEPT / version
    sums = {name: backup.sum_of(old / name) for name in ("keys.json", "vault.db")}
    keys = (old / "keys.json").read_bytes()
    about = backup.About(0.0, int(version), json.loads(keys)["identity"], "", sums)
    backup.pack(old / "vault.db", keys, about, tmp_path / "old.privet")
    restore(tmp_path / "old.privet", tmp_path / "data", by_passphrase())
    with open_vault(tmp_path / "data") as vault:
        assert Conversations(vault).turns(ConversationId(2))[-1].text == ANSWER
        assert vault.file_check()
    (before,) = kept(tmp_path / "data")
    assert before.why == f"upgrade{version}" and look(before.path).schema == int(version)


def test_the_first_backup_ever_shipped_is_restored(tmp_path: Path) -> None:
    restore(KEPT.with_name("kept_backups") / "1.privet", tmp_path / "data", by_passphrase())
    with open_vault(tmp_path / "data") as vault:
        assert Conversations(vault).turns(ConversationId(2))[-1].text == ANSWER


def test_what_is_no_backup_or_damaged_is_said_and_nothing_is_changed(tmp_path: Path) -> None:
    with open_vault(tmp_path / "data") as vault:
        put(vault, "a")
        vault.back_up(tmp_path / "good.privet")
    good = (tmp_path / "good.privet").read_bytes()
    broken = {"empty": b"", "text": b"hello", "cut": good[:-3000], "half": good[: len(good) // 2]}
    for place in range(2_000, len(good), len(good) // 7):
        broken[f"flipped at {place}"] = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
    before = (tmp_path / "data" / "vault.db").read_bytes()
    for content in broken.values():
        (tmp_path / "bad.privet").write_bytes(content)
        with pytest.raises(VaultDamaged):
            restore(tmp_path / "bad.privet", tmp_path / "data", by_passphrase())
    with pytest.raises(VaultDamaged):
        restore(tmp_path / "missing.privet", tmp_path / "data", by_passphrase())
    assert (tmp_path / "data" / "vault.db").read_bytes() == before
    assert files(tmp_path / "data") == ["keys.json", "vault.db"]


@pytest.mark.parametrize("where", ["container", "schema"])
def test_a_newer_backup_is_refused_with_a_sentence(tmp_path: Path, where: str) -> None:
    with open_vault(tmp_path / "data") as vault:
        if where == "schema":
            with vault.write() as connection:
                connection.execute("PRAGMA user_version = 99")
        vault.back_up(tmp_path / "new.privet")
    if where == "container":
        with zipfile.ZipFile(tmp_path / "new.privet") as old, zipfile.ZipFile(tmp_path / "n", "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name).replace(b'"format": 1', b'"format": 2'))
        (tmp_path / "n").replace(tmp_path / "new.privet")
    open_vault(tmp_path / "other").close()
    with pytest.raises(VaultNewer):
        restore(tmp_path / "new.privet", tmp_path / "other", by_passphrase())
    open_vault(tmp_path / "other").close()


def test_a_compressed_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.privet", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("about.json", "keys.json", "vault.db"):
            archive.writestr(name, bytes(1 << 24))
    with pytest.raises(VaultDamaged):
        look(tmp_path / "bomb.privet")


def test_closing_makes_one_only_where_something_changed(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        put(vault, "a")
        first = vault.back_up_if_changed(3)
        assert first is not None and vault.back_up_if_changed(3) is None
    with open_vault(tmp_path) as vault:
        assert vault.back_up_if_changed(3) is None
        put(vault, "b")
        first.rename(first.with_name("2020-01-01T000000Z.privet"))
        second = vault.back_up_if_changed(3)
        assert second is not None
    assert [one.day for one in kept(tmp_path)] == [second.name[:10], "2020-01-01"]
    with open_vault(tmp_path) as vault:
        assert vault.back_up_if_changed(0) is None
    assert kept(tmp_path) == ()


def test_a_week_of_use_leaves_a_week_of_days() -> None:
    def made(day: int, hour: int, why: str = "") -> rotation.Kept:
        return rotation.Kept(Path(f"{day:02}-{hour:02}"), f"2026-11-{day:02}", 1, why)

    there = [made(day, hour) for day in range(20, 10, -1) for hour in (18, 12, 9)]
    going = rotation.superfluous(there, 5)
    assert [one for one in there if one not in going] == [made(day, 18) for day in range(20, 15, -1)]
    today = [made(20, hour) for hour in (18, 12, 9)]
    assert rotation.superfluous(today, 5) == () and rotation.superfluous(today, 1) == tuple(today[1:])
    upgrades = [made(day, 1, "upgrade1") for day in (19, 18, 17)]
    assert rotation.superfluous([*today, *upgrades], 5) == (upgrades[2],)


def test_a_backup_on_a_full_disk_is_said_and_leaves_nothing(small_disk: Path, tmp_path: Path) -> None:
    with open_vault(tmp_path / "data") as vault:
        for number in range(200):
            with vault.write() as connection:
                connection.execute("INSERT INTO meta VALUES (?, ?)", (f"n{number}", "x" * 30_000))
        with pytest.raises(DiskFull):
            vault.back_up(small_disk / "mine.privet")
        assert list(small_disk.iterdir()) == []
        vault.back_up(tmp_path / "mine.privet")


def test_the_passphrase_of_then_opens_a_backup_whose_vault_has_another_now(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with open_vault(data) as vault:
        put(vault, "a")
        vault.back_up(tmp_path / "mine.privet")
        vault.ways.set_passphrase("of today, forgotten", CHEAP)
    restore(tmp_path / "mine.privet", data, replace(by_passphrase(), pause=lambda seconds: None))
    assert noted(data) == {"a"}
