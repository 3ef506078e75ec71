"""What a question may be put to: one workspace, and within it what a conversation is narrowed to."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Final

from assistant.values.common import CollectionId, DocumentId, WorkspaceId

DOCUMENT_TYPES: Final[dict[str, tuple[str, ...]]] = {
    "pdf": ("pdf",),
    "word": ("docx", "docm", "dotx", "dotm", "doc", "dot", "odt", "ott", "rtf"),
    "slides": ("pptx", "pptm", "ppsx", "potx", "ppt", "pps", "odp", "otp"),
    "tables": ("xlsx", "xlsm", "xlsb", "xltx", "xls", "xlt", "ods", "ots", "csv", "tsv", "tab"),
    "mail": ("eml", "msg", "mbox", "mbx"),
    "web": ("html", "htm", "xhtml", "epub"),
    "text": ("txt", "text", "log", "md", "markdown", "mdown", "rst", "rest", "adoc", "asciidoc"),
    "pictures": ("png", "jpg", "jpeg", "tif", "tiff", "bmp", "webp", "gif"),
}
"""Kinds of documents by the endings of their names; any other word stands for the ending that it is."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a conversation is narrowed to within its workspace; what is empty narrows nothing.

    collections, documents: what is in one of the collections, or is one of the documents. types: keys of
    DOCUMENT_TYPES, or endings of file names. since, until: first and last day, as "2026-11-25", on which the file was
    last changed (where that is not known: was added).
    """

    collections: tuple[CollectionId, ...] = ()
    documents: tuple[DocumentId, ...] = ()
    types: tuple[str, ...] = ()
    since: str = ""
    until: str = ""

    @property
    def endings(self) -> frozenset[str]:
        """The endings of file names that `types` means, in lower case; empty for any."""
        return frozenset(ending for one in self.types for ending in DOCUMENT_TYPES.get(one, (one.lower().lstrip("."),)))

    def packed(self) -> str:
        """As JSON; "" for one that narrows nothing."""
        return "" if self == EVERYTHING else json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def unpacked(cls, packed: str) -> Scope:
        """What `packed` made. Raises ValueError, KeyError or TypeError for anything else."""
        if not packed:
            return EVERYTHING
        said = json.loads(packed)
        return cls(
            tuple(CollectionId(int(one)) for one in said["collections"]),
            tuple(DocumentId(int(one)) for one in said["documents"]),
            tuple(str(one) for one in said["types"]),
            str(said["since"]),
            str(said["until"]),
        )


EVERYTHING: Final = Scope()
"""All of a workspace."""


@dataclass(frozen=True, slots=True)
class WorkspaceInfo:
    """A workspace for lists. home: the collection that documents go to which are added in it; None for the first."""

    id: WorkspaceId
    name: str
    home: CollectionId | None
    documents: int
    conversations: int
