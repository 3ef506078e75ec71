"""The vault, opened, written, read, and left in every way a day can end."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from assistant.errors import (
    Bug,
    DiskFull,
    PassphraseNeeded,
    VaultDamaged,
    VaultFault,
    VaultInUse,
    VaultNewer,
    WrongPassphrase,
)
from assistant.vault import Unlock, Vault
from tests.assistant.vault.opening import PASSPHRASE, Asked, by_passphrase, decrypted, open_vault

CANARY = "zanzibarquokka"
PROJECT = Path(__file__).parents[3]


def put(vault: Vault, key: str, value: str) -> None:
    with vault.write() as connection:
        connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, value))


def put_and_fail(vault: Vault) -> None:
    with vault.write() as connection:
        connection.execute("INSERT INTO meta (key, value) VALUES ('half', '')")
        raise ZeroDivisionError


def kept(vault: Vault) -> dict[str, str]:
    with vault.read() as connection:
        return dict(connection.execute("SELECT key, value FROM meta").fetchall())


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of all files but those that hold nothing: the lock, an empty log and its map."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in ("vault.lock", "tries.json")}
    if not files.get("vault.db-wal"):
        files.pop("vault.db-wal", None)
        files.pop("vault.db-shm", None)
    return files


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    assert not Vault.exists(tmp_path)
    with open_vault(tmp_path) as vault:
        put(vault, "a", "1")
        assert vault.way == "passphrase"
    assert Vault.exists(tmp_path)
    with open_vault(tmp_path) as vault:
        assert kept(vault) == {"a": "1"}
        assert vault.file_check()


def test_no_file_holds_plain_text_and_nobody_else_may_read_any(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with open_vault(folder) as vault:
        put(vault, CANARY, CANARY)
        while_open = contents(folder)
    after = contents(folder)
    assert "vault.db-wal" in while_open and "vault.db-wal" not in after
    for content in [*while_open.values(), *after.values()]:
        assert CANARY.encode() not in content and b"SQLite format 3" not in content and b"conversations" not in content
    assert CANARY.encode() in decrypted(folder)  # the look with the key does see it, so the look above could have
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_settings_that_keep_data_safe_are_in_force(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault, vault.write() as connection:
        found = {
            name: connection.execute(f"PRAGMA {name}").fetchone()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "temp_store")
        }
    assert found == {
        "journal_mode": ("wal",),
        "synchronous": (2,),
        "foreign_keys": (1,),
        "secure_delete": (1,),
        "temp_store": (2,),
    }


def test_a_wrong_passphrase_is_asked_for_again_and_then_refused(tmp_path: Path) -> None:
    open_vault(tmp_path).close()
    asked = Asked("wrong", "wrong again", PASSPHRASE)
    Vault.open(tmp_path, Unlock(asked, use_keychain=False)).close()
    assert [(request.new, request.attempt) for request in asked.requests] == [(False, 1), (False, 2), (False, 3)]
    before = contents(tmp_path)
    with pytest.raises(WrongPassphrase):
        Vault.open(tmp_path, by_passphrase("wrong"))
    assert contents(tmp_path) == before
    open_vault(tmp_path).close()  # the failure let go of the folder


def test_a_passphrase_typed_in_other_code_points_is_the_same(tmp_path: Path) -> None:
    Vault.open(tmp_path, by_passphrase("Caf\u00e9 noir")).close()
    Vault.open(tmp_path, by_passphrase("Cafe\u0301 noir")).close()


@pytest.mark.parametrize("answers", [(None,), ("", "", "")])
def test_a_vault_without_a_passphrase_is_not_made(tmp_path: Path, answers: tuple[str | None, ...]) -> None:
    with pytest.raises(PassphraseNeeded):
        Vault.open(tmp_path, Unlock(Asked(*answers), use_keychain=False))
    assert not Vault.exists(tmp_path)


def test_nobody_to_ask_is_said(tmp_path: Path) -> None:
    with pytest.raises(PassphraseNeeded) as new:
        Vault.open(tmp_path, Unlock(use_keychain=False))
    open_vault(tmp_path).close()
    with pytest.raises(PassphraseNeeded) as old:
        Vault.open(tmp_path, Unlock(use_keychain=False))
    assert new.value.what != old.value.what
    assert "--passphrase-file" in old.value.do


def test_a_vault_is_open_once(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        with pytest.raises(VaultInUse):
            open_vault(tmp_path)
        put(vault, "a", "1")
    open_vault(tmp_path).close()


def test_a_vault_open_in_another_process_is_in_use_until_that_ends(tmp_path: Path) -> None:
    with _child("hold", tmp_path) as child:
        assert child.stdout is not None and child.stdout.readline() == b"open\n"
        with pytest.raises(VaultInUse):
            open_vault(tmp_path)
        child.kill()
        child.wait()
    open_vault(tmp_path).close()


def test_a_newer_vault_is_left_as_it_is(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault, vault.write() as connection:
        connection.execute("PRAGMA user_version = 99")
    before = contents(tmp_path)
    with pytest.raises(VaultNewer):
        open_vault(tmp_path)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("garbage", [b"", b"x" * 100, b"\0" * 8192, os.urandom(65536), b"SQLite format 3\0" * 512])
def test_garbage_is_not_taken_for_a_vault(tmp_path: Path, garbage: bytes) -> None:
    open_vault(tmp_path).close()
    (tmp_path / "vault.db").write_bytes(garbage)
    before = contents(tmp_path)
    with pytest.raises(VaultDamaged):
        open_vault(tmp_path)
    assert contents(tmp_path) == before


def test_another_vaults_database_is_not_taken_for_this_one(tmp_path: Path) -> None:
    open_vault(tmp_path / "a").close()
    open_vault(tmp_path / "b").close()
    (tmp_path / "a" / "vault.db").write_bytes((tmp_path / "b" / "vault.db").read_bytes())
    with pytest.raises(VaultDamaged):
        open_vault(tmp_path / "a")


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        for number in range(50):
            put(vault, str(number), CANARY * 100)
    content = bytearray((tmp_path / "vault.db").read_bytes())
    content[-2000] ^= 1
    (tmp_path / "vault.db").write_bytes(content)
    with open_vault(tmp_path) as vault:
        assert not vault.file_check()
        with pytest.raises(VaultDamaged):
            kept(vault)


def test_a_damaged_key_file_is_said_and_kept(tmp_path: Path) -> None:
    open_vault(tmp_path).close()
    (tmp_path / "keys.json").write_text('{"format": 1, "identity": "x", "ways": [', encoding="utf-8")
    before = contents(tmp_path)
    with pytest.raises(VaultDamaged):
        open_vault(tmp_path)
    assert contents(tmp_path) == before


def test_a_failed_write_leaves_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        with pytest.raises(ZeroDivisionError):
            put_and_fail(vault)
        put(vault, "b", "2")
        assert kept(vault) == {"b": "2"}


def test_a_write_inside_a_write_and_a_use_after_closing_are_our_mistakes(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    with vault.write() as connection:
        connection.execute("INSERT INTO meta (key, value) VALUES ('a', '1')")
        with pytest.raises(Bug), vault.write():
            pass
    assert kept(vault) == {"a": "1"}
    vault.close()
    vault.close()
    for use in (vault.read, vault.write):
        with pytest.raises(Bug), use():
            pass


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        with pytest.raises(VaultFault), vault.read() as connection:
            connection.execute("DELETE FROM meta")
        assert kept(vault) == {}


def test_a_reader_sees_one_moment_while_others_write(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        put(vault, "a", "1")
        with vault.read() as connection:
            assert connection.execute("SELECT count(*) FROM meta").fetchone() == (1,)
            put(vault, "b", "2")
            assert connection.execute("SELECT count(*) FROM meta").fetchone() == (1,)
        assert kept(vault) == {"a": "1", "b": "2"}


def test_many_threads_write_and_read_and_nothing_is_lost(tmp_path: Path) -> None:
    faults: list[Exception] = []

    def work(number: int) -> None:
        try:
            for step in range(10):
                put(vault, f"{number}/{step}", "x")
                assert f"{number}/{step}" in kept(vault)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the test is to show it
            faults.append(fault)

    with open_vault(tmp_path) as vault:
        threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        assert len(kept(vault)) == 60
    assert not (tmp_path / "vault.db-wal").exists()  # so all connections were closed


def test_derived_secrets_differ_by_purpose_and_vault_and_stay(tmp_path: Path) -> None:
    with open_vault(tmp_path / "a") as one, open_vault(tmp_path / "b") as other:
        secret = one.derive("index", 32)
        assert len({secret, one.derive("cache", 32), other.derive("index", 32)}) == 3
        assert len(one.derive("index", 1000)) == 1000
    with open_vault(tmp_path / "a") as one:
        assert one.derive("index", 32) == secret


def test_what_was_removed_is_in_no_page_of_the_files(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        for number in range(200):
            put(vault, str(number), CANARY * 50)
        with vault.write() as connection:
            connection.execute("DELETE FROM meta")
        assert vault.empty_log()
        assert CANARY.encode() not in decrypted(tmp_path)


def test_a_log_kept_from_emptying_by_a_reader_is_emptied_by_the_next_call(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        put(vault, "a", CANARY)
        with vault.read() as connection:
            connection.execute("SELECT * FROM meta").fetchall()
            with vault.write() as writer:
                writer.execute("DELETE FROM meta")
            assert not vault.empty_log()
        assert vault.empty_log()
        assert CANARY.encode() not in decrypted(tmp_path)


@pytest.mark.parametrize("round_", range(3))
def test_a_killed_process_loses_nothing_it_was_told_is_kept(tmp_path: Path, round_: int) -> None:
    acknowledged = 0
    with _child("write", tmp_path) as child:
        assert child.stdout is not None
        for line in child.stdout:
            acknowledged = int(line)
            if acknowledged >= 20 + 7 * round_:
                child.kill()
                break
    with open_vault(tmp_path) as vault:
        found = sorted(map(int, kept(vault)))
        assert found == list(range(1, len(found) + 1)) and len(found) >= acknowledged
        assert vault.file_check()


def test_a_full_file_is_a_full_disk_and_what_was_kept_stays(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        put(vault, "a", "1")
        with vault.write() as connection:
            connection.execute("PRAGMA max_page_count = 40")
        with pytest.raises(DiskFull):
            put(vault, "b", "x" * 1_000_000)
        assert kept(vault) == {"a": "1"}
        with vault.write() as connection:
            connection.execute("PRAGMA max_page_count = 4000")
        put(vault, "b", "x" * 1_000_000)
        assert vault.file_check()


def test_a_disk_that_is_really_full_loses_nothing(small_disk: Path) -> None:
    with open_vault(small_disk / "data") as vault:
        put(vault, "a", "1")
        filler = small_disk / "filler"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(bytes(64 << 20))
        with pytest.raises(DiskFull):
            put(vault, "b", "x" * 500_000)
        assert kept(vault)["a"] == "1"
        filler.unlink()
        put(vault, "c", "x" * 500_000)
    with open_vault(small_disk / "data") as vault:
        assert sorted(kept(vault)) == ["a", "c"] and vault.file_check()


def test_a_first_start_on_a_full_disk_leaves_nothing_half_made(small_disk: Path) -> None:
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space"):
        filler.write_bytes(bytes(64 << 20))
    with pytest.raises(DiskFull):
        open_vault(small_disk / "data")
    filler.unlink()
    with open_vault(small_disk / "data") as vault:
        put(vault, "a", "1")


def test_a_disk_that_takes_no_writes_is_said(small_disk: Path) -> None:
    open_vault(small_disk / "data").close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for folder in (small_disk / "data", small_disk / "new"):
        with pytest.raises(VaultFault) as caught:
            open_vault(folder)
        assert "not allowed" in caught.value.what


def test_a_file_in_the_folders_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("mine", encoding="utf-8")
    with pytest.raises(VaultFault):
        open_vault(tmp_path / "data")
    assert (tmp_path / "data").read_text(encoding="utf-8") == "mine"


def test_importing_the_front_door_loads_nothing_slow() -> None:
    code = (
        "import sys, assistant.vault; print([m for m in ('sqlcipher3', 'keyring', 'cryptography') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=PROJECT)
    assert run.stdout == b"[]\n"


_CHILDREN = {
    "hold": "vault = open_vault(folder)\nprint('open', flush=True)\nsys.stdin.read()",
    "write": """
vault = open_vault(folder)
for number in range(1, 1000):
    with vault.write() as connection:
        connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (str(number), "x" * 3000))
    print(number, flush=True)
""",
}


def _child(what: str, folder: Path) -> subprocess.Popen[bytes]:
    """A process of its own that does `what` with the vault in `folder`."""
    start = "import sys\nfrom pathlib import Path\nfrom tests.assistant.vault.opening import open_vault\n"
    code = f"{start}folder = Path({str(folder)!r})\n{_CHILDREN[what]}"
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT)
