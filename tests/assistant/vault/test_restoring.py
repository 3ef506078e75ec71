"""A restoring that is cut off at each of its steps leaves the vault of before or the one of the backup, whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.vault import creation, restore
from tests.assistant.vault.opening import by_passphrase, open_vault
from tests.assistant.vault.test_backup import noted, put
from tests.assistant.vault.test_rekey import Crash


@pytest.mark.parametrize("step", ["unpack", "aside", "before_keys", "before_name"])
def test_cut_off_at_each_step(tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_vault(tmp_path / "data") as vault:
        put(vault, "a")
        vault.back_up(tmp_path / "all.privet")
        put(vault, "b")

    def crash(*arguments: object, **more: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        match step:
            case "unpack":
                patch.setattr("assistant.vault.restoring._read_through", crash)
            case "aside":
                patch.setattr("assistant.vault.restoring._second_name", crash)
            case "before_keys":
                patch.setattr("assistant.vault.restoring.write_atomically", crash)
            case "before_name":
                patch.setattr(creation, "rename_to_keep", crash)
        with pytest.raises(Crash):
            restore(tmp_path / "all.privet", tmp_path / "data", by_passphrase())
    # With the keys in place the backup is the vault, whatever else was left to be done.
    assert noted(tmp_path / "data") == ({"a"} if step == "before_name" else {"a", "b"})
    left = sorted(path.name for path in (tmp_path / "data").iterdir() if path.name != "backups")
    assert left == ["keys.json", "vault.db", "vault.lock"]
    restore(tmp_path / "all.privet", tmp_path / "data", by_passphrase())
    assert noted(tmp_path / "data") == {"a"}


def test_a_backup_goes_over_a_vault_that_is_damaged(tmp_path: Path) -> None:
    with open_vault(tmp_path / "data") as vault:
        put(vault, "a")
        vault.back_up(tmp_path / "all.privet")
    (tmp_path / "data" / "vault.db").write_bytes(b"damaged")
    restore(tmp_path / "all.privet", tmp_path / "data", by_passphrase())
    assert noted(tmp_path / "data") == {"a"}


@pytest.mark.parametrize("missing", ["keys.json", "vault.db"])
def test_a_backup_goes_where_half_a_vault_is_missing(tmp_path: Path, missing: str) -> None:
    with open_vault(tmp_path / "data") as vault:
        put(vault, "a")
        vault.back_up(tmp_path / "all.privet")
    (tmp_path / "data" / missing).unlink()
    restore(tmp_path / "all.privet", tmp_path / "data", by_passphrase())
    assert noted(tmp_path / "data") == {"a"}


def test_a_backup_goes_where_keys_are_damaged(tmp_path: Path) -> None:
    with open_vault(tmp_path / "data") as vault:
        put(vault, "a")
        vault.back_up(tmp_path / "all.privet")
    (tmp_path / "data" / "keys.json").write_text("{", encoding="utf-8")
    restore(tmp_path / "all.privet", tmp_path / "data", by_passphrase())
    assert noted(tmp_path / "data") == {"a"}
