"""`privet sources`, `collections`, `queue` and `index`: where documents come from, wait, and are found."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from assistant.app import Privet
from assistant.cli import output
from assistant.cli.ask import stopped_by_interrupt
from assistant.cli.documents import collection_in, follow, item_object, many, plain, tidy
from assistant.cli.main import EXIT_FAULT, EXIT_OK, opened
from assistant.cli.scopes import workspace_of
from assistant.documents import Documents
from assistant.errors import BadInput, NotFound
from assistant.values import SourceInfo, SourceState


def sources(options: argparse.Namespace) -> int:
    """List the watched folders, add or remove one, look through them once, or watch."""
    json = bool(getattr(options, "json", False))
    with opened(options) as privet:
        documents = privet.documents
        match options.do:
            case "add":
                into = collection_in(privet, options.collection, workspace_of(privet, options.workspace))
                source = documents.watch(options.folder, options.leave_out, into)
                return _look(privet, json, source)
            case "remove":
                source = documents.sources.find(options.name)
                with stopped_by_interrupt() as stop:
                    tidy(documents.unwatch(source.id, stop, options.keep_documents))
            case "look":
                return _look(privet, json, None)
            case "watch":
                output.aside("Watching; Ctrl-C ends it.")
                with stopped_by_interrupt() as stop:
                    follow(documents.keep_up(stop), json=json)
                return EXIT_OK
        listed = documents.sources.list()
        if json:
            output.as_json([plain(asdict(source)) for source in listed])
            return EXIT_OK
        for source in listed:
            output.say(_source_line(source))
        if not listed:
            output.say("No folder is watched. Watch one with: privet sources add FOLDER")
        return EXIT_OK


def collections(options: argparse.Namespace) -> int:
    """List the collections with their totals, rename or remove one."""
    with opened(options) as privet:
        kept = privet.documents.collections
        if options.rename is not None:
            kept.rename(kept.find(options.rename[0]), options.rename[1])
        if options.remove is not None:
            kept.discard(kept.find(options.remove))
            output.aside("It is in the trash with its documents. Bring it back with: privet trash --restore-collection")
        listed = kept.list()
        if options.json:
            output.as_json([asdict(info) for info in listed])
            return EXIT_OK
        for info in listed:
            to_do = f", {info.unlearned:,} passages to be learned" if info.unlearned else ""
            look = f", {info.attention} to look at" if info.attention else ""
            totals = f"{many(info.documents, 'document')}, {many(info.pages, 'page')}, {many(info.passages, 'passage')}"
            output.say(f"{info.id:>4}  {info.name}: {totals}{to_do}{look}")
        if not listed:
            output.say("There are no collections. Make one with: privet add PATH --collection NAME")
        return EXIT_OK


def queue(options: argparse.Namespace) -> int:
    """List what waits, pause, go on, try again, and change the order."""
    with opened(options) as privet:
        documents = privet.documents
        if options.pause:
            documents.pause(True)
        if options.take_out:
            known = {item.id for item in documents.waiting()}
            if unknown := [str(number) for number in options.take_out if number not in known]:
                raise NotFound(f"There is no file {unknown[0]} on the list.", "List the queue to see the numbers.")
            documents.queue.take_out(*options.take_out)
        if options.clear:
            documents.queue.clear()
        _reorder(documents, options)
        if options.retry:
            documents.retry()
        if options.resume:
            documents.pause(False)
        if options.resume or options.retry:
            with stopped_by_interrupt() as stop:
                return follow(documents.work(stop), json=options.json)
        items, status = documents.waiting(), documents.status()
        if options.json:
            output.as_json(asdict(status) | {"items": [item_object(item) for item in items]})
            return EXIT_OK
        for item in items:
            state = f"{item.what} {item.do}" if item.failed else "waits"
            output.say(f"{item.id:>5}  {item.path}: {state}")
        left = f", about {status.seconds / 60:.0f} min" if status.seconds and status.passages else ""
        held = f" Nothing is done now: {status.held}." if status.held else ""
        waiting = f"{many(status.files, 'file')} to be read, {many(status.pages, 'page')} to be learned{left}."
        output.say(f"{waiting}{held}")
        return EXIT_OK


def _reorder(documents: Documents, options: argparse.Namespace) -> None:
    """Change the order of the files that wait. Raises BadInput, NotFound."""
    if options.first:
        documents.put_first(*options.first)
    if options.last:
        documents.put_last(*options.last)
    if options.sooner:
        documents.shift(-1, *options.sooner)
    if options.later:
        documents.shift(1, *options.later)
    if options.before:
        other, *items = options.before
        if not items:
            raise BadInput("--before wants two numbers or more.", "Write: privet queue --before M N")
        documents.put_before(other, *items)


def index(options: argparse.Namespace) -> int:
    """Say how the index is, hold it against the vault, or build it anew."""
    with opened(options) as privet:
        sound = True
        if options.do == "verify":
            sound = privet.documents.verify()
        elif options.do == "rebuild":
            with stopped_by_interrupt() as stop:
                for step in privet.renew(stop):
                    output.progress(f"Learned with the other model: {step.done:,} of {step.total:,} passages")
                output.end_progress()
                tidy(privet.documents.rebuild(stop))
            sound = privet.documents.verify()
        status = privet.documents.index_status()
        if options.json:
            output.as_json(asdict(status) | ({} if options.do == "status" else {"sound": sound}))
        else:
            output.say(f"{many(status.vectors, 'vector')} in {status.generation or 'no generation yet'}.")
            if status.waiting:
                output.say("Some changes are not in it yet; they are taken over at the next start.")
            if options.do != "status":
                output.say("It agrees with the vault." if sound else "It does not agree with the vault.")
                if not sound:
                    output.say("Searches go by words meanwhile; build it anew with: privet index rebuild")
        return EXIT_OK if sound else EXIT_FAULT


def _look(privet: Privet, json: bool, source: SourceInfo | None) -> int:
    with stopped_by_interrupt() as stop:
        follow(privet.documents.look(None if source is None else source.id, stop), json=json)
        return follow(privet.documents.work(stop), json=json)


def _source_line(source: SourceInfo) -> str:
    state = {SourceState.HERE: "", SourceState.AWAY: ", not there now", SourceState.PAUSED: ", not looked at"}
    waiting = f", {source.waiting} waiting" if source.waiting else ""
    failed = f", {source.failed} could not be read" if source.failed else ""
    patterns = [pattern for pattern in source.leave_out if not pattern.startswith("sha256:")]
    out = f", without {', '.join(patterns)}" if patterns else ""
    documents = many(source.documents, "document")
    return f"{source.id:>4}  {source.path}: {documents}{waiting}{failed}{state[source.state]}{out}"
