"""New keys for a vault: the same database under another data key, which each way in then leads to."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from assistant.errors import KeychainUnavailable, PassphraseNeeded, WrongPassphrase
from assistant.vault import cost, organisation, recovery
from assistant.vault.keys import KEYCHAIN, ORGANISATION, PASSPHRASE, RECOVERY, KeyFile, WayIn, WrongKey, unwrap
from assistant.vault.unlock import PassphraseRequest, Unlock, by_keychain, by_passphrase, by_recovery, normal, take_back

_ATTEMPTS: Final = 3


def rewrapped(old: KeyFile, old_key: bytes, new_key: bytes, unlock: Unlock) -> tuple[KeyFile, str]:
    """The ways in of `old`, each leading to `new_key`; and the words of the new recovery key, "" where there is none.

    A passphrase stays the same and is asked for, since nobody keeps it. Raises PassphraseNeeded, WrongPassphrase,
    KeychainUnavailable; nothing is left in a keychain then.
    """
    words, ways = "", list[WayIn]()
    try:
        for way in old.ways:
            if way.kind == KEYCHAIN:
                ways.append(_in_the_keychain(old.identity, new_key))
            elif way.kind == PASSPHRASE:
                passphrase = _known(old.identity, way, old_key, unlock)
                ways.append(by_passphrase(old.identity, passphrase, new_key, unlock.cost))
            elif way.kind == RECOVERY:
                words = recovery.new_words()
                ways.append(by_recovery(old.identity, words, new_key))
            elif way.kind == ORGANISATION:
                public_key = bytes.fromhex(str(way.details["public_key"]))
                ways.append(organisation.seal(old.identity, str(way.details["name"]), public_key, new_key))
    except BaseException:
        take_back(replace(old, ways=tuple(ways)))
        raise
    return replace(old, ways=tuple(ways), database=""), words


def _in_the_keychain(identity: str, new_key: bytes) -> WayIn:
    way = by_keychain(identity, new_key)
    if way is None:
        raise KeychainUnavailable(
            "The system's keychain does not take a new key, so the old one is still in force.",
            "Unlock the keychain and try again, or remove that way in first.",
        )
    return way


def _known(identity: str, way: WayIn, old_key: bytes, unlock: Unlock) -> str:
    for attempt in range(1, _ATTEMPTS + 1):
        passphrase = unlock.passphrase(PassphraseRequest(False, attempt)) if unlock.passphrase is not None else None
        if passphrase is None:
            raise PassphraseNeeded(
                "The passphrase is needed to lock the new key with it, so the old key is still in force.",
                "Try again with your passphrase at hand.",
            )
        try:
            if unwrap(identity, way, cost.stretch(normal(passphrase), way.details)) == old_key:
                return passphrase
        except WrongKey:
            continue
    raise WrongPassphrase("This passphrase does not open your data.", "The old key is still in force; try again.")
