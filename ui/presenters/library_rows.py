"""Rows about documents and files, in words: what each is, how far it is, and why it needs a look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from assistant.values import (
    CollectionInfo,
    DocumentId,
    DocumentInfo,
    QueueItem,
    SourceInfo,
    SourceState,
    Unit,
    WorkStatus,
)
from ui.i18n import counted, number, seconds, tr
from ui.lists import Row, Tone
from ui.presenters.library_pictures import document_picture, folder_picture, waiting_picture

_SHOWN: Final = 50  # of those that wait; of more, the number says enough
_NOTHING: Final = WorkStatus(0, 0, 0, 0, None)

_UNITS: Final = {
    Unit.PAGE: ("{n} page", "{n} pages"),
    Unit.SLIDE: ("{n} slide", "{n} slides"),
    Unit.SHEET: ("{n} sheet", "{n} sheets"),
    Unit.CHAPTER: ("{n} chapter", "{n} chapters"),
    Unit.MESSAGE: ("{n} message", "{n} messages"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the engine said when it was last asked."""

    documents: tuple[DocumentInfo, ...] = ()
    items: tuple[QueueItem, ...] = ()
    sources: tuple[SourceInfo, ...] = ()
    status: WorkStatus = _NOTHING
    collections: tuple[CollectionInfo, ...] = ()
    here: frozenset[DocumentId] | None = None  # those of the workspace in sight, None for all

    @property
    def waiting(self) -> tuple[QueueItem, ...]:
        """The files that wait for their turn, in its order."""
        return tuple(item for item in self.items if not item.failed)


def title_of(document: DocumentInfo) -> str:
    """What to call a document."""
    return document.title or document.path.name


def rows_of(
    documents: Sequence[DocumentInfo], seen: Seen, progress: Mapping[str, Row], refused: Mapping[str, Row]
) -> list[Row]:
    """All rows: what needs attention first, then what is read or waits, documents, collections with theirs, folders.

    documents: those that are listed. progress: of files that are read and documents that are learned, by path.
    refused: of what could not be added.
    """
    items, sources = seen.items, seen.sources
    failed = [_failed(item) for item in items if item.failed]
    looks = [_document(one, progress.get(str(one.path))) for one in documents if attention(one)]
    away = [_away(source) for source in sources if source.state is SourceState.AWAY]
    rows = [*refused.values(), *failed, *away, *looks]
    if rows:
        rows.insert(0, Row("section attention", tr("Needs attention"), tone=Tone.SECTION))
    waiting = seen.waiting
    known = {str(one.path) for one in documents}
    queued = {str(item.path) for item in waiting}
    begun = [row for key, row in progress.items() if key not in known and key not in queued]
    well = [one for one in documents if not attention(one)]
    named = {collection.id for collection in seen.collections}
    plain = [_document(one, progress.get(str(one.path))) for one in well if one.collection not in named]
    if rows and plain:
        plain.insert(0, Row("section documents", tr("Documents"), tone=Tone.SECTION))
    for collection in sorted(seen.collections, key=lambda collection: collection.name.casefold()):
        plain += _collection(collection, documents, seen, progress)
    folders = [_watched(source) for source in sources if source.state is not SourceState.AWAY]
    if folders:
        folders.insert(0, Row("section folders", tr("Watched folders"), tone=Tone.SECTION))
    return [*rows, *begun, *_queue(waiting, progress), *plain, *folders]


def _queue(waiting: Sequence[QueueItem], progress: Mapping[str, Row]) -> list[Row]:
    rows = []
    for item in waiting[:_SHOWN]:
        row, begun = _waiting(item), progress.get(str(item.path))
        if begun is not None:
            row = replace(row, detail=begun.detail, progress=begun.progress, picture=begun.picture)
        rows.append(row)
    if len(waiting) > _SHOWN:
        more = counted(len(waiting) - _SHOWN, "{n} more file", "{n} more files")
        rows.append(Row("waiting more", more, tr("Waiting"), tone=Tone.BUSY))
    return rows


def _collection(
    collection: CollectionInfo, documents: Sequence[DocumentInfo], seen: Seen, progress: Mapping[str, Row]
) -> list[Row]:
    """Its name with its totals, and those of its documents that need no attention; nothing where none is listed."""
    its = [one for one in documents if one.collection == collection.id]
    if not its:
        return []
    words = totals(collection, its, seen)
    head = Row(f"collection {collection.id}", collection.name, words, tone=Tone.SECTION, editable=True)
    return [head, *(_document(one, progress.get(str(one.path))) for one in its if not attention(one))]


