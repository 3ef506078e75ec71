"""Opening: the data key by whichever way in there is, and the first way in for a vault made now."""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from assistant.errors import KeychainUnavailable, PassphraseNeeded, WrongPassphrase
from assistant.vault import cost, keychain, organisation, recovery
from assistant.vault.cost import Cost, stretch
from assistant.vault.keys import (
    KEY_BYTES,
    KEYCHAIN,
    ORGANISATION,
    PASSPHRASE,
    RECOVERY,
    KeyFile,
    WayIn,
    WrongKey,
    keys_damaged,
    new_identity,
    unwrap,
    wrap,
)
from assistant.vault.tries import Tries

_ATTEMPTS: Final = 3
_SALT_BYTES: Final = 16
BY_RECOVERY: Final = "recovery key"


@dataclass(frozen=True, slots=True)
class PassphraseRequest:
    """A passphrase is asked for. new: to protect a vault made now. attempt: from 1; above 1 the last one was wrong.

    recovery: a recovery key is taken as well; alone: nothing but that. wait: seconds before the answer is tried,
    after several wrong ones. why: a sentence about what has failed so far, or "".
    """

    new: bool
    attempt: int
    recovery: bool = False
    alone: bool = False
    wait: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Unlock:
    """How a vault may be opened.

    passphrase: answers a request, None if the person gives none; None where there is nobody to ask.
    use_keychain: False leaves the system's keychain alone. organisation: the private key of an organisation
    that may recover, 32 bytes, for whoever has it. cost: of a new passphrase, None to measure. pause: waits.
    """

    passphrase: Callable[[PassphraseRequest], str | None] | None = None
    use_keychain: bool = True
    organisation: bytes | None = None
    cost: Cost | None = None
    pause: Callable[[float], None] = time.sleep


def first_way(unlock: Unlock, data_key: bytes) -> tuple[KeyFile, str]:
    """Find a way in for a vault made now: what to keep of it, and its name in words. Raises PassphraseNeeded."""
    identity = new_identity()
    if unlock.use_keychain:
        way = by_keychain(identity, data_key)
        if way is not None:
            return KeyFile(identity, (way,)), f"{KEYCHAIN}: {way.details['backend']}"
    return KeyFile(identity, (by_passphrase(identity, _new_passphrase(unlock), data_key, unlock.cost),)), PASSPHRASE


def by_keychain(identity: str, data_key: bytes) -> WayIn | None:
    """A way in through the system's keychain, under an entry of its own; None where none can be relied on."""
    wrapping_key = os.urandom(KEY_BYTES)
    # An entry that is there already is never overwritten: until keys.json is replaced, it is what opens the vault.
    entry = f"{identity}-{os.urandom(4).hex()}"
    backend = keychain.keep(entry, wrapping_key)
    if backend is None:
        return None
    return wrap(identity, KEYCHAIN, {"backend": backend, "entry": entry}, wrapping_key, data_key)


def by_passphrase(identity: str, passphrase: str, data_key: bytes, price: Cost | None = None) -> WayIn:
    """A way in by a passphrase. price: of trying one, None to measure it."""
    details = (price or cost.measured()).details(os.urandom(_SALT_BYTES))
    return wrap(identity, PASSPHRASE, details, stretch(normal(passphrase), details), data_key)


def by_recovery(identity: str, words: str, data_key: bytes) -> WayIn:
    """A way in by a recovery key."""
    return wrap(identity, RECOVERY, {}, recovery.wrapping_key(words), data_key)


def open_way(keys: KeyFile, unlock: Unlock, tries: Tries) -> tuple[bytes, str]:
    """The data key, and the way that gave it in words: "keychain: SecretService", "passphrase", "recovery key".

    Raises KeychainUnavailable, PassphraseNeeded, WrongPassphrase or VaultDamaged. A keychain that does
    not answer is no reason to fail where a passphrase or a recovery key opens as well.
    """
    silent: KeychainUnavailable | None = None
    for way in keys.ways:
        if way.kind == ORGANISATION and unlock.organisation is not None:
            return _by_organisation(keys.identity, way, unlock.organisation), f"{ORGANISATION}: {way.details['name']}"
        if way.kind == KEYCHAIN:
            try:
                return _recalled(keys.identity, way, unlock)
            except KeychainUnavailable as error:
                silent = error
    if any(way.kind in (PASSPHRASE, RECOVERY) for way in keys.ways):
        return _told(keys, unlock, tries, silent)
    raise silent or keys_damaged()


