"""The ZIP container of an office document, measured before anything in it is unpacked."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from typing import BinaryIO, Final, cast

from lxml import etree

from assistant.ingestion import caps
from assistant.ingestion.formats.xml import parse
from assistant.workers import Refusal

_MOST_UNPACKED: Final = 2 << 30
_LARGEST_PART: Final = 512 << 20
_LARGEST_SMALL_PART: Final = 32 << 20
_LARGEST_LARGE_PART: Final = 96 << 20
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
class Relation:
    """A tie from one part to another. kind: the last word of its type, as "slide". target: the other part's name."""

    id: str
    kind: str
    target: str


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
        if len(members) > caps.MAX_MEMBERS or sum(member.file_size for member in members) > _MOST_UNPACKED:
            raise Refusal("bomb")
        for member in members:
            if member.file_size > _SUSPECT_SIZE and member.file_size > _SUSPECT_RATIO * max(1, member.compress_size):
                raise Refusal("bomb")
        self._sizes = {member.filename: member.file_size for member in members}

    @property
    def names(self) -> list[str]:
        """The names of all members, in the order of the container."""
        return list(self._sizes)

    def relations(self, part: str) -> list[Relation]:
        """The ties of a part to others in the container; those that lead out of it are left out."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: list[Relation] = []
        for relation in root if root is not None else ():
            target = relation.get("Target", "")
            if isinstance(relation.tag, str) and relation.get("TargetMode") != "External" and target:
                path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                if path in self._sizes:
                    found.append(Relation(relation.get("Id", ""), posixpath.basename(relation.get("Type", "")), path))
        return found

    def targets(self, part: str) -> dict[str, str]:
        """The parts that a part is tied to, by the ids that it has for them."""
        return {relation.id: relation.target for relation in self.relations(part)}

    def main_part(self) -> MainPart | None:
        """The document's own part, or None where this is no office document of Microsoft's kind."""
        relations = self.xml("_rels/.rels")
        for relation in relations if relations is not None else ():
            if isinstance(relation.tag, str) and relation.get("Type", "").endswith(_OFFICE_DOCUMENT):
                name = posixpath.normpath(relation.get("Target", "")).lstrip("/")
                if name in self._sizes:
                    return MainPart(name)
        usual = ("word/document.xml", "xl/workbook.xml", "xl/workbook.bin", "ppt/presentation.xml")
        return next((MainPart(name) for name in usual if name in self._sizes), None)

    def parts(self, start: str) -> list[str]:
        """The names of the XML parts that begin with `start`, in order: header1.xml, header2.xml..."""
        names = (name for name in self._sizes if name.startswith(start) and name.endswith(".xml"))
        return sorted(name for name in names if name[len(start) : -4].isdigit() or name == f"{start}.xml")

    def open(self, name: str) -> BinaryIO:
        """A part as a stream, which never gives more than it announced. Raises Refusal("bomb")."""
        if self._sizes[name] > _LARGEST_PART:
            raise Refusal("bomb")
        return cast(BinaryIO, _Transitional(cast(BinaryIO, self._archive.open(name))))

    def read(self, name: str, large: bool = False) -> bytes:
        """A part as a whole, b"" where there is none. Raises Refusal("bomb"). large: whether some 100 MB are fine."""
        size = self._sizes.get(name)
        if size is None:
            return b""
        if size > (_LARGEST_LARGE_PART if large else _LARGEST_SMALL_PART):
            raise Refusal("bomb")
        return self._archive.read(name)

    def xml(self, name: str, large: bool = False) -> etree._Element | None:
        """A part as a tree, or None where there is none. Raises Refusal "bomb" or "damaged". large: as for `read`."""
        return parse(_transitional(self.read(name, large)))


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
