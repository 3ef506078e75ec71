"""Bytes that lie outside the database, sealed with a key of the vault's: caches, which may be lost but not be read."""

from __future__ import annotations

import os
from typing import Final

_NONCE_BYTES: Final = 12
KEY_BYTES: Final = 32


class DamagedSeal(Exception):
    """Bytes that are not what was sealed, or not by this vault, or not for this purpose, or not about that."""


def seal(key: bytes, data: bytes, about: bytes) -> bytes:
    """`data` under AES-256-GCM (NIST SP 800-38D): a random nonce of 12 bytes, then the ciphertext and its tag.

    key: 32 bytes. about: what has to be the same at unsealing; not part of the result.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, about)


def unseal(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """What `seal` was given. Raises DamagedSeal."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    view = memoryview(sealed)
    try:
        return AESGCM(key).decrypt(view[:_NONCE_BYTES], view[_NONCE_BYTES:], about)
    except (InvalidTag, ValueError) as error:
        raise DamagedSeal from error
