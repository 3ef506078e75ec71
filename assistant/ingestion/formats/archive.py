"""An archive of files (ZIP), measured before anything in it is unpacked; each file is read in a child of its own."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, Final

from assistant.ingestion import caps
from assistant.ingestion.families import HEAD_BYTES, is_supported, recognise
from assistant.ingestion.formats.events import About, Event, Inside
from assistant.workers import Refusal

_MOST_MEMBERS: Final = 10_000
_SUSPECT_SIZE: Final = 16 << 20
_SUSPECT_RATIO: Final = 150  # text packs 3 to 10 times, logs and monotonous tables near 100
_PIECE: Final = 1 << 20
_HIDDEN: Final = (".", "~$", "__MACOSX")
_ENCRYPTED: Final = 0x1


class Container:
    """An open ZIP file. Raises Refusal("bomb") where its members lie over one another or are far too many.

    Raises BadZipFile where it is none, or one of them has no name or is said to begin before the file does.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        try:
            self._archive = zipfile.ZipFile(file)
        except UnicodeDecodeError as error:
            raise zipfile.BadZipFile("name") from error
        self._members = self._archive.infolist()
        if any(member.header_offset < 0 for member in self._members):
            raise zipfile.BadZipFile("offset")
        # Members that share their packed bytes are how a small file announces petabytes.
        if len(self._members) > 2 * _MOST_MEMBERS or sum(each.compress_size for each in self._members) > size:
            raise Refusal("bomb")

    @property
    def names(self) -> list[str]:
        """The names of the members, in their order."""
        return [member.filename for member in self._members]

    def start_of(self, name: str) -> bytes:
        """The first bytes of a member, b"" where it is not there or can't be read."""
        if name not in self._archive.NameToInfo:
            return b""
        try:
            with self._archive.open(name) as member:
                return member.read(HEAD_BYTES)
        except (RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError, OSError):
            return b""

    def files(self) -> Iterator[Event]:
        """Each file inside that Privet may be able to read; what it can't is told by its name."""
        files = [member for member in self._members if not member.is_dir() and not _is_hidden(member.filename)]
        left = caps.MAX_INSIDE
        for member in files[: caps.MAX_PARTS]:
            code = self._refused(member, left)
            if code:
                yield Inside(member.filename, refused=code)
                continue
            left -= member.file_size
            yield Inside(member.filename, self._pieces(member))
        yield About(notes=("more-files",) if len(files) > caps.MAX_PARTS else ())

    def _refused(self, member: zipfile.ZipInfo, left: int) -> str:
        name = PurePosixPath(member.filename)
        if member.flag_bits & _ENCRYPTED:
            return "password" if is_supported(name) or not name.suffix else "unknown-format"
        if not is_supported(name) and recognise(name, self.start_of(member.filename)) is None:
            return "unknown-format" if member.file_size else "empty"
        if member.file_size > _SUSPECT_SIZE and member.file_size > _SUSPECT_RATIO * max(1, member.compress_size):
            return "bomb"
        if member.file_size > caps.MAX_PART:
            return "large-part"
        return "bomb" if member.file_size > left else "" if member.file_size else "empty"

    def _pieces(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        with self._archive.open(member) as file:
            while piece := file.read(_PIECE):
                yield piece


def _is_hidden(name: str) -> bool:
    return any(part.startswith(_HIDDEN) for part in PurePosixPath(name).parts if part != "..")
