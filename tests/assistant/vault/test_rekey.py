"""New keys for a vault, with every way in kept, and a crash at each step leaving the old or the new."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from assistant.errors import PassphraseNeeded, PrivetError, WrongPassphrase
from assistant.vault import Unlock, Vault, creation, files, kept, keys
from tests.assistant.vault.opening import PASSPHRASE, Asked, by_passphrase, open_vault
from tests.assistant.vault.test_backup import noted, put


def derived(folder: Path) -> bytes:
    with open_vault(folder) as vault:
        return vault.derive("index", 32)


def test_the_same_data_lies_under_another_key_and_every_way_in_leads_there(tmp_path: Path) -> None:
    private = X25519PrivateKey.generate()
    with open_vault(tmp_path) as vault:
        put(vault, "a")
        old_words = vault.ways.new_recovery_key()
        vault.ways.follow_policy("Harrow Lane", private.public_key().public_bytes_raw())
        vault.back_up_if_changed(3)
    secret, old_file = derived(tmp_path), (tmp_path / "keys.json").read_bytes()
    told: list[tuple[int, int]] = []
    with open_vault(tmp_path) as vault:
        words = vault.rekey(by_passphrase(), lambda done, total: told.append((done, total)))
    assert words and words != old_words and told[-1][0] == told[-1][1]
    assert derived(tmp_path) != secret and kept(tmp_path) == ()
    assert noted(tmp_path) == {"a"}
    assert noted(tmp_path, Unlock(Asked(words), use_keychain=False)) == {"a"}
    assert noted(tmp_path, Unlock(organisation=private.private_bytes_raw())) == {"a"}
    with pytest.raises(WrongPassphrase):
        Vault.open(tmp_path, replace(by_passphrase(old_words), pause=lambda seconds: None))
    (tmp_path / "keys.json").write_bytes(old_file)  # the old keys lead nowhere any more
    with pytest.raises(PrivetError, match="damaged"):
        open_vault(tmp_path)


def test_a_wrong_passphrase_or_none_changes_nothing_and_the_vault_stays_open(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        put(vault, "a")
        before = (tmp_path / "keys.json").read_bytes()
        with pytest.raises(WrongPassphrase):
            vault.rekey(by_passphrase("wrong"))
        with pytest.raises(PassphraseNeeded):
            vault.rekey(Unlock(Asked(None), use_keychain=False))
        put(vault, "b")
        assert (tmp_path / "keys.json").read_bytes() == before
    assert noted(tmp_path) == {"a", "b"}


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(
    "step", ["copy", "before keys", "after keys", "before name", "after name"], ids=lambda step: step.replace(" ", "_")
)
def test_a_crash_at_each_step_leaves_the_old_or_the_new(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = open_vault(tmp_path)
    put(vault, "a")

    def crash(*arguments: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        match step:
            case "copy":
                patch.setattr("assistant.vault.backup.copy_database", crash)
            case "before keys":
                patch.setattr("assistant.vault.vault.write_atomically", crash)
            case "after keys":
                patch.setattr(Vault, "_disconnect", crash)
            case "before name":
                patch.setattr(creation, "rename_to_keep", crash)
            case "after name":
                patch.setattr("assistant.vault.vault.take_back", crash)
        with pytest.raises(Crash):
            vault.rekey(by_passphrase())
    # What the process held ends with it: the lock, and connections that never get to close.
    vault._lock.release()
    assert noted(tmp_path) == {"a"}
    left = sorted(path.name for path in tmp_path.iterdir() if not path.name.endswith(("-wal", "-shm", "ups")))
    assert left == ["keys.json", "vault.db", "vault.lock"]
    with open_vault(tmp_path) as again:
        put(again, "b")
        again.rekey(by_passphrase())
    assert noted(tmp_path) == {"a", "b"}


def test_a_log_of_the_database_before_is_never_taken_for_one_of_the_new(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        put(vault, "a")
        log = (tmp_path / "vault.db-wal").read_bytes()
        vault.rekey(by_passphrase())
    database = creation.beside(tmp_path)
    os.rename(tmp_path / "vault.db", database)
    (tmp_path / "vault.db").write_bytes(b"the database of before")
    (tmp_path / "vault.db-wal").write_bytes(log)
    file = keys.decode((tmp_path / "keys.json").read_bytes())
    files.write_atomically(tmp_path / "keys.json", replace(file, database=database.name).encode())
    assert noted(tmp_path) == {"a"} and PASSPHRASE
