"""`privet add` and `documents`: put in, listed page by page, and removed."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from assistant.app import Privet
from assistant.cli import output
from assistant.cli.ask import stopped_by_interrupt
from assistant.cli.main import EXIT_FAULT, EXIT_OK, EXIT_STOPPED, opened
from assistant.cli.scopes import workspace_of
from assistant.values import (
    EVERYTHING,
    FIRST_WORKSPACE,
    AddFinished,
    CollectionId,
    DocumentEvent,
    DocumentInfo,
    Embedding,
    Forgotten,
    Indexed,
    Learned,
    NotAdded,
    PageHow,
    PageText,
    QueueItem,
    Reading,
    Rebuilding,
    SourceChanged,
    SourceState,
    Working,
    WorkspaceId,
)


def add(options: argparse.Namespace) -> int:
    """Add files and folders; one line a file."""
    with opened(options) as privet:
        workspace = workspace_of(privet, options.workspace)
        return add_paths(privet, options.paths, json=options.json, collection=options.collection, workspace=workspace)


def add_paths(
    privet: Privet,
    paths: Sequence[Path],
    *,
    json: bool = False,
    collection: str | None = None,
    workspace: WorkspaceId = FIRST_WORKSPACE,
) -> int:
    """Add, and print a line (or a JSON object) per file. Returns the exit status."""
    into = collection_in(privet, collection, workspace)
    with stopped_by_interrupt() as stop:
        return follow(privet.documents.add(paths, stop, into), json=json)


def collection_in(privet: Privet, name: str | None, workspace: WorkspaceId) -> CollectionId | None:
    """The collection that what is added goes to: that of this name, or the workspace's own. Raises BadInput."""
    if name:
        return privet.documents.collections.create(name, workspace)
    return privet.workspaces.get(workspace).home


def follow(events: Iterable[DocumentEvent], *, json: bool = False) -> int:
    """Print what happens to documents; returns the exit status."""
    finished = AddFinished(0, 0)
    failed, held = 0, ""
    for event in events:
        failed += isinstance(event, NotAdded)
        match event:
            case Reading(path, page, pages):
                output.progress(f"{path.name}: page {page} of {pages}" if pages else f"{path.name}: reading")
            case Embedding(path, done, total, left):
                wait = f", about {left:.0f} s left for all" if left is not None else ""
                output.progress(f"{path.name}: learned {done} of {total} passages{wait}")
            case AddFinished():
                finished = event
            case Working(status) if status.held not in ("", held):
                held = status.held
                output.end_progress()
                output.aside(_held(held))
            case Learned() | Working():
                pass
            case _:
                output.end_progress()
                _tell(event, json)
    output.end_progress()
    if not json and (finished.added or finished.failed or finished.stopped):
        output.say(_summary(finished))
    if finished.stopped:
        return EXIT_STOPPED
    return EXIT_FAULT if finished.failed or failed else EXIT_OK


def documents(options: argparse.Namespace) -> int:
    """List the documents, show one page by page, or remove one."""
    with opened(options) as privet:
        if options.remove is not None:
            document = privet.documents.find(options.remove)
            with stopped_by_interrupt() as stop:
                tidy(privet.documents.remove(document.id, stop))
            if not options.json:
                output.say(f"Removed {document.title} and every trace of it.")
                return EXIT_OK
        if options.show is not None:
            return _show(privet, options.show, options.json)
        if options.text is not None:
            return _text(privet, options.text, options.page, options.json)
        if options.into is not None:
            workspace = workspace_of(privet, options.workspace)
            collection = privet.documents.collections.create(options.into[1], workspace)
            privet.documents.collections.put((privet.documents.find(options.into[0]).id,), collection)
        _list(privet, options)
        return EXIT_OK


def tidy(steps: Iterable[Rebuilding]) -> None:
    """Show how far the indexes are written anew."""
    for step in steps:
        output.progress(f"Writing the index: {step.done:,} of {step.total:,} passages")
    output.end_progress()


def document_object(info: DocumentInfo) -> dict[str, object]:
    """A document as JSON prints it."""
    return plain(asdict(info)) | {"read_pages": info.read_pages, "attention": attention(info)}


def item_object(item: QueueItem) -> dict[str, object]:
    """A file of the queue as JSON prints it."""
    return plain(asdict(item)) | {"failed": item.failed}


def plain(fields: dict[str, object]) -> dict[str, object]:
    """Values as JSON can hold them."""
    return {
        name: str(value) if isinstance(value, Path) else list(value) if isinstance(value, tuple) else value
        for name, value in fields.items()
    }


def attention(info: DocumentInfo) -> str:
    """Why a person should look at a document, "" where there is no reason."""
    reasons = []
    if info.lost:
        reasons.append(f"{many(len(info.lost), info.unit.value)} could not be read")
    if info.empty:
        reasons.append(f"{many(len(info.empty), info.unit.value)} without text")
    if info.missing:
        reasons.append("its file is not there any more")
    return "; ".join(reasons) or (info.warnings[0] if info.warnings else "")


