"""What a document holds, how it is kept, and what a search finds in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from assistant.values.common import (
    FIRST_WORKSPACE,
    CollectionId,
    DocumentId,
    PassageId,
    SourceId,
    TableId,
    WorkspaceId,
)


class BlockKind(StrEnum):
    """What a stretch of a document is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CODE = "code"


class Unit(StrEnum):
    """What the numbers of a document's pages count."""

    PAGE = "page"
    SLIDE = "slide"
    SHEET = "sheet"
    CHAPTER = "chapter"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Position:
    """Where in its file a stretch stands, beside its page number; each part of it only where the format has it.

    part: the file inside an archive or attached to a message, as "2024/minutes.docx"; "" for the file itself.
    name: of the sheet. cells: a range of it, as "B2:D14". line, last_line: from 1, 0 where lines don't count.
    ocr: how sure the recognition of characters is, 0 to 1; None where the file gives the text itself.
    """

    unit: Unit = Unit.PAGE
    part: str = ""
    name: str = ""
    cells: str = ""
    line: int = 0
    last_line: int = 0
    ocr: float | None = None

    def packed(self) -> str:
        """As JSON, what is not there left out; "" for the position of a plain page."""
        said = {name: value for name, value in asdict(self).items() if value != getattr(NOWHERE, name)}
        return json.dumps(said, ensure_ascii=False) if said else ""

    @classmethod
    def unpacked(cls, packed: str) -> Position:
        """What `packed` made. Raises ValueError or TypeError for anything else."""
        said = json.loads(packed) if packed else {}
        return cls(**{**said, "unit": Unit(said.get("unit", Unit.PAGE))})


NOWHERE = Position()
"""The position of a stretch of which only the page, or not even that, is known."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document as a reader sees it.

    page: from 1, None where the format has no pages (of slides, sheets and messages it is their number). level: of a
    heading, from 1; else 0.
    """

    kind: BlockKind
    text: str
    page: int | None = None
    level: int = 0
    position: Position = NOWHERE


CellValue = str | int | float | bool | None
"""What stands in a cell; dates and times as ISO 8601 text, None where it is empty."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as data, for questions that want exact answers; its text is among the blocks as well.

    rows: the first is the header where the table has one; all are of one length. page, position: as of a block, with
    the cells that the table covers in its sheet. caption: the heading above it and the text right before it.
    """

    rows: tuple[tuple[CellValue, ...], ...]
    page: int | None = None
    position: Position = NOWHERE
    caption: str = ""


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table of a document that is kept. document: its title."""

    id: TableId
    document_id: DocumentId
    document: str
    table: Table


@dataclass(frozen=True, slots=True)
class TableChoice:
    """A table that a person wants asked. table: None for the document's first. sql: their own query, or ""."""

    document: DocumentId
    table: TableId | None = None
    sql: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A file inside an archive or attached to a message. refused: why it was not read, as a sentence; "" if it was."""

    name: str
    pages: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """What a file holds, as text.

    title: the document's own, or "" where it names none. pages: how many it has, 0 where the
    format has none; unit: what they are. empty_pages: pages without any text. ocr_pages: those whose text was
    recognised from a picture. lost_pages: those that could not be read. language: that of most of its text, ISO
    639-1, or "". parts: the files inside it. warnings: sentences for the person.
    """

    title: str
    blocks: tuple[Block, ...]
    pages: int
    empty_pages: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    unit: Unit = Unit.PAGE
    ocr_pages: tuple[int, ...] = ()
    lost_pages: tuple[int, ...] = ()
    language: str = ""
    tables: tuple[Table, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of text that can be found and cited.

    page, last_page: from 1, None where the format has no pages. heading: the path of headings
    above it, outermost first. ordinal: its place in the document, from 0. tokens: its length in
    tokens of the embedder. position: of all of it; where some of it was recognised from a picture, its ocr is that
    of the least sure stretch. language: ISO 639-1, or "".
    """

    text: str
    ordinal: int
    tokens: int
    page: int | None = None
    last_page: int | None = None
    heading: tuple[str, ...] = ()
    position: Position = NOWHERE
    language: str = ""

    @property
    def place(self) -> str:
        """Where a person finds it: "page 12", "sheet Budget, cells B2:D14", "lines 3 to 9", or the nearest heading."""
        at = self.position
        said = [at.part] if at.part else []
        if at.unit is Unit.SHEET and at.name:
            said.append(f"sheet {at.name}")
        elif self.page is not None:
            said.append(_span(at.unit.value, self.page, self.last_page or self.page))
        elif self.heading and self.heading[-1] != at.part:
            said.append(self.heading[-1])
        elif at.line:
            said.append(_span("line", at.line, at.last_line or at.line))
        if at.cells:
            said.append(f"cells {at.cells}" if ":" in at.cells else f"cell {at.cells}")
        if at.ocr is not None:
            said.append("read from a picture")
        return ", ".join(said)


