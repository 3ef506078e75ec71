"""Which documents a question goes to, in the words of a terminal; and `privet workspaces`."""

from __future__ import annotations

import argparse
import shlex
from dataclasses import asdict, replace

from assistant.app import Privet
from assistant.cli import output
from assistant.cli.main import EXIT_OK, opened
from assistant.errors import BadInput, NotFound
from assistant.values import DOCUMENT_TYPES, EVERYTHING, FIRST_WORKSPACE, Scope, WorkspaceId
from assistant.workspaces import day

_HOW = "Say for example: /scope in Leases type pdf since 2026-01, or: /scope everything"


def run(options: argparse.Namespace) -> int:
    """List the workspaces, make, rename, fill and remove one."""
    with opened(options) as privet:
        kept = privet.workspaces
        if options.create is not None:
            kept.create(options.create)
        if options.rename is not None:
            kept.rename(kept.find(options.rename[0]).id, options.rename[1])
        if options.take is not None:
            kept.take(kept.find(options.take[0]).id, privet.documents.collections.find(options.take[1]))
        if options.remove is not None:
            kept.remove(kept.find(options.remove).id)
        listed = kept.list()
        if options.json:
            output.as_json([asdict(info) for info in listed])
            return EXIT_OK
        for info in listed:
            chats = f"{info.conversations} chat{'' if info.conversations == 1 else 's'}"
            output.say(f"{info.id:>4}  {info.name}: {info.documents:,} documents, {chats}")
        return EXIT_OK


def workspace_of(privet: Privet, name: str | None) -> WorkspaceId:
    """The workspace that a command names, the first where it names none. Raises NotFound."""
    return FIRST_WORKSPACE if name is None else privet.workspaces.find(name).id


def scope_of(privet: Privet, options: argparse.Namespace, workspace: WorkspaceId) -> Scope | None:
    """What a command narrows a question to; None where it says nothing of it. Raises NotFound, BadInput."""
    scope = EVERYTHING
    for word, values in (("in", options.within), ("document", options.document), ("type", options.type)):
        for value in values:
            scope = _narrowed(privet, scope, workspace, word, value)
    for word, value in (("since", options.since), ("until", options.until)):
        if value:
            scope = _narrowed(privet, scope, workspace, word, value)
    return None if scope == EVERYTHING else scope


def from_line(privet: Privet, line: str, workspace: WorkspaceId) -> Scope:
    """The scope of a line as "in Leases type pdf since 2026-01"; "everything" narrows nothing. Raises BadInput."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise BadInput("A quotation mark is open in this line.", _HOW) from error
    if words in (["everything"], ["all"]):
        return EVERYTHING
    if len(words) % 2:
        raise BadInput("This does not say which documents are meant.", _HOW)
    scope = EVERYTHING
    for word, value in zip(words[::2], words[1::2], strict=True):
        scope = _narrowed(privet, scope, workspace, word, value)
    return scope


def said(privet: Privet, workspace: WorkspaceId, scope: Scope) -> str:
    """Where questions go, as a sentence."""
    names = {info.id: info.name for info in privet.documents.collections.list()}
    titles = {info.id: info.title for info in privet.documents.list()}
    parts = [f"the collection {names[one]}" for one in scope.collections if one in names]
    parts += [titles[one] for one in scope.documents if one in titles]
    what = ", ".join(parts) or ("nothing that is still there" if scope.collections or scope.documents else "everything")
    what += f", only {' and '.join(scope.types)}" if scope.types else ""
    what += f", changed since {scope.since}" if scope.since else ""
    what += f", changed until {scope.until}" if scope.until else ""
    return f"Questions about documents search {what} in the workspace {privet.workspaces.get(workspace).name}."


def _narrowed(privet: Privet, scope: Scope, workspace: WorkspaceId, word: str, value: str) -> Scope:
    match word:
        case "in":
            mine = [info for info in privet.documents.collections.list() if info.workspace == workspace]
            found = [info.id for info in mine if value in (info.name, str(info.id))]
            if not found:
                raise NotFound(f"There is no collection {value} in this workspace.", "List them: privet collections")
            return replace(scope, collections=(*scope.collections, found[0]))
        case "document":
            document = privet.documents.find(value).id
            within = privet.workspaces.reach(workspace, EVERYTHING)
            if within is not None and document not in within:
                raise NotFound(f"There is no document {value} in this workspace.", "List them: privet documents")
            return replace(scope, documents=(*scope.documents, document))
        case "type":
            if not value.lstrip(".").isalnum():
                raise BadInput(f"{value} is no type of document.", f"Say {', '.join(DOCUMENT_TYPES)}, or an ending.")
            return replace(scope, types=(*scope.types, value))
        case "since":
            return replace(scope, since=day(value))
        case "until":
            return replace(scope, until=day(value))
    raise BadInput(f"{word} does not narrow a question.", _HOW)
