"""`privet export`, `import-chats`, `trash`, `erase` and `audit`: a person's rights over their data as a whole."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict
from pathlib import Path

from assistant.cli import output
from assistant.cli.ask import stopped_by_interrupt
from assistant.cli.documents import many, tidy
from assistant.cli.main import EXIT_FAULT, EXIT_OK, EXIT_STOPPED, opened
from assistant.errors import BadInput, EnvironmentFault
from assistant.rights import erase_everything, import_chats
from assistant.settings import Folders
from assistant.values import ChatImported, ChatNotImported, ConversationId


def export(options: argparse.Namespace) -> int:
    """Write everything, readable by anybody, into a folder."""
    folder: Path = options.folder.expanduser().absolute()
    with opened(options) as privet, stopped_by_interrupt() as stop:
        for step in privet.export_everything(folder, stop):
            output.progress(f"{step.done} of {step.total} conversations")
    output.end_progress()
    if stop.requested:
        return EXIT_STOPPED
    if options.json:
        output.as_json({"folder": str(folder)})
    else:
        output.say(f"Everything is in {folder}. It is not encrypted there: whoever has the folder can read it.")
    return EXIT_OK


def import_(options: argparse.Namespace) -> int:
    """Bring in conversations of other programs."""
    paths: list[Path] = [path.expanduser().absolute() for path in options.paths]
    new = known = failed = 0
    with opened(options) as privet, stopped_by_interrupt() as stop:
        for event in import_chats(paths, privet.conversations, stop):
            match event:
                case ChatImported(program, info, was_known):
                    new, known = new + (not was_known), known + was_known
                    if options.json:
                        output.as_json({"program": program, "known": was_known, "conversation": asdict(info)})
                    else:
                        output.say(f"{program}: {info.title or 'Untitled'}{' (here already)' if was_known else ''}")
                case ChatNotImported(path, what, do):
                    failed += 1
                    if options.json:
                        output.as_json({"path": str(path), "what": what, "do": do})
                    else:
                        output.say(f"{path.name}: {what} {do}")
    if not options.json:
        output.say(f"{new} conversations were brought in, {known} were here already.")
    return EXIT_FAULT if failed else EXIT_OK


def trash(options: argparse.Namespace) -> int:
    """List the trash, bring something back, or empty it."""
    with opened(options) as privet:
        kept, collections = privet.conversations, privet.documents.collections
        if options.restore is not None:
            kept.restore(ConversationId(options.restore))
        if options.restore_collection is not None:
            collections.restore(collections.find_trashed(options.restore_collection))
        if options.empty:
            for info in kept.trashed():
                kept.delete(info.id)
            with stopped_by_interrupt() as stop:
                for one in collections.trashed():
                    tidy(privet.documents.remove_collection(one.id, stop))
        listed, gathered = kept.trashed(), collections.trashed()
        if options.json:
            output.as_json([*map(asdict, listed), *map(asdict, gathered)])
            return EXIT_OK
        for info in listed:
            output.say(f"{info.id:>4}  {_when(info.trashed)}  {info.title or 'Untitled'}")
        for one in gathered:
            output.say(f"      {_when(one.trashed)}  the collection {one.name}: {many(one.documents, 'document')}")
        if not listed and not gathered:
            output.say("The trash is empty.")
    return EXIT_OK


def _when(seconds: float | None) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(seconds or 0.0))


def erase(options: argparse.Namespace) -> int:
    """Erase everything, and keep a certificate of it."""
    folders = Folders.standard()
    target: Path = options.certificate.expanduser().absolute()
    if any(target.is_relative_to(place) for place in (folders.data, folders.cache, folders.config, folders.logs)):
        raise BadInput("The certificate can't lie in what is erased.", "Name a place elsewhere with --certificate.")
    if target.exists():
        raise BadInput(f"{target} is there already.", "Name another file for the certificate.")
    if not options.yes:
        if not sys.stdin.isatty():
            raise BadInput("Everything would be erased, and nobody was asked.", "Say so with --yes.")
        output.say("All chats, the list of your documents, settings and backups beside them will be gone for good.")
        if input("Write ERASE to go on: ").strip() != "ERASE":
            return EXIT_OK
    certificate = erase_everything(folders, models=options.models)
    try:
        target.write_text(certificate.text(), encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault(
            f"Everything was erased, but the certificate could not be written to {target}.", "It follows here."
        ) from error
    if options.json:
        output.as_json(asdict(certificate) | {"certificate": str(target)})
    else:
        output.say(f"{len(certificate.files)} files were erased. The certificate is {target}.")
        for path, why in certificate.left:
            output.say(f"Still there: {path} ({why}).")
    return EXIT_OK


def audit(options: argparse.Namespace) -> int:
    """Verify the log of answers, or print it."""
    with opened(options) as privet:
        if options.action == "show":
            for entry in privet.audit.entries():
                output.as_json({"number": entry.number, "hash": entry.hash, **entry.fields})
            return EXIT_OK
        verdict = privet.audit.verify()
    if options.json:
        output.as_json(asdict(verdict))
    elif verdict.broken is None:
        output.say(f"{verdict.entries} entries, none changed or missing. Last hash: {verdict.head}")
    else:
        output.say(f"FAULT: the log was changed at entry {verdict.broken}; up to there it is whole.")
    return EXIT_OK if verdict.broken is None else EXIT_FAULT
