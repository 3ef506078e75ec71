"""The data key, and `keys.json`, which keeps it wrapped once for each way in, never in the clear.

Wrapping is AES-256-GCM (NIST SP 800-38D) with all the rest of the entry as authenticated data, so that
neither the cost of a passphrase nor the name of a keychain can be changed unnoticed.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from assistant.errors import VaultDamaged, VaultNewer

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_FORMAT: Final = 1
_LARGEST_FILE: Final = 1 << 20

KEYCHAIN: Final = "keychain"
PASSPHRASE: Final = "passphrase"
RECOVERY: Final = "recovery"
ORGANISATION: Final = "organisation"

_DATABASE: Final = re.compile(r"vault\.db\.[0-9a-f]{8}")


class WrongKey(Exception):
    """A key that does not unwrap the data key; never shown, each caller knows whose fault it is."""


@dataclass(frozen=True, slots=True)
class WayIn:
    """The data key, wrapped for one way in.

    kind: KEYCHAIN, PASSPHRASE, RECOVERY or ORGANISATION. details: what it takes to find the wrapping key again,
    none of it secret.
    """

    kind: str
    details: Mapping[str, str | int]
    nonce: bytes
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What `keys.json` says. identity: of this vault, random, in hexadecimal.

    database: the file that becomes the database, where these keys belong to another than the one of before; else "".
    """

    identity: str
    ways: tuple[WayIn, ...]
    database: str = ""

    def encode(self) -> bytes:
        """The file's bytes."""
        ways = [
            {"kind": way.kind, **way.details, "nonce": _text(way.nonce), "wrapped": _text(way.wrapped)}
            for way in self.ways
        ]
        fields = {"format": _FORMAT, "identity": self.identity, "ways": ways}
        if self.database:
            fields["database"] = self.database
        return json.dumps(fields, indent=2).encode() + b"\n"


def new_key() -> bytes:
    """A random 256-bit key."""
    return os.urandom(KEY_BYTES)


def new_identity() -> str:
    """A random name for a vault, so that one keychain can hold the keys of several."""
    return os.urandom(16).hex()


def wrap(identity: str, kind: str, details: Mapping[str, str | int], wrapping_key: bytes, data_key: bytes) -> WayIn:
    """Wrap `data_key` with `wrapping_key`, 32 bytes each, under a fresh nonce."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    return WayIn(kind, details, nonce, AESGCM(wrapping_key).encrypt(nonce, data_key, header(identity, kind, details)))


def unwrap(identity: str, way: WayIn, wrapping_key: bytes) -> bytes:
    """The data key, 32 bytes. Raises WrongKey if the key, or anything in the entry, is not what it was."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(wrapping_key).decrypt(way.nonce, way.wrapped, header(identity, way.kind, way.details))
    except (InvalidTag, ValueError) as error:
        raise WrongKey from error


def derive(data_key: bytes, purpose: str, length: int) -> bytes:
    """`length` bytes for one purpose (HKDF-SHA256, RFC 5869); at most 8,160."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"privet:{purpose}".encode()).derive(data_key)


def decode(content: bytes) -> KeyFile:
    """Read `keys.json`. Raises VaultNewer or VaultDamaged."""
    try:
        if len(content) > _LARGEST_FILE:
            raise ValueError("too long")
        fields = json.loads(content.decode("utf-8"))
        number = fields["format"]
        if isinstance(number, int) and number > _FORMAT:
            raise VaultNewer(
                "Your data was last opened by a newer Privet.",
                "Install that version or a later one; nothing was changed.",
            )
        if number != _FORMAT or not isinstance(fields["identity"], str):
            raise ValueError("unknown format")
        database = fields.get("database", "")
        if database and not _DATABASE.fullmatch(database):
            raise ValueError("a database of another name")
        return KeyFile(fields["identity"], tuple(_way(way) for way in fields["ways"]), database)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise keys_damaged() from error


def keys_damaged() -> VaultDamaged:
    """`keys.json` is not what was written."""
    return VaultDamaged(
        "The file that leads to the key of your data (keys.json) is damaged.",
        "Put back keys.json from your last backup; vault.db was not touched.",
    )


def _way(fields: Mapping[str, object]) -> WayIn:
    details: dict[str, str | int] = {}
    for name, value in fields.items():
        if name not in ("kind", "nonce", "wrapped"):
            if not isinstance(value, str | int):
                raise ValueError("a way in holds something that is neither text nor number")
            details[name] = value
    return WayIn(str(fields["kind"]), details, _bytes(fields["nonce"]), _bytes(fields["wrapped"]))


def header(identity: str, kind: str, details: Mapping[str, str | int]) -> bytes:
    """What of an entry is authenticated besides the data key."""
    fields = {"format": _FORMAT, "identity": identity, "kind": kind, "details": dict(details)}
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("bytes are kept as text")
    return base64.b64decode(value, validate=True)
