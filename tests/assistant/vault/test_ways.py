"""The ways into a vault: added, changed, removed, tried wrongly, and the one that is left when a keychain is gone."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from assistant.errors import BadInput, KeychainUnavailable, PassphraseNeeded, WrongPassphrase
from assistant.vault import Unlock, Vault, cost, keys, read_private_key
from tests.assistant.vault.opening import CHEAP, PASSPHRASE, Asked, by_passphrase, open_vault


def opened_by(folder: Path, *answers: str | None) -> str:
    """The way by which these answers open a vault."""
    with Vault.open(folder, Unlock(Asked(*answers), use_keychain=False, pause=lambda seconds: None)) as vault:
        return vault.way


def kinds(vault: Vault) -> list[str]:
    return [way.kind for way in vault.ways.list()]


def test_a_passphrase_is_changed_without_touching_the_database(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        before = (tmp_path / "vault.db").read_bytes()
        vault.ways.set_passphrase("another one", CHEAP)
        assert kinds(vault) == ["passphrase"]
        assert (tmp_path / "vault.db").read_bytes() == before
    assert opened_by(tmp_path, "another one") == "passphrase"
    with pytest.raises(WrongPassphrase):
        opened_by(tmp_path, PASSPHRASE, PASSPHRASE, PASSPHRASE)


def test_a_recovery_key_opens_in_the_passphrases_place_and_only_the_last_one(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        first = vault.ways.new_recovery_key()
        second = vault.ways.new_recovery_key()
        assert kinds(vault) == ["passphrase", "recovery"]
    assert second.encode() not in (tmp_path / "keys.json").read_bytes()
    assert opened_by(tmp_path, second) == "recovery key"
    typed = ", ".join(word[:4].upper() for word in second.split())
    assert opened_by(tmp_path, first, typed) == "recovery key"
    assert opened_by(tmp_path, PASSPHRASE) == "passphrase"


def test_where_the_keychain_is_gone_a_recovery_key_leads_back(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        words = vault.ways.new_recovery_key()
    file = keys.decode((tmp_path / "keys.json").read_bytes())
    lost = keys.wrap(file.identity, keys.KEYCHAIN, {"backend": "Gone"}, keys.new_key(), keys.new_key())
    only = tuple(way for way in file.ways if way.kind == keys.RECOVERY)
    (tmp_path / "keys.json").write_bytes(replace(file, ways=(lost, *only)).encode())
    with pytest.raises(PassphraseNeeded):
        Vault.open(tmp_path, Unlock())
    asked = Asked("not words", words.replace(words.split()[3], "zzzz", 1), words)
    with Vault.open(tmp_path, Unlock(asked, pause=lambda seconds: None)) as vault:
        assert vault.way == "recovery key"
        vault.ways.set_passphrase("a new one", CHEAP)
    first, second, third = asked.requests
    assert first.alone and first.recovery and "Gone" in first.why
    assert "24 words" in second.why and "Word 4" in third.why
    assert opened_by(tmp_path, "a new one") == "passphrase"


def test_what_opens_at_each_start_cannot_all_be_removed(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        vault.ways.new_recovery_key()
        with pytest.raises(BadInput):
            vault.ways.remove("passphrase")
        with pytest.raises(BadInput):
            vault.ways.remove("keychain")
        vault.ways.remove("recovery")
        assert kinds(vault) == ["passphrase"]
        with pytest.raises(BadInput):
            vault.ways.set_passphrase("")


def test_without_a_keychain_none_can_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with open_vault(tmp_path / "data") as vault:
        with pytest.raises(KeychainUnavailable):
            vault.ways.use_keychain()
        assert kinds(vault) == ["passphrase"]


def test_an_organisation_opens_with_its_own_key_and_the_person_is_told(tmp_path: Path) -> None:
    private, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    with open_vault(tmp_path) as vault:
        said = vault.ways.follow_policy("Harrow Lane", public)
        assert "Harrow Lane" in said and "can open your data" in said
        assert vault.ways.follow_policy("Harrow Lane", public) == ""
        assert kinds(vault) == ["passphrase", "organisation"]
        with pytest.raises(BadInput):
            vault.ways.remove("organisation")
    with Vault.open(tmp_path, Unlock(organisation=private.private_bytes_raw())) as vault:
        assert vault.way == "organisation: Harrow Lane"
    with pytest.raises(WrongPassphrase):
        Vault.open(tmp_path, Unlock(organisation=other.private_bytes_raw()))
    content = (tmp_path / "keys.json").read_bytes()
    (tmp_path / "keys.json").write_bytes(content.replace(b"Harrow Lane", b"Somebody else"))
    with pytest.raises(WrongPassphrase):  # nothing of the entry can be changed unnoticed
        Vault.open(tmp_path, Unlock(organisation=private.private_bytes_raw()))
    (tmp_path / "keys.json").write_bytes(content)
    with open_vault(tmp_path) as vault:
        assert "no longer" in vault.ways.follow_policy("", None)
        assert kinds(vault) == ["passphrase"]


def test_a_private_key_is_read_from_a_file_of_its_kind_only(tmp_path: Path) -> None:
    private = X25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    assert read_private_key(tmp_path / "key.pem") == private.private_bytes_raw()
    (tmp_path / "other.pem").write_bytes(pem[:40])
    for name in ("other.pem", "missing.pem"):
        with pytest.raises(BadInput):
            read_private_key(tmp_path / name)


def test_wrong_passphrases_slow_down_over_a_restart_and_a_right_one_forgives(tmp_path: Path) -> None:
    open_vault(tmp_path).close()
    paused: list[float] = []
    for turn in range(2):
        asked = Asked("wrong", "wrong too", "wrong again")
        with pytest.raises(WrongPassphrase):
            Vault.open(tmp_path, Unlock(asked, use_keychain=False, pause=paused.append))
        assert [request.wait > 0 for request in asked.requests] == ([False] * 3 if turn == 0 else [True] * 3)
    assert len(paused) == 3 and 0 < paused[0] <= 1 < paused[1] <= 2 < paused[2] <= 4
    Vault.open(tmp_path, replace(by_passphrase(), pause=paused.append)).close()
    assert len(paused) == 4
    Vault.open(tmp_path, replace(by_passphrase(), pause=paused.append)).close()
    assert len(paused) == 4 and not (tmp_path / "tries.json").exists()


def test_the_cost_of_a_passphrase_is_measured_and_never_below_what_the_rfc_asks(tmp_path: Path) -> None:
    measured = cost.measured()
    assert measured.memory_kib >= 64 << 10 and measured.passes >= 3 and measured.lanes == 4
    with open_vault(tmp_path) as vault:
        vault.ways.set_passphrase("one more")
    details = keys.decode((tmp_path / "keys.json").read_bytes()).ways[0].details
    assert (details["memory_kib"], details["passes"], details["lanes"]) == (
        measured.memory_kib,
        measured.passes,
        measured.lanes,
    )
    assert len(bytes.fromhex(str(details["salt"]))) == 16


def test_a_change_that_cannot_be_written_leaves_the_ways_as_they_were(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        (tmp_path / "keys.json.tmp").mkdir()
        (tmp_path / "keys.json.tmp" / "in the way").write_text("", encoding="utf-8")
        with pytest.raises(Exception, match=r"could not be read or written|not allowed"):
            vault.ways.set_passphrase("another one", CHEAP)
        os.remove(tmp_path / "keys.json.tmp" / "in the way")
        (tmp_path / "keys.json.tmp").rmdir()
    assert opened_by(tmp_path, PASSPHRASE) == "passphrase"
