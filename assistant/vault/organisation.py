"""The organisation's way in: the data key sealed to a public key from IT's policy, which only its private key opens.

The seal is HPKE in base mode (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, as `cryptography`
has it. The entry's other fields are HPKE's info, so that none of them can be changed unnoticed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.errors import BadInput
from assistant.vault.keys import ORGANISATION, WayIn, WrongKey, header

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hpke import Suite

_LARGEST_FILE: Final = 64 << 10


def seal(identity: str, name: str, public_key: bytes, data_key: bytes) -> WayIn:
    """The data key sealed to `public_key` (X25519, 32 bytes raw). name: of the organisation, for people."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    details: dict[str, str | int] = {"name": name, "public_key": public_key.hex()}
    try:
        recipient = X25519PublicKey.from_public_bytes(public_key)
    except ValueError as error:
        raise BadInput(
            "The key that your organisation's policy names is none.", "Tell whoever manages this computer."
        ) from error
    sealed = _suite().encrypt(data_key, recipient, info=header(identity, ORGANISATION, details))
    return WayIn(ORGANISATION, details, b"", sealed)


def unseal(identity: str, way: WayIn, private_key: bytes) -> bytes:
    """The data key. private_key: X25519, 32 bytes raw. Raises WrongKey."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    try:
        key = X25519PrivateKey.from_private_bytes(private_key)
        return _suite().decrypt(way.wrapped, key, info=header(identity, way.kind, way.details))
    except (InvalidTag, ValueError) as error:
        raise WrongKey from error


def read_private_key(file: Path) -> bytes:
    """The X25519 key, 32 bytes raw, in a PEM file (PKCS #8, not encrypted). Raises BadInput."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        with file.open("rb") as opened:
            key = load_pem_private_key(opened.read(_LARGEST_FILE), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise BadInput(
            f"The organisation's key could not be read from {file}.",
            "Name a PEM file with an X25519 private key that is not encrypted.",
        ) from error
    if not isinstance(key, X25519PrivateKey):
        raise BadInput(f"The key in {file} is of another kind.", "Name a PEM file with an X25519 private key.")
    return key.private_bytes_raw()


def _suite() -> Suite:
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