def take_back(keys: KeyFile) -> None:
    """Undo what was left in the keychain for these ways, as far as it lets us."""
    for way in keys.ways:
        if way.kind == KEYCHAIN:
            try:
                keychain.forget(str(way.details.get("backend", "")), _entry(keys.identity, way))
            except keychain.KeychainSilent:
                pass  # what stays opens nothing: what it was for is gone, or was never finished


def normal(passphrase: str) -> str:
    """The same letters typed on another system may come in other code points."""
    return unicodedata.normalize("NFC", passphrase)


def _entry(identity: str, way: WayIn) -> str:
    return str(way.details.get("entry", identity))  # the first vaults' entries bear the vault's name


def _recalled(identity: str, way: WayIn, unlock: Unlock) -> tuple[bytes, str]:
    backend = str(way.details.get("backend", ""))
    kept = "Your data is still there, encrypted."
    if not unlock.use_keychain:
        raise KeychainUnavailable(
            f"The key to your data is kept in the system's keychain ({backend}), which Privet was told to leave alone.",
            "Start Privet without that option.",
        )
    try:
        wrapping_key = keychain.recall(backend, _entry(identity, way))
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


def _by_organisation(identity: str, way: WayIn, private_key: bytes) -> bytes:
    try:
        return organisation.unseal(identity, way, private_key)
    except WrongKey as error:
        raise WrongPassphrase(
            f"This is not the key of {way.details.get('name', 'the organisation')} that this data was sealed to.",
            "Take the private key that belongs to the public key in keys.json.",
        ) from error


def _told(keys: KeyFile, unlock: Unlock, tries: Tries, silent: KeychainUnavailable | None) -> tuple[bytes, str]:
    """The data key by what the person writes: their passphrase, or their recovery key in the same field."""
    kinds = {way.kind for way in keys.ways}
    tried: set[str] = set()
    why = silent.what if silent is not None and unlock.use_keychain else ""
    for attempt in range(1, _ATTEMPTS + 1):
        request = PassphraseRequest(
            False, attempt, recovery=RECOVERY in kinds, alone=PASSPHRASE not in kinds, wait=tries.wait, why=why
        )
        text = _ask(unlock, request)
        if text in tried:
            continue  # the same again is wrong again, and costs a second of work
        tried.add(text)
        if tries.wait:
            unlock.pause(tries.wait)
        tries.begin()
        for way in keys.ways:
            wrapping_key, complaint = _wrapping_key(way, text, alone=request.alone)
            why = complaint or why
            try:
                if wrapping_key is not None:
                    opened = unwrap(keys.identity, way, wrapping_key)
                    tries.succeed()
                    return opened, PASSPHRASE if way.kind == PASSPHRASE else BY_RECOVERY
            except WrongKey:
                continue
    if PASSPHRASE not in kinds:
        raise WrongPassphrase("This recovery key does not open your data.", "Compare it with the one that you printed.")
    raise WrongPassphrase(
        "This passphrase does not open your data.", "Check the keyboard's language and Caps Lock, and try again."
    )


def _wrapping_key(way: WayIn, text: str, *, alone: bool) -> tuple[bytes | None, str]:
    """The key that `text` stands for at a way in, and what is wrong with it where nothing else could be meant."""
    if way.kind == PASSPHRASE:
        return stretch(text, way.details), ""
    if way.kind == RECOVERY:
        try:
            return recovery.wrapping_key(text), ""
        except recovery.Unreadable as error:
            return None, str(error) if alone else ""
    return None, ""


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
    return normal(passphrase)
