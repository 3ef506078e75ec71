"""The ways into an open vault: listed, added, changed and removed without touching a byte of the database.

Each change writes keys.json anew, whole: power loss finds the ways of before or those of after. What a way was
replaced by opens the vault, and backups made from then on; a backup made before still opens by the old one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from assistant.errors import BadInput, KeychainUnavailable, VaultFault
from assistant.vault import keys, organisation, recovery, unlock
from assistant.vault.cost import Cost
from assistant.vault.faults import told
from assistant.vault.files import KEYS, write_atomically
from assistant.vault.keys import KEYCHAIN, ORGANISATION, PASSPHRASE, RECOVERY, KeyFile, WayIn

_NAMES: Final = {KEYCHAIN: "the system's keychain", PASSPHRASE: "a passphrase", RECOVERY: "a recovery key"}
_AT_EACH_START: Final = frozenset({KEYCHAIN, PASSPHRASE})


@dataclass(frozen=True, slots=True)
class Way:
    """A way into the vault, for people. kind: "keychain", "passphrase", "recovery" or "organisation"."""

    kind: str
    words: str


class Ways:
    """The ways into one vault, which is open and so holds the folder's lock.

    Raises BadInput for what would lock the person out, DiskFull and VaultFault where keys.json can't be written;
    the ways are then as they were.
    """

    def __init__(self, folder: Path, data_key: Callable[[], bytes]) -> None:
        """data_key: gives the key, and raises Bug once the vault is closed."""
        self._folder = folder
        self._data_key = data_key

    def list(self) -> tuple[Way, ...]:
        """All ways in, in the order in which they are tried."""
        return tuple(Way(way.kind, _words(way)) for way in self._read().ways)

    def has(self, kind: str) -> bool:
        """True if there is a way of this kind."""
        return any(way.kind == kind for way in self._read().ways)

    def set_passphrase(self, passphrase: str, price: Cost | None = None) -> None:
        """Let a passphrase open the vault, in place of the one that did. price: of trying one, None to measure it."""
        if not passphrase:
            raise BadInput("An empty passphrase protects nothing.", "Choose one of several words.")
        file = self._read()
        self._put(file, unlock.by_passphrase(file.identity, passphrase, self._data_key(), price))

    def use_keychain(self) -> None:
        """Let the system's keychain open the vault, in place of the one that did. Raises KeychainUnavailable."""
        file = self._read()
        way = unlock.by_keychain(file.identity, self._data_key())
        if way is None:
            raise KeychainUnavailable(
                "There is no keychain here that keeps keys encrypted and over a restart.",
                "Set one up (GNOME Keyring, KWallet), or go on with your passphrase.",
            )
        self._put(file, way)

    def new_recovery_key(self) -> str:
        """A new recovery key, in place of the one there was: 24 words, to be shown once and kept nowhere."""
        file, words = self._read(), recovery.new_words()
        self._put(file, unlock.by_recovery(file.identity, words, self._data_key()))
        return words

    def follow_policy(self, name: str, public_key: bytes | None) -> str:
        """Let the organisation open the vault, or no longer. Returns a sentence for the person, "" for no change.

        name: of the organisation. public_key: X25519, 32 bytes raw; None where no policy gives one.
        """
        file = self._read()
        there = [way for way in file.ways if way.kind == ORGANISATION]
        if public_key is None:
            if not there:
                return ""
            self._write(replace(file, ways=tuple(way for way in file.ways if way.kind != ORGANISATION)))
            return f"{there[0].details['name']} can no longer open your data."
        if any(way.details.get("public_key") == public_key.hex() and way.details["name"] == name for way in there):
            return ""
        self._put(file, organisation.seal(file.identity, name, public_key, self._data_key()))
        return f"By the policy of this computer, {name} can open your data with a key of its own."

    def remove(self, kind: str) -> None:
        """Remove a way in. What opens the vault at each start, a keychain or a passphrase, has to remain."""
        file = self._read()
        left = tuple(way for way in file.ways if way.kind != kind)
        if len(left) == len(file.ways):
            raise BadInput(f"There is no such way in ({kind}).", "List the ways to see those there are.")
        if kind == ORGANISATION:
            raise BadInput("Your organisation's policy gives this way in.", "Ask whoever manages this computer.")
        if not any(way.kind in _AT_EACH_START for way in left):
            raise BadInput(
                "This is the only way in that can be used at each start.",
                "Choose a passphrase first, or let the system's keychain keep a key.",
            )
        self._write(replace(file, ways=left))
        unlock.take_back(replace(file, ways=tuple(way for way in file.ways if way.kind == kind)))

    def _put(self, file: KeyFile, way: WayIn) -> None:
        """Add `way`, in the place of those of its kind."""
        old = tuple(one for one in file.ways if one.kind == way.kind)
        try:
            self._write(replace(file, ways=(*(one for one in file.ways if one.kind != way.kind), way)))
        except BaseException:
            unlock.take_back(replace(file, ways=(way,)))
            raise
        unlock.take_back(replace(file, ways=old))

    def _read(self) -> KeyFile:
        with told(self._folder):
            return keys.decode((self._folder / KEYS).read_bytes())

    def _write(self, file: KeyFile) -> None:
        with told(self._folder):
            write_atomically(self._folder / KEYS, file.encode())


def has_passphrase(data: Path) -> bool:
    """True if a passphrase opens the vault in the folder `data`, open or not; False where that can't be told."""
    try:
        return any(way.kind == PASSPHRASE for way in keys.decode((data / KEYS).read_bytes()).ways)
    except (OSError, VaultFault):
        return False


def _words(way: WayIn) -> str:
    if way.kind == KEYCHAIN:
        return f"{_NAMES[KEYCHAIN]} ({way.details.get('backend', '')})"
    if way.kind == ORGANISATION:
        return f"{way.details.get('name', '')}, by the policy of this computer"
    return _NAMES.get(way.kind, way.kind)
