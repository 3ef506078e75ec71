"""The ZIP container of an office document, measured before anything in it is unpacked."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from typing import BinaryIO, Final, cast

from lxml import etree

from assistant.ingestion.formats.xml import parse
from assistant.workers import Refusal

_MOST_MEMBERS: Final = 20_000
_MOST_UNPACKED: Final = 2 << 30
_LARGEST_PART: Final = 512 << 20
_LARGEST_SMALL_PART: Final = 32 << 20
_SUSPECT_SIZE: Final = 16 << 20
_SUSPECT_RATIO: Final = 150  # text of Word packs 10 to 20 times, very monotonous tables near 100
_OFFICE_DOCUMENT: Final = "/officeDocument"
_DECLARATIONS: Final = 64 << 10
_NAMESPACES: Final = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/officeDocument/math", b"http://schemas.openxmlformats.org/officeDocument/2006/math"),
)


@dataclass(frozen=True, slots=True)
class MainPart:
    """Where the document itself is in its container."""

    name: str

    def sibling(self, name: str) -> str:
        """The name of a part beside it."""
        return posixpath.join(posixpath.dirname(self.name), name)


class Package:
    """An open container. Raises Refusal "bomb" where it unpacks to absurd sizes, BadZipFile where it is none."""

    def __init__(self, file: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(file)
        members = self._archive.infolist()
        if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > _MOST_UNPACKED:
            raise Refusal("bomb")
        for member in members:
            if member.file_size > _SUSPECT_SIZE and member.file_size > _SUSPECT_RATIO * max(1, member.compress_size):
                raise Refusal("bomb")
        self._sizes = {member.filename: member.file_size for member in members}

    def main_part(self) -> MainPart:
        """The document's own part. Raises Refusal("not-word") where this is another kind of container."""
        relations = self.xml("_rels/.rels")
        if relations is not None:
            for relation in relations:
                if relation.get("Type", "").endswith(_OFFICE_DOCUMENT):
                    name = posixpath.normpath(relation.get("Target", "")).lstrip("/")
                    if name in self._sizes and "word" in name.casefold():
                        return MainPart(name)
        if "word/document.xml" in self._sizes:
            return MainPart("word/document.xml")
        raise Refusal("not-word")

    def parts(self, start: str) -> list[str]:
        """The names of the XML parts that begin with `start`, in order: header1.xml, header2.xml..."""
        names = (name for name in self._sizes if name.startswith(start) and name.endswith(".xml"))
        return sorted(name for name in names if name[len(start) : -4].isdigit() or name == f"{start}.xml")

    def open(self, name: str) -> BinaryIO:
        """A part as a stream, which never gives more than it announced. Raises Refusal("bomb")."""
        if self._sizes[name] > _LARGEST_PART:
            raise Refusal("bomb")
        return cast(BinaryIO, _Transitional(cast(BinaryIO, self._archive.open(name))))

    def xml(self, name: str) -> etree._Element | None:
        """A small part as a tree, or None where there is none. Raises Refusal "bomb" or "damaged"."""
        size = self._sizes.get(name)
        if size is None:
            return None
        if size > _LARGEST_SMALL_PART:
            raise Refusal("bomb")
        return parse(_transitional(self._archive.read(name)))


class _Transitional:
    """A part with the namespaces of the usual spelling, where the document is in the strict one (ISO/IEC 29500-1).

    They are declared at the start, so that only the first bytes need a look.
    """

    def __init__(self, part: BinaryIO) -> None:
        self._part = part
        self._first = True

    def read(self, size: int = -1) -> bytes:
        """The next bytes, somewhat more or fewer than `size`."""
        if not self._first:
            return self._part.read(size)
        self._first = False
        return _transitional(self._part.read(_DECLARATIONS))


def _transitional(data: bytes) -> bytes:
    for strict, usual in _NAMESPACES:
        data = data.replace(strict, usual, 1)
    return data
