"""A first start cut off at each of its steps, and a vault of which a half is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import VaultDamaged
from assistant.vault import Vault
from tests.assistant.vault.opening import open_vault


def note(vault: Vault) -> None:
    with vault.write() as connection:
        connection.execute("INSERT INTO meta (key, value) VALUES ('a', '1')")


def notes(vault: Vault) -> list[tuple[str, str]]:
    with vault.read() as connection:
        return [(row[0], row[1]) for row in connection.execute("SELECT key, value FROM meta")]


@pytest.mark.parametrize("unfinished", [b"", b"half a database"])
def test_cut_off_before_there_are_keys_it_begins_anew(tmp_path: Path, unfinished: bytes) -> None:
    (tmp_path / "vault.db.new").write_bytes(unfinished)
    (tmp_path / "vault.db.new-wal").write_bytes(unfinished)
    (tmp_path / "keys.json.tmp").write_bytes(b"{")
    assert not Vault.exists(tmp_path)
    with open_vault(tmp_path) as vault:
        note(vault)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys.json", "vault.db", "vault.lock"]


def test_cut_off_before_the_last_name_it_is_finished(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        note(vault)
    (tmp_path / "vault.db").rename(tmp_path / "vault.db.new")
    with open_vault(tmp_path) as vault:
        assert notes(vault) == [("a", "1")]
    assert not (tmp_path / "vault.db.new").exists()


def test_a_leftover_never_takes_the_place_of_a_database(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        note(vault)
    (tmp_path / "vault.db.new").write_bytes(b"something else")
    with open_vault(tmp_path) as vault:
        assert notes(vault) == [("a", "1")]


@pytest.mark.parametrize("missing", ["keys.json", "vault.db"])
def test_half_a_vault_is_said_and_left_as_it_is(tmp_path: Path, missing: str) -> None:
    open_vault(tmp_path).close()
    (tmp_path / missing).rename(tmp_path / "elsewhere")
    left = "vault.db" if missing == "keys.json" else "keys.json"
    before = (tmp_path / left).read_bytes()
    assert Vault.exists(tmp_path)
    with pytest.raises(VaultDamaged) as caught:
        open_vault(tmp_path)
    assert missing in caught.value.what
    assert (tmp_path / left).read_bytes() == before and not (tmp_path / missing).exists()
    (tmp_path / "elsewhere").rename(tmp_path / missing)
    open_vault(tmp_path).close()
