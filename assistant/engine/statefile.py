"""The file of a saved state: a sealed header and sealed pieces, each bound to its place, no plain text in between."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, Protocol

from assistant.vault import DamagedSeal

_PURPOSE: Final = "states"
_MAGIC: Final = b"PRVSTAT1"
_LENGTH: Final = struct.Struct("<I")
_LARGEST_HEADER: Final = 8 << 20
_LARGEST_PIECE: Final = 64 << 20


class NoState(Exception):
    """A file that is not, or no longer, what was written; or pieces that are not as long as was said."""


class Sealing(Protocol):
    """What seals; the vault does."""

    def seal(self, purpose: str, data: bytes, about: bytes) -> bytes:
        """`data` sealed. about: has to be the same at unsealing."""

    def unseal(self, purpose: str, sealed: bytes, about: bytes) -> bytes:
        """What was sealed. Raises DamagedSeal."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a state is of. maker: what made it, to be the same for it to be used. size: of the state, in bytes."""

    maker: str
    tokens: array[int]
    size: int


def write(path: Path, name: str, sealing: Sealing, header: Header, pieces: Iterable[bytes]) -> None:
    """Write `path`, which is to be called `name` later, and force it to the disk. Raises OSError, NoState.

    pieces: of the state, at most 64 MB each.
    """
    fields = {"maker": header.maker, "tokens": list(header.tokens), "size": header.size}
    sealed = sealing.seal(_PURPOSE, json.dumps(fields).encode(), _about_header(name))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(_MAGIC + _LENGTH.pack(len(sealed)) + sealed)
        at = 0
        for piece in pieces:
            sealed_piece = sealing.seal(_PURPOSE, piece, _about_piece(sealed, at))
            file.write(_LENGTH.pack(len(sealed_piece)))
            file.write(sealed_piece)
            at += len(piece)
        if at != header.size:
            raise NoState
        file.flush()
        os.fsync(file.fileno())


def read_header(path: Path, sealing: Sealing) -> Header:
    """The header of a file. Raises OSError, NoState."""
    with path.open("rb") as file:
        return _header(_sealed_header(file), path.name, sealing)


def read_pieces(path: Path, sealing: Sealing) -> Iterator[bytes]:
    """The pieces of the state in a file, one after the other. Raises OSError, NoState."""
    with path.open("rb") as file:
        sealed = _sealed_header(file)
        size, at = _header(sealed, path.name, sealing).size, 0
        while at < size:
            piece = _unsealed(sealing, _frame(file, _LARGEST_PIECE), _about_piece(sealed, at))
            at += len(piece)
            if not piece or at > size:
                raise NoState
            yield piece


def _sealed_header(file: IO[bytes]) -> bytes:
    if file.read(len(_MAGIC)) != _MAGIC:
        raise NoState
    return _frame(file, _LARGEST_HEADER)


def _header(sealed: bytes, name: str, sealing: Sealing) -> Header:
    fields = json.loads(_unsealed(sealing, sealed, _about_header(name)))
    return Header(fields["maker"], array("i", fields["tokens"]), fields["size"])


def _frame(file: IO[bytes], largest: int) -> bytes:
    length = file.read(_LENGTH.size)
    if len(length) < _LENGTH.size:
        raise NoState
    size: int = _LENGTH.unpack(length)[0]
    if size > largest:
        raise NoState
    frame = file.read(size)
    if len(frame) < size:
        raise NoState
    return frame


def _unsealed(sealing: Sealing, sealed: bytes, about: bytes) -> bytes:
    try:
        return sealing.unseal(_PURPOSE, sealed, about)
    except DamagedSeal as error:
        raise NoState from error


def _about_header(name: str) -> bytes:
    return b"header of " + name.encode()


def _about_piece(sealed_header: bytes, at: int) -> bytes:
    """Binds a piece to its place and to the one header that it was written behind."""
    return b"piece at %d behind " % at + hashlib.sha256(sealed_header).digest()
