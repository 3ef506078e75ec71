"""The key in a real Secret Service, in a desktop session made for the test; and where there is none."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from assistant.errors import KeychainUnavailable
from assistant.vault import Unlock, Vault, keychain, keys, unlock
from assistant.vault.tries import Tries
from tests.assistant.vault.opening import by_passphrase, open_vault

PROJECT = Path(__file__).parents[3]
_UNLOCK = "printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; "
_STEP = 'exec "$0" -m tests.assistant.vault.keychain_session "$@"'


class Desktop:
    """A person's desktop: each step is a session of its own, from login to logout, over the same home folder."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.vault = folder / "data"

    def step(self, step: str, *, unlocked: bool = True, home: str = "") -> dict[str, object]:
        """What came of one step; unlocked: whether the login opened the keychain."""
        place = Path(f"{self.home}{home}")
        place.mkdir(exist_ok=True)
        command = ["dbus-run-session", "--", "sh", "-c", (_UNLOCK if unlocked else "") + _STEP]
        awaited = ["the keychain is awaited"] if unlocked else []
        return _run([*command, sys.executable, step, str(self.vault), *awaited], place)


def _run(command: list[str], home: Path) -> dict[str, object]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
    ran = subprocess.run(
        command, cwd=PROJECT, env={**kept, "HOME": str(home)}, capture_output=True, timeout=120, check=False
    )
    lines = ran.stdout.splitlines()
    assert ran.returncode == 0 and lines, ran.stderr.decode()
    told = json.loads(lines[-1])
    assert isinstance(told, dict)
    return told


@pytest.fixture
def desktop(tmp_path: Path) -> Desktop:
    """A desktop with a Secret Service; the test skips where its programs are missing."""
    for program in ("dbus-run-session", "gnome-keyring-daemon"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    return Desktop(tmp_path)


def test_the_key_is_kept_in_the_keychain_over_a_logout_and_nobody_is_asked(desktop: Desktop) -> None:
    first = desktop.step("open")
    assert first == {"way": "keychain: SecretService", "notes": 1, "asked": 0}
    assert desktop.step("open") == {**first, "notes": 2}
    assert b"SecretService" in (desktop.vault / "keys.json").read_bytes()
    assert b"argon2id" not in (desktop.vault / "keys.json").read_bytes()


def test_a_key_that_is_gone_or_another_is_said_and_nothing_is_overwritten(desktop: Desktop) -> None:
    desktop.step("open")
    before = [(desktop.vault / name).read_bytes() for name in ("keys.json", "vault.db")]
    unavailable = {"error": "KeychainUnavailable", "asked": 0}
    for told in (
        desktop.step("open", home="-of-another"),
        desktop.step("open", unlocked=False),
        desktop.step("replace"),
        desktop.step("take away"),
    ):
        assert told | unavailable == told
    assert [(desktop.vault / name).read_bytes() for name in ("keys.json", "vault.db")] == before


def test_where_the_keychain_is_gone_locked_or_another_the_recovery_key_leads_back(desktop: Desktop) -> None:
    desktop.step("make a recovery key")
    by_recovery = {"way": "recovery key", "asked": 1}
    for told in (
        desktop.step("open", unlocked=False),
        desktop.step("open", home="-of-another"),
        desktop.step("replace"),
        desktop.step("take away"),
    ):
        assert told | by_recovery == told
    again = desktop.step("use the keychain again")
    assert again | by_recovery == again
    told = desktop.step("open")
    assert (told["way"], told["asked"]) == ("keychain: SecretService", 0)


def test_a_new_key_is_in_the_keychain_and_the_old_entry_is_gone(desktop: Desktop) -> None:
    desktop.step("open")
    before = (desktop.vault / "keys.json").read_bytes()
    told = desktop.step("rekey")
    assert (told["way"], told["asked"]) == ("keychain: SecretService", 0)
    assert desktop.step("open")["way"] == "keychain: SecretService"
    (desktop.vault / "keys.json").write_bytes(before)
    assert desktop.step("open")["error"] == "KeychainUnavailable"


def test_a_keychain_that_stays_locked_means_a_passphrase_for_a_new_vault(desktop: Desktop) -> None:
    told = desktop.step("open", unlocked=False)
    assert told["way"] == "passphrase" and told["asked"] == 1
    # And a vault made with a passphrase goes on with it, even where a keychain is there now.
    told = desktop.step("open")
    assert told["way"] == "passphrase" and told["asked"] == 1 and told["notes"] == 2


def test_a_keychain_that_forgets_at_logout_is_not_relied_on(desktop: Desktop) -> None:
    told = desktop.step("forget at logout")
    assert told["way"] == "passphrase" and told["asked"] == 1


def test_without_a_desktop_session_a_new_vault_asks_for_a_passphrase(tmp_path: Path) -> None:
    told = _run([sys.executable, "-m", "tests.assistant.vault.keychain_session", "open", str(tmp_path / "d")], tmp_path)
    assert told["way"] == "passphrase" and told["asked"] == 1


def test_every_allowed_back_end_is_a_class_of_keyring_and_none_keeps_plain_text() -> None:
    for allowed in keychain._ALLOWED:
        cls = getattr(importlib.import_module(allowed.module), allowed.cls)
        assert issubclass(cls, KeyringBackend)
        assert allowed.module.startswith("keyring.backends.")
    assert {allowed.name for allowed in keychain._ALLOWED if allowed.system == "linux"} == {"SecretService", "KWallet"}


def test_a_back_end_that_is_not_allowed_is_never_asked() -> None:
    for name in ("null", "keyring.backends.null.Keyring", "PlaintextKeyring", "macOS Keychain", ""):
        with pytest.raises(keychain.KeychainSilent):
            keychain.recall(name, "vault")


def test_a_key_file_that_names_a_back_end_which_is_not_there_is_said(tmp_path: Path) -> None:
    way = keys.wrap("vault", keys.KEYCHAIN, {"backend": "Nobody's"}, keys.new_key(), keys.new_key())
    with pytest.raises(KeychainUnavailable):
        unlock.open_way(keys.KeyFile("vault", (way,)), Unlock(), Tries(tmp_path))


def test_a_keychain_to_be_left_alone_is_left_alone(tmp_path: Path) -> None:
    way = keys.wrap("vault", keys.KEYCHAIN, {"backend": "SecretService"}, keys.new_key(), keys.new_key())
    with pytest.raises(KeychainUnavailable) as caught:
        unlock.open_way(keys.KeyFile("vault", (way,)), by_passphrase(), Tries(tmp_path))
    assert "leave alone" in caught.value.what


def test_a_passphrase_opens_where_the_keychain_is_silent_and_both_are_ways_in(tmp_path: Path) -> None:
    open_vault(tmp_path).close()
    file = keys.decode((tmp_path / "keys.json").read_bytes())
    lost = keys.wrap(file.identity, keys.KEYCHAIN, {"backend": "SecretService"}, keys.new_key(), keys.new_key())
    (tmp_path / "keys.json").write_bytes(keys.KeyFile(file.identity, (lost, *file.ways)).encode())
    with Vault.open(tmp_path, by_passphrase()) as vault:
        assert vault.way == "passphrase"
