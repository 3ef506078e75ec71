"""The grammar of what the terminal does with documents: add, documents, sources, collections, queue, index."""

from __future__ import annotations

import argparse
from pathlib import Path

from assistant.cli import scopes_grammar

_NAME = "number, path or name"


def grammar(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    add = commands.add_parser("add", help="add files and folders to your documents")
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    add.add_argument("--collection", metavar="NAME", help="put them into this collection, made if there is none")
    scopes_grammar.workspace(add, "put them")
    add.add_argument("--json", action="store_true", help="print one JSON object a file")

    documents = commands.add_parser("documents", help="list your documents, show or remove one")
    documents.add_argument("--collection", metavar="NAME", help="only those of this collection")
    documents.add_argument("--workspace", metavar="NAME", help="only those of this workspace")
    documents.add_argument("--attention", action="store_true", help="only what needs your attention")
    documents.add_argument("--show", metavar="NAME", help=f"what became of each page of this document ({_NAME})")
    documents.add_argument("--text", metavar="NAME", help="this document as Privet reads it")
    documents.add_argument("--page", type=int, metavar="N", help="with --text: only this page")
    documents.add_argument("--into", nargs=2, metavar=("NAME", "COLLECTION"), help="put a document into a collection")
    documents.add_argument("--remove", metavar="NAME", help=f"remove this document ({_NAME}) and every trace of it")
    documents.add_argument("--json", action="store_true", help="print JSON")

    sources = commands.add_parser("sources", help="watched folders: list, add, remove, look through, keep watching")
    kinds = sources.add_subparsers(dest="do", metavar="DO")
    watch = kinds.add_parser("add", help="watch a folder from now on, and read what lies in it")
    watch.add_argument("folder", type=Path, metavar="FOLDER")
    watch.add_argument("--leave-out", action="append", default=[], metavar="PATTERN", help='as "*.tmp" or "drafts/*"')
    watch.add_argument("--collection", metavar="NAME", help="put its documents into this collection")
    scopes_grammar.workspace(watch, "put its documents")
    gone = kinds.add_parser("remove", help="watch a folder no more, and forget what came from it")
    gone.add_argument("name", metavar="NAME")
    gone.add_argument("--keep-documents", action="store_true", help="let its documents stay")
    kinds.add_parser("look", help="look through all watched folders once, and read what is new")
    kinds.add_parser("watch", help="watch until Ctrl-C")
    kinds.add_parser("list", help="list them (also without anything)")
    for one in (sources, *kinds.choices.values()):
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")

    collections = commands.add_parser("collections", help="documents under a name: list, rename, remove")
    collections.add_argument("--rename", nargs=2, metavar=("NAME", "NEW"), help="give a collection another name")
    collections.add_argument("--remove", metavar="NAME", help="move a collection, with its documents, to the trash")
    collections.add_argument("--json", action="store_true", help="print JSON")

    queue = commands.add_parser("queue", help="files that wait to be read, and those that could not be")
    queue.add_argument("--pause", action="store_true", help="read nothing until --resume, even after a restart")
    queue.add_argument("--resume", action="store_true", help="go on, and read what waits")
    queue.add_argument("--retry", action="store_true", help="try again what could not be read")
    queue.add_argument("--first", type=int, nargs="+", metavar="N", help="let these files be the next, in this order")
    queue.add_argument("--last", type=int, nargs="+", metavar="N", help="let these files be the last, in this order")
    queue.add_argument("--sooner", type=int, nargs="+", metavar="N", help="let each of these come one place sooner")
    queue.add_argument("--later", type=int, nargs="+", metavar="N", help="let each of these come one place later")
    queue.add_argument(
        "--before",
        type=int,
        nargs="+",
        metavar=("M", "N"),
        help="let the files N be read right before M, in this order",
    )
    queue.add_argument("--take-out", type=int, nargs="+", metavar="N", help="take these files off the list")
    queue.add_argument("--clear", action="store_true", help="take off all that wait")
    queue.add_argument("--json", action="store_true", help="print JSON")

    index = commands.add_parser("index", help="the index of vectors: its status, held against the vault, built anew")
    index.add_argument("do", choices=("status", "verify", "rebuild"))
    index.add_argument("--json", action="store_true", help="print JSON")
