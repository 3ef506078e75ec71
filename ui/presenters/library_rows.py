"""Rows about documents and files, in words: what each is, how far it is, and why it needs a look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from assistant.values import CollectionInfo, DocumentInfo, QueueItem, SourceInfo, SourceState, Unit, WorkStatus
from ui.i18n import counted, number, seconds, tr
from ui.lists import Row, Tone

_SHOWN: Final = 50  # of those that wait; of more, the number says enough

_UNITS: Final = {
    Unit.PAGE: ("{n} page", "{n} pages"),
    Unit.SLIDE: ("{n} slide", "{n} slides"),
    Unit.SHEET: ("{n} sheet", "{n} sheets"),
    Unit.CHAPTER: ("{n} chapter", "{n} chapters"),
    Unit.MESSAGE: ("{n} message", "{n} messages"),
}


def title_of(document: DocumentInfo) -> str:
    """What to call a document."""
    return document.title or document.path.name


def rows_of(
    documents: Sequence[DocumentInfo],
    items: Sequence[QueueItem],
    sources: Sequence[SourceInfo],
    collections: Sequence[CollectionInfo],
    progress: Mapping[str, Row],
    refused: Mapping[str, Row],
) -> list[Row]:
    """All rows: what needs attention first, then what is read or waits, documents, collections with theirs, folders.

    progress: of files that are read and documents that are learned, by path. refused: of what could not be added.
    """
    failed = [_failed(item) for item in items if item.failed]
    looks = [_document(one, progress.get(str(one.path))) for one in documents if attention(one)]
    away = [_away(source) for source in sources if source.state is SourceState.AWAY]
    rows = [*refused.values(), *failed, *away, *looks]
    if rows:
        rows.insert(0, Row("section attention", tr("Needs attention"), tone=Tone.SECTION))
    waiting = [item for item in items if not item.failed]
    known = {str(one.path) for one in documents}
    waiting_rows = [progress.get(str(item.path)) or _waiting(item) for item in waiting[:_SHOWN]]
    if len(waiting) > _SHOWN:
        more = counted(len(waiting) - _SHOWN, "{n} more file", "{n} more files")
        waiting_rows.append(Row("waiting more", more, tr("Waiting"), tone=Tone.BUSY))
    queued = {str(item.path) for item in waiting}
    begun = [row for key, row in progress.items() if key not in known and key not in queued]
    named = {collection.id: collection for collection in collections}
    well = [one for one in documents if not attention(one)]
    plain = [_document(one, progress.get(str(one.path))) for one in well if one.collection not in named]
    if rows and plain:
        plain.insert(0, Row("section documents", tr("Documents"), tone=Tone.SECTION))
    for collection in sorted(collections, key=lambda collection: collection.name.casefold()):
        its = [_document(one, progress.get(str(one.path))) for one in well if one.collection == collection.id]
        if its:
            plain += [Row(f"section collection {collection.id}", collection.name, tone=Tone.SECTION), *its]
    folders = [_watched(source) for source in sources if source.state is not SourceState.AWAY]
    if folders:
        folders.insert(0, Row("section folders", tr("Watched folders"), tone=Tone.SECTION))
    return [*rows, *begun, *waiting_rows, *plain, *folders]


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
    return Row(f"item {item.id}", item.path.name, f"{item.what} {item.do}{older}".strip(), tone=Tone.WARN, end="close")


def _waiting(item: QueueItem) -> Row:
    return Row(f"item {item.id}", item.path.name, tr("Waiting"), progress=0.0, tone=Tone.BUSY, end="close")


def _away(source: SourceInfo) -> Row:
    what = tr("This folder is not there now. What came from it is kept.")
    return Row(f"source {source.id}", source.path.name or str(source.path), what, tone=Tone.WARN)


def _watched(source: SourceInfo) -> Row:
    detail = counted(source.documents, "{n} document", "{n} documents")
    if left_out := patterns(source):
        detail = tr("{detail}, without {patterns}", detail=detail, patterns=", ".join(left_out))
    return Row(f"source {source.id}", source.path.name or str(source.path), detail, end="close")


def _document(document: DocumentInfo, learning: Row | None) -> Row:
    why = attention(document)
    if document.pages:
        detail = counted(document.pages, *_UNITS[document.unit])
    else:
        detail = counted(document.passages, "{n} passage", "{n} passages")
    if document.ocr:
        detail = tr("{detail}, {n} from pictures", detail=detail, n=number(len(document.ocr)))
    said = why[:1].upper() + why[1:] if why else document.warnings[0] if document.warnings else ""
    row = Row(int(document.id), title_of(document), f"{detail}. {said}" if said else detail, end="trash")
    if learning is not None and document.unlearned:
        return replace(row, detail=learning.detail, progress=learning.progress)
    if document.unlearned:
        return replace(row, detail=tr("{detail}, found by its words so far", detail=row.detail))
    return row
