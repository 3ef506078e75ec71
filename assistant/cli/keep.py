"""`privet add`, `documents` and `conversations`: what Privet keeps, put in, listed, renamed and removed."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from assistant.app import Privet
from assistant.cli import output
from assistant.cli.ask import citation_object, stopped_by_interrupt
from assistant.cli.main import EXIT_FAULT, EXIT_OK, EXIT_STOPPED, opened
from assistant.errors import BadInput
from assistant.values import (
    AddFinished,
    ConversationId,
    ConversationInfo,
    DocumentInfo,
    Embedding,
    Indexed,
    NotAdded,
    Reading,
    Role,
    Turn,
)


def add(options: argparse.Namespace) -> int:
    """Add files and folders; one line a file."""
    with opened(options) as privet:
        return add_paths(privet, options.paths, json=options.json)


def add_paths(privet: Privet, paths: Sequence[Path], *, json: bool = False) -> int:
    """Add, and print a line (or a JSON object) per file. Returns the exit status."""
    finished = AddFinished(0, 0)
    with stopped_by_interrupt() as stop:
        for event in privet.documents.add(paths, stop):
            match event:
                case Reading(path, page, pages):
                    output.progress(f"{path.name}: page {page} of {pages}" if pages else f"{path.name}: reading")
                case Embedding(path, done, total, left):
                    wait = f", about {left:.0f} s left" if left is not None else ""
                    output.progress(f"{path.name}: {done} of {total} passages{wait}")
                case Indexed():
                    output.end_progress()
                    _added(event, json)
                case NotAdded():
                    output.end_progress()
                    _not_added(event, json)
                case AddFinished():
                    finished = event
    output.end_progress()
    if not json:
        output.say(_summary(finished))
    if finished.stopped:
        return EXIT_STOPPED
    return EXIT_FAULT if finished.failed else EXIT_OK


def documents(options: argparse.Namespace) -> int:
    """List the documents, or remove one."""
    with opened(options) as privet:
        if options.remove is not None:
            document = privet.documents.find(options.remove)
            with stopped_by_interrupt() as stop:
                for step in privet.documents.remove(document.id, stop):
                    output.progress(f"Writing the index without it: {step.done:,} of {step.total:,} passages")
            output.end_progress()
            if not options.json:
                output.say(f"Removed {document.title} and every trace of it.")
                return EXIT_OK
        listed = privet.documents.list()
        if options.json:
            output.as_json([document_object(info) for info in listed])
            return EXIT_OK
        for info in listed:
            output.say(_document_line(info))
        if not listed:
            output.say("There are no documents yet. Add one with: privet add PATH")
        return EXIT_OK


def conversations(options: argparse.Namespace) -> int:
    """List, show, rename or delete."""
    with opened(options) as privet:
        kept = privet.conversations
        if options.rename is not None:
            number, title = options.rename
            if not number.isdecimal():
                raise BadInput(
                    f"{number} is not the number of a conversation.", "List the conversations to see theirs."
                )
            kept.rename(ConversationId(int(number)), title)
        if options.delete is not None:
            kept.discard(ConversationId(options.delete))
            if not options.json:
                output.aside(f"It is in the trash. Bring it back with: privet trash --restore {options.delete}")
        if options.show is not None:
            _show(kept.turns(ConversationId(options.show)), options.json)
            return EXIT_OK
        listed = kept.list()
        if options.json:
            output.as_json([asdict(info) for info in listed])
            return EXIT_OK
        for info in listed:
            output.say(_conversation_line(info))
        if not listed:
            output.say("There are no conversations yet. Begin one with: privet chat")
        return EXIT_OK


def document_object(info: DocumentInfo) -> dict[str, object]:
    """A document as JSON prints it."""
    return asdict(info) | {"path": str(info.path), "warnings": list(info.warnings)}


def _added(event: Indexed, json: bool) -> None:
    if json:
        state = "unchanged" if event.unchanged else "updated" if event.replaced else "added"
        output.as_json({"path": str(event.path), "state": state, "document": document_object(event.document)})
        return
    what = "is unchanged" if event.unchanged else "was brought up to date" if event.replaced else "was added"
    pages = f"{_many(event.document.pages, 'page')}, " if event.document.pages else ""
    output.say(f"{event.path.name} {what} ({pages}{_many(event.document.passages, 'passage')}).")
    for warning in event.document.warnings:
        output.say(f"    {warning}")


def _not_added(event: NotAdded, json: bool) -> None:
    if json:
        output.as_json({"path": str(event.path), "state": "not added", "what": event.what, "do": event.do})
    else:
        output.say(f"{event.path.name} was not added. {event.what} {event.do}")


def _summary(finished: AddFinished) -> str:
    files = "1 file is" if finished.added == 1 else f"{finished.added} files are"
    text = f"{files} ready to be asked about."
    if finished.failed:
        text += f" {finished.failed} could not be added."
    if finished.stopped:
        text += " You stopped the rest."
    return text


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _document_line(info: DocumentInfo) -> str:
    pages = f"{info.pages:>5} pages" if info.pages else "           "
    return f"{info.id:>4}  {pages}  {info.passages:>6} passages  {info.title}  ({info.path})"


def _conversation_line(info: ConversationInfo) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(info.changed))
    kind = "documents" if info.documents else "model"
    return f"{info.id:>4}  {when}  {kind:<9}  {info.title or 'Untitled'}"


def _show(turns: Sequence[Turn], json: bool) -> None:
    if json:
        output.as_json(
            [
                {
                    "role": str(turn.role),
                    "text": turn.text,
                    "state": str(turn.state),
                    "note": turn.note,
                    "thought": turn.thought,
                    "versions": len(turn.versions),
                    "created": turn.created,
                    "citations": [citation_object(citation) for citation in turn.citations],
                }
                for turn in turns
            ]
        )
        return
    for turn in turns:
        output.say(f"{'You' if turn.role is Role.USER else 'Privet'}: {turn.text}")
        if turn.citations:
            output.sources(turn.citations)
        if turn.note:
            output.say(f"({turn.note})")
        output.say()
