"""How the tests open vaults, and look into their files as somebody who holds the key could."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from assistant.vault import PassphraseRequest, Unlock, Vault, creation, keys
from assistant.vault.cost import Cost
from assistant.vault.tries import Tries
from assistant.vault.unlock import open_way

CHEAP: Final = Cost(1024, 1, 1)
"""Of a passphrase that nobody attacks."""
PASSPHRASE = "correct horse battery staple"
PAGE = 4096
_RESERVED = 80  # at each page's end: 16 bytes of initialization vector, 64 of authentication


class Asked:
    """Answers requests from a list, and keeps them."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.requests: list[PassphraseRequest] = []

    def __call__(self, request: PassphraseRequest) -> str | None:
        self.requests.append(request)
        return self.answers.pop(0)


def by_passphrase(passphrase: str = PASSPHRASE) -> Unlock:
    """The way in by a passphrase, whatever keychain this machine has."""
    return Unlock(lambda request: passphrase, use_keychain=False, cost=CHEAP)


def open_vault(folder: Path) -> Vault:
    """Open, or make, a vault with the tests' passphrase."""
    return Vault.open(folder, by_passphrase())


def decrypted(folder: Path, passphrase: str = PASSPHRASE) -> bytes:
    """Every byte of the database and its log as SQLite sees it, free pages too (SQLCipher 4: AES-256-CBC a page)."""
    data_key, _ = open_way(keys.decode((folder / "keys.json").read_bytes()), by_passphrase(passphrase), Tries(folder))
    key = creation.database_key(data_key)
    return b"".join(_decrypt(page, key, first) for page, first in _pages(folder))


def _pages(folder: Path) -> Iterator[tuple[bytes, bool]]:
    database = (folder / "vault.db").read_bytes()
    for at in range(0, len(database), PAGE):
        yield database[at : at + PAGE], at == 0
    log = folder / "vault.db-wal"
    frames = log.read_bytes()[32:] if log.exists() else b""
    for at in range(0, len(frames), PAGE + 24):
        yield frames[at + 24 : at + 24 + PAGE], frames[at : at + 4] == b"\0\0\0\1"


def _decrypt(page: bytes, key: bytes, first: bool) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    vector = page[PAGE - _RESERVED : PAGE - _RESERVED + 16]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return decryptor.update(page[16 if first else 0 : PAGE - _RESERVED]) + decryptor.finalize()
