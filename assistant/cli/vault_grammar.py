"""The grammar of `privet vault`, apart from what it does, so that `--help` is quick."""

from __future__ import annotations

import argparse
from pathlib import Path


def grammar(vault: argparse.ArgumentParser) -> None:
    """Add the actions of `privet vault` to its parser."""
    actions = vault.add_subparsers(dest="action", metavar="ACTION", required=True)
    json = argparse.ArgumentParser(add_help=False)
    json.add_argument("--json", action="store_true", help="print one JSON value")

    actions.add_parser("status", parents=[json], help="where it lies, what opens it, when it was backed up last")

    ways = actions.add_parser("ways", parents=[json], help="list what opens the vault, add, change or remove a way in")
    change = ways.add_mutually_exclusive_group()
    change.add_argument("--set-passphrase", action="store_true", help="choose a passphrase, or another one")
    change.add_argument("--use-keychain", action="store_true", help="let the system's keychain keep a key")
    change.add_argument("--remove", metavar="KIND", help="keychain, passphrase or recovery")
    ways.add_argument(
        "--new-passphrase-file", type=Path, metavar="FILE", help="take the new passphrase from the first line of FILE"
    )

    actions.add_parser("recovery", parents=[json], help="make a recovery key of 24 words, in place of the last")

    backup = actions.add_parser("backup", parents=[json], help="write everything, encrypted, to one file; or list them")
    backup.add_argument("file", nargs="?", type=Path, metavar="FILE", help="left out: list those made at closing")

    restore = actions.add_parser("restore", parents=[json], help="put a backup in the place of the vault")
    restore.add_argument("file", type=Path, metavar="FILE")

    check = actions.add_parser("check", parents=[json], help="read every page of the vault, and of each backup")
    check.add_argument("file", nargs="?", type=Path, metavar="FILE", help="look at this backup instead")

    rekey = actions.add_parser("rekey", parents=[json], help="encrypt everything anew under another key")
    rekey.add_argument("--yes", action="store_true", help="do not ask whether the backups under the old key may go")