def many(count: int, noun: str) -> str:
    """ "1 page", "1,200 pages"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _list(privet: Privet, options: argparse.Namespace) -> None:
    listed = list(privet.documents.list())
    failed = [item for item in privet.documents.waiting() if item.failed]
    if options.collection is not None:
        wanted = privet.documents.collections.find(options.collection)
        listed = [info for info in listed if info.collection == wanted]
        failed = [item for item in failed if item.collection == wanted]
    if options.workspace is not None:
        within = privet.workspaces.reach(workspace_of(privet, options.workspace), EVERYTHING)
        listed = [info for info in listed if within is None or info.id in within]
    if options.attention:
        listed = [info for info in listed if attention(info)]
        if options.json:
            output.as_json([*(item_object(item) for item in failed), *(document_object(info) for info in listed)])
            return
    elif options.json:
        output.as_json([document_object(info) for info in listed])
        return
    if failed:
        output.say("Needs attention:")
        for item in failed:
            _say_failed(item)
    for info in listed:
        output.say(_document_line(info))
        if why := attention(info):
            output.say(f"        {why}")
    if not listed and not failed:
        output.say("Nothing needs your attention." if options.attention else _NONE_YET)


_NONE_YET = "There are no documents yet. Add one with: privet add PATH"


def _say_failed(item: QueueItem) -> None:
    older = " Questions find an earlier version of it." if item.stale else ""
    output.say(f"        {item.path.name}: {item.what} {item.do}{older}  ({item.path})")


def _show(privet: Privet, name: str, json: bool) -> int:
    info = privet.documents.find(name)
    pages = privet.documents.texts(info.id)
    if json:
        output.as_json(document_object(info) | {"texts": [asdict(page) for page in pages]})
        return EXIT_OK
    output.say(f"{info.title}  ({info.path})")
    if info.pages:
        output.say(
            f"{many(info.pages, info.unit.value)}: {info.read_pages} read, {len(info.empty)} without text,"
            f" {len(info.ocr)} read from a picture, {len(info.lost)} lost"
        )
    learned = info.passages - info.unlearned
    output.say(f"{many(info.passages, 'passage')}, {learned} of them learned; language: {info.language or 'not told'}")
    for warning in info.warnings:
        output.say(f"    {warning}")
    for page in pages if info.pages else ():
        output.say(f"    {info.unit.value} {page.number}: {_how(page)}")
    return EXIT_OK


def _how(page: PageText) -> str:
    words = many(len(page.text.split()), "word")
    match page.how:
        case PageHow.EMPTY:
            return "no text"
        case PageHow.LOST:
            return "could not be read"
        case PageHow.OCR:
            sure = f", {page.confidence:.0%} sure" if page.confidence is not None else ""
            return f"{words}, read from a picture{sure}"
        case PageHow.TEXT:
            return words


def _text(privet: Privet, name: str, page: int | None, json: bool) -> int:
    info = privet.documents.find(name)
    pages = [one for one in privet.documents.texts(info.id) if page in (None, one.number)]
    if json:
        output.as_json([asdict(one) for one in pages])
        return EXIT_OK
    for one in pages:
        if info.pages:
            output.say(f"--- {info.unit.value} {one.number}: {_how(one)}")
        output.say(one.text)
    return EXIT_OK


def _tell(event: DocumentEvent, json: bool) -> None:
    match event:
        case Indexed():
            _added(event, json)
        case NotAdded(path, what, do):
            if json:
                output.as_json({"path": str(path), "state": "not added", "what": what, "do": do})
            else:
                output.say(f"{path.name} was not added. {what} {do}")
        case Forgotten(document):
            if json:
                output.as_json({"path": str(document.path), "state": "forgotten"})
            else:
                output.say(f"{document.title} is gone from its folder, and was forgotten.")
        case SourceChanged(source, new, changed, gone, moved):
            if json:
                found = {"new": new, "changed": changed, "moved": moved, "gone": gone}
                output.as_json({"path": str(source.path), "state": source.state.value, **found})
            elif source.state is SourceState.AWAY:
                output.say(f"{source.path} is not there now; what came from it is kept.")
            else:
                output.say(f"{source.path}: {new} new, {changed} changed, {moved} moved, {gone} gone.")


def _added(event: Indexed, json: bool) -> None:
    if json:
        state = "moved" if event.moved else "unchanged" if event.unchanged else "updated" if event.replaced else "added"
        output.as_json({"path": str(event.path), "state": state, "document": document_object(event.document)})
        return
    what = "was brought up to date" if event.replaced else "was added"
    if event.unchanged:
        what = "was moved here" if event.moved else "is unchanged"
    pages = f"{many(event.document.pages, event.document.unit.value)}, " if event.document.pages else ""
    output.say(f"{event.path.name} {what} ({pages}{many(event.document.passages, 'passage')}).")
    for warning in event.document.warnings:
        output.say(f"    {warning}")


def _summary(finished: AddFinished) -> str:
    files = "1 file is" if finished.added == 1 else f"{finished.added} files are"
    text = f"{files} ready to be asked about."
    if finished.failed:
        text += f" {finished.failed} could not be added."
    if finished.stopped:
        text += " You stopped the rest; it waits, and is read with the next files or by: privet queue --resume"
    return text


def _held(held: str) -> str:
    if held == "battery":
        return "Nothing is read now, to spare the battery; that is how you set it."
    return "The queue is paused, so files wait. Go on with: privet queue --resume"


def _document_line(info: DocumentInfo) -> str:
    pages = f"{info.pages:>5} {info.unit.value + ('' if info.pages == 1 else 's'):<8}" if info.pages else " " * 14
    learned = f", {info.unlearned:,} to be learned" if info.unlearned else ""
    passages = "passage " if info.passages == 1 else "passages"
    return f"{info.id:>4}  {pages}  {info.passages:>6} {passages}{learned}  {info.title}  ({info.path})"
