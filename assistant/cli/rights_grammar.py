"""The grammar of `privet export`, `import-chats`, `trash`, `erase` and `audit`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    Commands = _SubParsersAction[argparse.ArgumentParser]


def grammar(commands: Commands) -> None:
    """Add the commands."""
    json = argparse.ArgumentParser(add_help=False)
    json.add_argument("--json", action="store_true", help="print JSON")

    export = commands.add_parser("export", parents=[json], help="write everything, as JSON and Markdown, to a folder")
    export.add_argument("folder", type=Path, metavar="FOLDER", help="empty, or not there yet; not encrypted")

    bring = commands.add_parser(
        "import-chats", parents=[json], help="bring in chats of ChatGPT, Open WebUI, LM Studio, Jan or GPT4All"
    )
    bring.add_argument("paths", nargs="+", type=Path, metavar="PATH")

    trash = commands.add_parser("trash", parents=[json], help="list the trash, bring something back, or empty it")
    trash.add_argument("--restore", type=int, metavar="N", help="bring this conversation back")
    trash.add_argument("--restore-collection", metavar="NAME", help="bring this collection back, with its documents")
    trash.add_argument("--empty", action="store_true", help="delete all that is in it for good")

    erase = commands.add_parser("erase", parents=[json], help="erase everything, with a certificate of what was erased")
    erase.add_argument(
        "--certificate", type=Path, metavar="FILE", default=Path("privet-erased.txt"), help="where to write it"
    )
    erase.add_argument("--models", action="store_true", help="models that were copied into Privet's folder as well")
    erase.add_argument("--yes", action="store_true", help="do not ask")

    audit = commands.add_parser("audit", help="the log of which model answered from which passages")
    actions = audit.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("verify", parents=[json], help="see whether an entry was changed or is missing")
    actions.add_parser("show", parents=[json], help="print the entries, one JSON object a line")