def totals(collection: CollectionInfo, documents: Sequence[DocumentInfo], seen: Seen) -> str:
    """What a collection holds, what of it needs attention, and what is out of date. documents: its own."""
    parts = [counted(len(documents), "{n} document", "{n} documents")]
    if pages := sum(one.pages for one in documents):
        parts.append(counted(pages, "{n} page", "{n} pages"))
    failed = sum(item.failed and item.collection == collection.id for item in seen.items)
    if looks := failed + sum(bool(attention(one)) for one in documents):
        parts.append(counted(looks, "{n} needs attention", "{n} need attention"))
    paths = {one.path for one in documents}
    if stale := sum(item.stale and item.path in paths for item in seen.items):
        parts.append(counted(stale, "{n} is out of date", "{n} are out of date"))
    if learning := sum(one.unlearned > 0 for one in documents):
        parts.append(counted(learning, "{n} is found by words only, so far", "{n} are found by words only, so far"))
    return ", ".join(parts)


def attention(document: DocumentInfo) -> str:
    """Why a person should look at a document, "" where there is no reason."""
    reasons = []
    if document.lost:
        reasons.append(counted(len(document.lost), "{n} page could not be read", "{n} pages could not be read"))
    if document.empty:
        reasons.append(counted(len(document.empty), "{n} page has no text", "{n} pages have no text"))
    if document.missing:
        reasons.append(tr("its file is not there any more"))
    return ", ".join(reasons)


def patterns(source: SourceInfo) -> tuple[str, ...]:
    """What a person leaves out of a folder; not the single files that were removed, which are kept as digests."""
    return tuple(pattern for pattern in source.leave_out if not pattern.startswith("sha256:"))


def status_words(status: WorkStatus) -> str:
    """What is still to be done, in pages and minutes; "" where nothing is."""
    parts = []
    if status.files:
        parts.append(counted(status.files, "{n} file to read", "{n} files to read"))
    if status.pages:
        parts.append(counted(status.pages, "{n} page to learn", "{n} pages to learn"))
    elif status.passages:
        parts.append(counted(status.passages, "{n} passage to learn", "{n} passages to learn"))
    if not parts:
        return ""
    if status.held == "paused":
        return tr("Paused: {parts}", parts=", ".join(parts))
    if status.held == "battery":
        return tr("Waiting for mains power: {parts}", parts=", ".join(parts))
    if status.seconds and status.passages:
        parts.append(tr("about {time}", time=seconds(status.seconds)))
    return ", ".join(parts)


def _failed(item: QueueItem) -> Row:
    older = tr(" Until then, answers come from the version before.") if item.stale else ""
    words = f"{item.what} {item.do}{older}".strip()
    return Row(
        f"item {item.id}", item.path.name, words, tone=Tone.WARN, end="close", picture=waiting_picture(item)
    )  # fmt: skip


def _waiting(item: QueueItem) -> Row:
    words = tr("Waiting; answers come from the version before") if item.stale else tr("Waiting")
    return Row(
        f"item {item.id}", item.path.name, words, progress=0.0, tone=Tone.BUSY, end="close",
        picture=waiting_picture(item), movable=True,
    )  # fmt: skip


def _away(source: SourceInfo) -> Row:
    what = tr("This folder is not there now. What came from it is kept.")
    name = source.path.name or str(source.path)
    return Row(f"source {source.id}", name, what, tone=Tone.WARN, picture=folder_picture(source))


def _watched(source: SourceInfo) -> Row:
    detail = counted(source.documents, "{n} document", "{n} documents")
    if left_out := patterns(source):
        detail = tr("{detail}, without {patterns}", detail=detail, patterns=", ".join(left_out))
    name = source.path.name or str(source.path)
    return Row(f"source {source.id}", name, detail, end="close", picture=folder_picture(source))


def _document(document: DocumentInfo, learning: Row | None) -> Row:
    why = attention(document)
    if document.pages:
        detail = counted(document.pages, *_UNITS[document.unit])
    else:
        detail = counted(document.passages, "{n} passage", "{n} passages")
    if document.ocr:
        detail = tr("{detail}, {n} from pictures", detail=detail, n=number(len(document.ocr)))
    said = why[:1].upper() + why[1:] if why else document.warnings[0] if document.warnings else ""
    row = Row(
        int(document.id), title_of(document), f"{detail}. {said}" if said else detail, end="trash",
        picture=document_picture(document, bool(why)),
    )  # fmt: skip
    if learning is not None and document.unlearned:
        return replace(row, detail=learning.detail, progress=learning.progress)
    if document.unlearned:
        return replace(row, detail=tr("{detail}, found by its words so far", detail=row.detail))
    return row
