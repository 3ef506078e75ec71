"""Files embedded in office documents: packages, objects of older programs, and parts in another format."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final

from assistant.ingestion import caps
from assistant.ingestion.formats.events import About, Event, Inside
from assistant.ingestion.formats.package import Package

_FOLDERS: Final = ("word/embeddings/", "xl/embeddings/", "ppt/embeddings/")
_OTHER_FORMATS: Final = (".htm", ".html", ".mht", ".rtf", ".txt")
_MOST: Final = 200
_HEADER: Final = 6  # of an OLE 1.0 object: its size and a flag


def with_embedded(events: Iterable[Event], package: Package) -> Iterator[Event]:
    """What a document's reader says, and before its end the files embedded in the document."""
    for event in events:
        if isinstance(event, About):
            yield from embedded(package)
        yield event


def embedded(package: Package) -> Iterator[Inside]:
    """The files in an office document that are no parts of its own kind; the figures of charts are read as charts."""
    charts = [name for name in package.names if "/charts/" in name and name.endswith(".xml")]
    figures = {relation.target for name in charts for relation in package.relations(name)}
    names = [name for name in package.names if name.startswith(_FOLDERS) and name not in figures]
    # Word imports these as they are when it opens the document.
    names += [name for name in package.names if name.startswith("word/") and name.endswith(_OTHER_FORMATS)]
    for name in names[:_MOST]:
        base = posixpath.basename(name)
        if not base:
            continue
        data = package.read(name, large=True)
        if data and len(data) <= caps.MAX_PART:
            # What a .mht holds is a message whose text is a web page.
            yield Inside(base.removesuffix(".mht") + ".eml" if base.endswith(".mht") else base, (data,))


def native(data: bytes) -> Inside | None:
    """The file in an OLE 1.0 object (MS-OLEDS, 2.3.6, and its practice): label, path, temporary path, bytes."""
    label, at = _string(data, _HEADER)
    _, at = _string(data, at)
    length = int.from_bytes(data[at + 4 : at + 8], "little")
    at += 8 + length
    size = int.from_bytes(data[at : at + 4], "little")
    inside = data[at + 4 : at + 4 + size]
    name = posixpath.basename(label.replace("\\", "/"))
    return Inside(name, (inside,)) if name and inside and len(inside) == size else None


def _string(data: bytes, at: int) -> tuple[str, int]:
    end = data.find(b"\0", at, at + 1_000)
    return (data[at:end].decode("cp1252", "replace"), end + 1) if end >= 0 else ("", len(data))
