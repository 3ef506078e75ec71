"""The recovery key: 256 random bits as 24 words with a checksum, to be printed and kept in a drawer.

The encoding is BIP-39's (bips/bip-0039.mediawiki, English list): 256 bits and the first 8 bits of their SHA-256,
cut into 24 numbers of 11 bits. It is encoding only; the bits are random and become a wrapping key by HKDF.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from assistant.vault.keys import KEY_BYTES, derive

WORDS: Final = 24
_LETTERS: Final = re.compile(r"[a-z]+")
_BITS: Final = 11
_PREFIX: Final = 4  # no two words of the list share their first four letters


class Unreadable(ValueError):
    """A text that is no recovery key. The message is one sentence for a person."""


def new_words() -> str:
    """A new recovery key: 24 words with spaces between."""
    return encode(os.urandom(KEY_BYTES))


def wrapping_key(words: str) -> bytes:
    """The key, 32 bytes, that wraps the data key for these words. Raises Unreadable."""
    return derive(decode(words), "recovery key", KEY_BYTES)


def encode(secret: bytes) -> str:
    """32 bytes as words."""
    number = int.from_bytes(secret + hashlib.sha256(secret).digest()[:1])
    return " ".join(_list()[number >> (_BITS * (WORDS - 1 - place)) & 0x7FF] for place in range(WORDS))


def decode(text: str) -> bytes:
    """The 32 bytes that words stand for; case, punctuation and all but a word's first four letters do not matter.

    Raises Unreadable, which says what is wrong.
    """
    words = _LETTERS.findall(unicodedata.normalize("NFKD", text).casefold())
    if len(words) != WORDS:
        raise Unreadable(f"A recovery key has {WORDS} words; these are {len(words)}.")
    number = 0
    for place, word in enumerate(words, 1):
        index = _places().get(word[:_PREFIX])
        if index is None or not _list()[index].startswith(word) or len(word) < min(_PREFIX, len(_list()[index])):
            raise Unreadable(f"Word {place} is not one that recovery keys are made of.")
        number = number << _BITS | index
    secret, checksum = (number >> 8).to_bytes(KEY_BYTES), number & 0xFF
    if hashlib.sha256(secret).digest()[0] != checksum:
        raise Unreadable("Two of these words are mixed up, or one is another word of the list.")
    return secret


@cache
def _list() -> tuple[str, ...]:
    return tuple(Path(__file__).with_name("recovery_words.txt").read_text(encoding="ascii").split())


@cache
def _places() -> dict[str, int]:
    return {word[:_PREFIX]: place for place, word in enumerate(_list())}
