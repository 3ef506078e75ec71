"""The command line's grammar, and what every command shares: unlocking, errors, exit statuses."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.cli import (
    documents_grammar,
    models_grammar,
    output,
    privacy_grammar,
    rights_grammar,
    scopes_grammar,
    vault_grammar,
)
from assistant.errors import BadInput, PrivetError, Stopped

if TYPE_CHECKING:
    from assistant.app import Privet
    from assistant.vault import PassphraseRequest, Unlock

EXIT_OK: Final = 0
EXIT_FAULT: Final = 1
EXIT_NOT_FOUND: Final = 4
"""`ask` found nothing: an answer of its own, which a script can tell apart."""
EXIT_STOPPED: Final = 130

_DESCRIPTION: Final = (
    "A private assistant: it answers from a model and from your documents on this computer. "
    "It never talks to a network."
)
_ASK_HELP: Final = """\
With --json, one object: {"answer": text, "found": true or false, "citations": [{"number": n, "document": name,
"page": n or null, "place": text, "passage": text, "score": n}], "timings": {"retrieval": s, "first_token": s or null,
"total": s}, "tokens": {"prompt": n, "cached": n, "answer": n}, "thought": text, "note": text, "conversation": n,
"query": null or, where a table was asked, {"sql": text, "document": name, "place": text, "columns": [...],
"rows": [[...]], "cells": ["C5", ...], "by_model": true or false}}.
Times are in seconds; "cached" are tokens of the prompt that did not have to be read again.
Exit status: 0 answered, 4 nothing found, 1 a fault (two sentences on standard error), 130 stopped."""

_MODES: Final = {
    "quotes": "no model: show the sentences that answer, word for word",
    "careful": "mark what your documents do not say, and where they say something else",
    "free": "let the model answer; mark only what your documents say",
}
_ADAPTER_HELP: Final = "answer this conversation with an adapter (LoRA) beside the model; none takes it away"
_THOUGHTS_HELP: Final = "show what a thinking model says to itself, on standard error"


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments say; returns the exit status."""
    parser = _parser()
    options = parser.parse_args(list(arguments))
    if options.command is None:
        options = parser.parse_args([*arguments, "chat"])
    try:
        return _command(options.command)(options)
    except Stopped:
        return EXIT_STOPPED
    except PrivetError as error:
        output.end_progress()
        output.fault(error)
        return EXIT_FAULT
    except KeyboardInterrupt:
        output.end_progress()
        return EXIT_STOPPED
    except BrokenPipeError:
        # Whoever read our output has gone; pointing it at nothing keeps Python from complaining at exit.
        sys.stdout = open("/dev/null", "w", encoding="utf-8")  # noqa: SIM115
        return EXIT_FAULT


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """The function behind a command; imported only now, so that `--help` is quick."""
    from assistant.cli import (
        ask,
        chat,
        doctor,
        documents,
        keep,
        models,
        options,
        privacy,
        rights,
        scopes,
        selftest,
        sources,
        tables,
        vault,
    )

    return {
        "chat": chat.run,
        "ask": ask.run,
        "add": documents.add,
        "documents": documents.documents,
        "sources": sources.sources,
        "summarise": ask.summarise,
        "tables": tables.tables,
        "collections": sources.collections,
        "queue": sources.queue,
        "index": sources.index,
        "workspaces": scopes.run,
        "settings": options.run,
        "conversations": keep.conversations,
        "doctor": doctor.run,
        "models": models.run,
        "privacy": privacy.run,
        "selftest": selftest.run,
        "vault": vault.run,
        "export": rights.export,
        "import-chats": rights.import_,
        "trash": rights.trash,
        "erase": rights.erase,
        "audit": rights.audit,
    }[name]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("privet", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"Privet {version('privet')}")
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="read the vault's passphrase from the first line of FILE"
    )
    parser.add_argument(
        "--organisation-key",
        type=Path,
        metavar="FILE",
        help="open the vault with the private key (PEM) that an organisation's policy lets open it",
    )
    parser.add_argument("--no-keychain", action="store_true", help="use a passphrase even where there is a keychain")
    # Taken by `assistant.__main__` before anything is imported; it stands here to be found.
    parser.add_argument(
        "--empty-network",
        action="store_true",
        help="start inside a network of its own with nothing in it, where the system allows that",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    chat = commands.add_parser("chat", help="chat, and ask about documents, in this terminal (the default)")
    chat.add_argument("--conversation", type=int, metavar="N", help="go on with this conversation")
    scopes_grammar.workspace(chat, "begin")
    chat.add_argument("--adapter", metavar="NAME[:SCALE]", help=_ADAPTER_HELP)
    chat.add_argument("--thoughts", action="store_true", help=_THOUGHTS_HELP)

    ask = commands.add_parser(
        "ask",
        help="ask your documents one question",
        epilog=_ASK_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--json", action="store_true", help="print one JSON object")
    ask.add_argument("--conversation", type=int, metavar="N", help="ask within this conversation")
    mode = ask.add_mutually_exclusive_group()
    for name, words in _MODES.items():
        mode.add_argument(f"--{name}", dest="mode", action="store_const", const=name, help=words)
    ask.add_argument("--all", action="store_true", help="go through every passage of your documents")
    ask.add_argument("--table", metavar="NAME[:N]", help="ask this table; see privet tables")
    ask.add_argument("--query", metavar="SQL", help="with --table: a query of yours, one SELECT of the table data")
    ask.add_argument("--model-only", action="store_true", help="ask the model, not the documents")
    scopes_grammar.workspace(ask, "ask")
    scopes_grammar.narrowing(ask)
    ask.add_argument("--adapter", metavar="NAME[:SCALE]", help=_ADAPTER_HELP)
    ask.add_argument("--thoughts", action="store_true", help=_THOUGHTS_HELP)

    documents_grammar.grammar(commands)
    summarise = commands.add_parser("summarise", help="summarise a document, every passage of it gone through")
    summarise.add_argument("name", metavar="NAME")
    summarise.add_argument("--question", metavar="TEXT", help="ask this of all of it instead")
    summarise.add_argument("--json", action="store_true", help="print one JSON object, as ask does")
    tables = commands.add_parser("tables", help="list the tables that can be asked exact questions")
    tables.add_argument("name", nargs="?", metavar="NAME", help="of this document alone")
    tables.add_argument("--json", action="store_true", help="print JSON")
    scopes_grammar.grammar(commands)

    _keeping(commands)

    doctor = commands.add_parser("doctor", help="say what is installed, where things are, and whether all of it works")
    doctor.add_argument("--json", action="store_true", help="print one JSON array")

    models = commands.add_parser("models", help="list models, say which would run well here, import and remove them")
    models_grammar.grammar(models)

    vault = commands.add_parser("vault", help="the ways into your data, its backups, its soundness, its keys")
    vault_grammar.grammar(vault)
    rights_grammar.grammar(commands)
    privacy_grammar.grammar(
        commands.add_parser("privacy", help="how Privet is shut off from every network, and the proof of it")
    )

    selftest = commands.add_parser(
        "selftest", help="try the whole way in a temporary folder: add, ask, cite, refuse a network"
    )
    selftest.add_argument("--json", action="store_true", help="print one JSON array")
    return parser


def _keeping(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What is kept of a person: their conversations and settings."""
    conversations = commands.add_parser("conversations", help="list, show, rename or delete conversations")
    conversations.add_argument("--show", type=int, metavar="N", help="print this conversation")
    conversations.add_argument("--rename", nargs=2, metavar=("N", "TITLE"), help="give this conversation another title")
    conversations.add_argument("--delete", type=int, metavar="N", help="move this conversation to the trash")
    conversations.add_argument("--saw", type=int, metavar="N", help="what the model saw for this conversation's answer")
    conversations.add_argument(
        "--export", nargs=2, metavar=("N", "FORM"), help="write this conversation as text, markdown, html or docx"
    )
    conversations.add_argument("--to", type=Path, metavar="FILE", help="where --export writes; else it is printed")
    conversations.add_argument(
        "--wrong", nargs=2, metavar=("N", "HOW"), help="report this conversation's last answer as wrong, and how"
    )
    conversations.add_argument("--reports", action="store_true", help="list the answers reported as wrong")
    conversations.add_argument("--not-wrong", type=int, metavar="R", help="forget the report with this number")
    conversations.add_argument("--json", action="store_true", help="print JSON")

    settings = commands.add_parser("settings", help="what is set and who chose it; set one, or take the usual value")
    settings.add_argument("key", nargs="?", metavar="NAME")
    settings.add_argument("value", nargs="?", metavar="VALUE")
    settings.add_argument("--reset", metavar="NAME", help="go back to the usual value")
    settings.add_argument("--json", action="store_true", help="print one JSON object")


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Privet]:
    """An open Privet, closed at the end whatever happens."""
    from assistant.app import Privet
    from assistant.settings import Folders

    privet = Privet.open(Folders.standard(), unlock(options))
    try:
        for warning in (*privet.settings.warnings, *privet.notices):
            output.aside(warning)
        yield privet
    finally:
        said = privet.close()
        if said:
            output.aside(said)


def unlock(options: argparse.Namespace) -> Unlock:
    """How the vault is opened from a terminal: keychain, passphrase file, or a question."""
    from assistant.vault import Unlock, read_private_key

    file: Path | None = options.passphrase_file
    return Unlock(
        passphrase=_from_file(file) if file is not None else _ask_person,
        use_keychain=not options.no_keychain,
        organisation=None if options.organisation_key is None else read_private_key(options.organisation_key),
    )


def _from_file(file: Path) -> Callable[[PassphraseRequest], str | None]:
    line = first_line(file)
    return lambda request: line


def first_line(file: Path) -> str:
    """What stands in a passphrase file. Raises BadInput."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"The passphrase file {file} could not be read.", "Name a text file that you may read."
        ) from error
    if not lines or not lines[0]:
        raise BadInput(f"The passphrase file {file} is empty.", "Write the passphrase into its first line.")
    return lines[0]


def _ask_person(request: PassphraseRequest) -> str | None:
    if not sys.stdin.isatty():
        return None
    if not request.new:
        for sentence in (request.why, f"The next try counts in {request.wait:.0f} s." if request.wait >= 1 else ""):
            if sentence:
                output.aside(sentence)
        what = "Recovery key" if request.alone else "Passphrase or recovery key" if request.recovery else "Passphrase"
        return getpass.getpass(f"{what}: " if request.attempt == 1 else f"That was not it. {what}: ") or None
    output.aside("There is no keychain here, so a passphrase protects what you write. Nobody can recover it for you.")
    return new_passphrase()


def new_passphrase() -> str | None:
    """A passphrase that the person chooses, written twice; None if they give none."""
    while True:
        first = getpass.getpass("New passphrase: ")
        if not first:
            return None
        if getpass.getpass("Once more: ") == first:
            return first
        output.aside("The two were not the same.")
