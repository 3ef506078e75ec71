"""The ways into a vault: the system's keychain where one can be relied on, a passphrase elsewhere."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from assistant.errors import KeychainUnavailable, PassphraseNeeded, WrongPassphrase
from assistant.vault import keychain
from assistant.vault.keys import (
    KEY_BYTES,
    KEYCHAIN,
    PASSPHRASE,
    KeyFile,
    WayIn,
    WrongKey,
    keys_damaged,
    new_identity,
    unwrap,
    wrap,
)

_ATTEMPTS: Final = 3
_SALT_BYTES: Final = 16
# Argon2id, the second recommendation of RFC 9106, section 4: 64 MiB, three passes, four lanes.
_MEMORY_KIB, _PASSES, _LANES = 64 << 10, 3, 4
# keys.json is authenticated only after the work is done: no file may ask for more work than this.
_MOST_MEMORY_KIB, _MOST_PASSES, _MOST_LANES = 1 << 20, 16, 16


@dataclass(frozen=True, slots=True)
class PassphraseRequest:
    """A passphrase is asked for. new: to protect a vault made now. attempt: from 1; above 1 the last one was wrong."""

    new: bool
    attempt: int


@dataclass(frozen=True, slots=True)
class Unlock:
    """How a vault may be opened.

    passphrase: answers a request, None if the person gives none; None where there is nobody to ask.
    use_keychain: False leaves the system's keychain alone.
    """

    passphrase: Callable[[PassphraseRequest], str | None] | None = None
    use_keychain: bool = True


def first_way(unlock: Unlock, data_key: bytes) -> tuple[KeyFile, str]:
    """Find a way in for a vault made now: what to keep of it, and its name in words. Raises PassphraseNeeded."""
    identity = new_identity()
    if unlock.use_keychain:
        wrapping_key = os.urandom(KEY_BYTES)
        backend = keychain.keep(identity, wrapping_key)
        if backend is not None:
            way = wrap(identity, KEYCHAIN, {"backend": backend}, wrapping_key, data_key)
            return KeyFile(identity, (way,)), f"{KEYCHAIN}: {backend}"
    details: dict[str, str | int] = {
        "function": "argon2id",
        "memory_kib": _MEMORY_KIB,
        "passes": _PASSES,
        "lanes": _LANES,
        "salt": os.urandom(_SALT_BYTES).hex(),
    }
    wrapping_key = _stretch(_new_passphrase(unlock), details)
    return KeyFile(identity, (wrap(identity, PASSPHRASE, details, wrapping_key, data_key),)), PASSPHRASE


def open_way(keys: KeyFile, unlock: Unlock) -> tuple[bytes, str]:
    """The data key, and the way that gave it in words: "keychain: SecretService" or "passphrase".

    Raises KeychainUnavailable, PassphraseNeeded, WrongPassphrase or VaultDamaged. A keychain that does
    not answer is no reason to fail where a passphrase opens as well.
    """
    silent: KeychainUnavailable | None = None
    for way in keys.ways:
        if way.kind == KEYCHAIN:
            try:
                return _by_keychain(keys.identity, way, unlock)
            except KeychainUnavailable as error:
                silent = error
    for way in keys.ways:
        if way.kind == PASSPHRASE:
            return _by_passphrase(keys.identity, way, unlock), PASSPHRASE
    raise silent or keys_damaged()


def take_back(keys: KeyFile) -> None:
    """Undo what `first_way` left in the keychain, as far as it lets us."""
    for way in keys.ways:
        if way.kind == KEYCHAIN:
            try:
                keychain.forget(str(way.details["backend"]), keys.identity)
            except keychain.KeychainSilent:
                pass  # what stays opens nothing: the vault it was for was never finished


def _by_keychain(identity: str, way: WayIn, unlock: Unlock) -> tuple[bytes, str]:
    backend = str(way.details.get("backend", ""))
    kept = "Your data is still there, encrypted."
    if not unlock.use_keychain:
        raise KeychainUnavailable(
            f"The key to your data is kept in the system's keychain ({backend}), which Privet was told to leave alone.",
            "Start Privet without that option.",
        )
    try:
        wrapping_key = keychain.recall(backend, identity)
    except keychain.KeychainSilent as error:
        raise KeychainUnavailable(
            f"The system's keychain ({backend}), which holds the key to your data, does not answer or is locked.",
            f"Unlock it, or log in to your desktop as usual, and start Privet again. {kept}",
        ) from error
    if wrapping_key is None:
        raise KeychainUnavailable(
            f"The system's keychain ({backend}) no longer holds the key to your data.",
            f"Log in as the user who set Privet up, or restore the keychain from a backup. {kept}",
        )
    try:
        return unwrap(identity, way, wrapping_key), f"{KEYCHAIN}: {backend}"
    except WrongKey as error:
        raise KeychainUnavailable(
            f"The key in the system's keychain ({backend}) is not the one that your data was locked with.",
            f"Restore the keychain, or the folder with your data, from the same backup. {kept}",
        ) from error


def _by_passphrase(identity: str, way: WayIn, unlock: Unlock) -> bytes:
    tried: set[str] = set()
    for attempt in range(1, _ATTEMPTS + 1):
        passphrase = _ask(unlock, PassphraseRequest(new=False, attempt=attempt))
        if passphrase in tried:
            continue  # the same again is wrong again, and costs a second of work
        tried.add(passphrase)
        try:
            return unwrap(identity, way, _stretch(passphrase, way.details))
        except WrongKey:
            continue
    raise WrongPassphrase(
        "This passphrase does not open your data.", "Check the keyboard's language and Caps Lock, and try again."
    )


def _new_passphrase(unlock: Unlock) -> str:
    for attempt in range(1, _ATTEMPTS + 1):
        passphrase = _ask(unlock, PassphraseRequest(new=True, attempt=attempt))
        if passphrase:
            return passphrase
    raise PassphraseNeeded("An empty passphrase protects nothing.", "Choose one of several words and start again.")


def _ask(unlock: Unlock, request: PassphraseRequest) -> str:
    if unlock.passphrase is None:
        raise PassphraseNeeded(
            "The key to your data can't be kept in a system keychain here, so a passphrase is needed."
            if request.new
            else "Your data is protected by a passphrase.",
            "Start Privet in a terminal that can ask for it, or give a file that holds it with --passphrase-file.",
        )
    passphrase = unlock.passphrase(request)
    if passphrase is None:
        raise PassphraseNeeded("No passphrase was given, so nothing was opened.", "Start Privet again to enter it.")
    # The same letters typed on another system may come in other code points.
    return unicodedata.normalize("NFC", passphrase)


def _stretch(passphrase: str, details: Mapping[str, str | int]) -> bytes:
    """The wrapping key, 32 bytes, that a passphrase stands for. Raises VaultDamaged on costs out of bounds."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    memory, passes, lanes = (details.get(name) for name in ("memory_kib", "passes", "lanes"))
    if details.get("function") != "argon2id" or not (
        isinstance(memory, int) and isinstance(passes, int) and isinstance(lanes, int)
    ):
        raise keys_damaged()
    if not (1 <= passes <= _MOST_PASSES and 1 <= lanes <= _MOST_LANES and 8 * lanes <= memory <= _MOST_MEMORY_KIB):
        raise keys_damaged()
    try:
        salt = bytes.fromhex(str(details.get("salt")))
        stretched = Argon2id(salt=salt, length=KEY_BYTES, iterations=passes, lanes=lanes, memory_cost=memory)
        return stretched.derive(passphrase.encode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise keys_damaged() from error