def _span(unit: str, first: int, last: int) -> str:
    return f"{unit} {first}" if first == last else f"{unit}s {first} to {last}"


class PageHow(StrEnum):
    """How the text of a page was come by."""

    TEXT = "text"
    OCR = "ocr"
    EMPTY = "empty"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class PageText:
    """One page as Privet reads it; of a document without pages, one of the stretches its text is kept in.

    number: from 1. confidence: of OCR, 0 to 1, that of the least sure stretch; None where there was none.
    """

    number: int
    how: PageHow
    text: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document that Privet keeps, for lists.

    path: where it was last seen. title: what to call it. added: seconds since 1970, UTC. unit: what its pages are.
    unlearned: passages that are found by their words only, so far. empty, ocr, lost: numbers of pages. language: ISO
    639-1, or "". missing: its file was not there when last looked for (it is on a stick or a share that is away).
    """

    id: DocumentId
    path: Path
    title: str
    pages: int
    passages: int
    size: int
    added: float
    warnings: tuple[str, ...] = ()
    unit: Unit = Unit.PAGE
    unlearned: int = 0
    empty: tuple[int, ...] = ()
    ocr: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()
    language: str = ""
    collection: CollectionId | None = None
    source: SourceId | None = None
    missing: bool = False

    @property
    def read_pages(self) -> int:
        """Pages whose text is kept."""
        return self.pages - len(self.empty) - len(self.lost)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers to a search.

    score: of the fused ranking, higher is better, comparable within one search only.
    similarity: cosine of question and passage, None where meaning was not searched.
    shared: share of the question's meaningful words that stand in the passage, 0 to 1.
    covered: the same with rare words counting more than common ones, headings and title included.
    close: the share of them, so weighed, that stands within a sentence's length.
    """

    id: PassageId
    document_id: DocumentId
    document: str
    passage: Passage
    score: float
    similarity: float | None = None
    shared: float = 0.0
    covered: float = 0.0
    close: float = 0.0


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered pointer from an answer to a passage; what it shows is the passage itself.

    number: as it stands in the answer, from 1. document_id, passage_id: None once the document
    was removed (the quoted text of an old answer goes with it). start, end: the sentence of `text` that answers
    the question, 0, 0 where none is told; span_start, span_end: the words in it that do. beside: the passage that
    brought this one along, its neighbour, to be read with it; leads: this one stands before that one, not behind it.
    """

    number: int
    document: str
    place: str
    page: int | None
    text: str
    score: float
    document_id: DocumentId | None = None
    passage_id: PassageId | None = None
    start: int = 0
    end: int = 0
    span_start: int = 0
    span_end: int = 0
    beside: PassageId | None = None
    leads: bool = False


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The index of vectors. generation: its folder, "" before the first. vectors: that it should hold.

    waiting: it has not taken over all changes. looked_at: it was held against the vault and agreed. building: it is
    being built again now.
    """

    generation: str
    vectors: int
    waiting: bool
    looked_at: bool
    building: bool


class SourceState(StrEnum):
    """Whether a folder that Privet watches can be looked at."""

    HERE = "here"
    AWAY = "away"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A folder that is watched.

    leave_out: patterns of names and paths in it. seen: when it was last gone through, seconds since 1970; None before
    the first time. documents, waiting, failed: of its files, how many.
    """

    id: SourceId
    path: Path
    state: SourceState
    leave_out: tuple[str, ...]
    collection: CollectionId | None
    seen: float | None
    documents: int
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """Documents under one name, in totals. attention: documents and files that a person should look at.

    workspace: that it belongs to. trashed: when it was moved to the trash, seconds since 1970; None where it was not.
    """

    id: CollectionId
    name: str
    documents: int
    pages: int
    passages: int
    unlearned: int
    attention: int
    workspace: WorkspaceId = FIRST_WORKSPACE
    trashed: float | None = None


@dataclass(frozen=True, slots=True)
class QueueItem:
    """A file that waits to be read, or that could not be: then what and do are the two sentences, else "".

    stale: an earlier version of it is kept, and is what questions find until the new one could be read.
    """

    id: int
    path: Path
    size: int
    what: str = ""
    do: str = ""
    source: SourceId | None = None
    collection: CollectionId | None = None
    stale: bool = False

    @property
    def failed(self) -> bool:
        """True if it waits for the person, not for its turn."""
        return bool(self.what)


@dataclass(frozen=True, slots=True)
class WorkStatus:
    """What is still to be done about documents, and how long it will take by the speed measured on this machine.

    files, size: waiting to be read; size in bytes. passages, pages: read, and found by their words only so far.
    seconds: None where no speed was measured yet. held: why nothing is done now ("paused", "battery"), or "".
    """

    files: int
    size: int
    passages: int
    pages: int
    seconds: float | None
    held: str = ""

    @property
    def due(self) -> bool:
        """True if something is to be done and nothing speaks against it."""
        return bool(self.files or self.passages) and not self.held
