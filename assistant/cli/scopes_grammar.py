"""The grammar of workspaces, and of the documents that a question goes to."""

from __future__ import annotations

import argparse

from assistant.values import DOCUMENT_TYPES

_WORKSPACE = "in this workspace; the first, Personal, if left out"


def grammar(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `privet workspaces`."""
    workspaces = commands.add_parser(
        "workspaces", help="chats and documents that keep to themselves: list, create, rename, remove"
    )
    workspaces.add_argument("--create", metavar="NAME", help="make a workspace")
    workspaces.add_argument("--rename", nargs=2, metavar=("NAME", "NEW"), help="give a workspace another name")
    workspaces.add_argument(
        "--take", nargs=2, metavar=("NAME", "COLLECTION"), help="let a collection, with its documents, belong to it"
    )
    workspaces.add_argument("--remove", metavar="NAME", help="remove a workspace in which nothing is any more")
    workspaces.add_argument("--json", action="store_true", help="print JSON")


def workspace(command: argparse.ArgumentParser, what: str) -> None:
    """Let a command name a workspace. what: is done there."""
    command.add_argument("--workspace", metavar="NAME", help=f"{what} {_WORKSPACE}")


def narrowing(command: argparse.ArgumentParser) -> None:
    """Let a command say which documents a question goes to; kept with its conversation."""
    group = command.add_argument_group("which documents", "kept with the conversation; several of one kind widen it")
    group.add_argument("--in", dest="within", action="append", default=[], metavar="COLLECTION", help="only these")
    group.add_argument("--document", action="append", default=[], metavar="NAME", help="only this one")
    kinds = ", ".join(DOCUMENT_TYPES)
    group.add_argument("--type", action="append", default=[], metavar="TYPE", help=f"only {kinds}, or an ending")
    group.add_argument("--since", metavar="DAY", help="only files changed on that day or later, as 2026-11-25")
    group.add_argument("--until", metavar="DAY", help="only files changed on that day or before")
