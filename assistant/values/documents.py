"""What a document holds, how it is kept, and what a search finds in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from assistant.values.common import DocumentId, PassageId


class BlockKind(StrEnum):
    """What a stretch of a document is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document as a reader sees it.

    page: from 1, None where the format has no pages. level: of a heading, from 1; else 0.
    """

    kind: BlockKind
    text: str
    page: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What a file holds, as text.

    title: the document's own, or "" where it names none. pages: how many it has, 0 where the
    format has none. empty_pages: pages without any text. warnings: sentences for the person.
    """

    title: str
    blocks: tuple[Block, ...]
    pages: int
    empty_pages: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text that can be found and cited.

    page, last_page: from 1, None where the format has no pages. heading: the path of headings
    above it, outermost first. ordinal: its place in the document, from 0. tokens: its length in
    tokens of the embedder.
    """

    text: str
    ordinal: int
    tokens: int
    page: int | None = None
    last_page: int | None = None
    heading: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where a person finds it: "page 12", "pages 12 to 13", or the nearest heading."""
        if self.page is not None:
            if self.last_page is not None and self.last_page != self.page:
                return f"pages {self.page} to {self.last_page}"
            return f"page {self.page}"
        return self.heading[-1] if self.heading else ""


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document that Privet keeps, for lists.

    path: where it was when it was added. title: what to call it. added: seconds since 1970, UTC.
    """

    id: DocumentId
    path: Path
    title: str
    pages: int
    passages: int
    size: int
    added: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers to a search.

    score: of the fused ranking, higher is better, comparable within one search only.
    similarity: cosine of question and passage, None where meaning was not searched.
    shared: share of the question's meaningful words that stand in the passage, 0 to 1.
    """

    id: PassageId
    document_id: DocumentId
    document: str
    passage: Passage
    score: float
    similarity: float | None = None
    shared: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered pointer from an answer to a passage; what it shows is the passage itself.

    number: as it stands in the answer, from 1. document_id, passage_id: None once the document
    was removed (the quoted text of an old answer goes with it).
    """

    number: int
    document: str
    place: str
    page: int | None
    text: str
    score: float
    document_id: DocumentId | None = None
    passage_id: PassageId | None = None
