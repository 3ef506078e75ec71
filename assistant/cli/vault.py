"""`privet vault`: the ways into a person's data, its backups, its soundness and its keys."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from assistant.cli import output
from assistant.cli.main import EXIT_FAULT, EXIT_OK, first_line, new_passphrase, opened, unlock
from assistant.errors import BadInput, PrivetError
from assistant.settings import Folders
from assistant.vault import Vault, kept, look, restore

_COLUMNS: Final = 4
_ALONE: Final = (
    "Only this computer's keychain opens it. For another computer, make a recovery key first: privet vault recovery"
)


def run(options: argparse.Namespace) -> int:
    """Do the action."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "status": _status,
        "ways": _ways,
        "recovery": _recovery,
        "backup": _backup,
        "restore": _restore,
        "check": _check,
        "rekey": _rekey,
    }
    return actions[options.action](options)


def _status(options: argparse.Namespace) -> int:
    with opened(options) as privet:
        vault = privet.vault
        ways, backups = vault.ways.list(), kept(vault.folder)
        size = sum(path.stat().st_size for path in vault.folder.glob("vault.db*"))
        if options.json:
            output.as_json(
                {
                    "folder": str(vault.folder),
                    "size": size,
                    "opened_by": vault.way,
                    "ways": [asdict(way) for way in ways],
                    "backups": [asdict(one) | {"path": str(one.path)} for one in backups],
                }
            )
            return EXIT_OK
        output.say(f"Your data lies in {vault.folder} ({size / 1e6:.1f} MB), encrypted. It was opened by: {vault.way}.")
        output.say("It is opened by " + ", or ".join(way.words for way in ways) + ".")
        if not vault.ways.has("recovery"):
            output.say("There is no recovery key. Make one, and print it: privet vault recovery")
        if backups:
            output.say(f"{len(backups)} backups lie beside it, the newest of {backups[0].day}.")
        else:
            output.say("There is no backup beside it yet; one is made when Privet closes.")
    return EXIT_OK


def _ways(options: argparse.Namespace) -> int:
    with opened(options) as privet:
        ways = privet.vault.ways
        if options.set_passphrase:
            file: Path | None = options.new_passphrase_file
            passphrase = first_line(file) if file is not None else new_passphrase() if sys.stdin.isatty() else None
            if passphrase is None:
                raise BadInput("No new passphrase was given.", "Name a file that holds it with --new-passphrase-file.")
            ways.set_passphrase(passphrase)
        elif options.use_keychain:
            ways.use_keychain()
        elif options.remove is not None:
            ways.remove(options.remove)
        if options.json:
            output.as_json([asdict(way) for way in ways.list()])
        else:
            for way in ways.list():
                output.say(f"{way.kind:<13} {way.words}")
    return EXIT_OK


def _recovery(options: argparse.Namespace) -> int:
    with opened(options) as privet:
        words = privet.vault.ways.new_recovery_key()
    _show_words(words, options.json)
    return EXIT_OK


def _show_words(words: str, json: bool) -> None:
    if json:
        output.as_json({"recovery_key": words})
        return
    output.say("Your recovery key. It is shown this once: write it down or print it, and keep it elsewhere.")
    output.say()
    numbered = [f"{number:>2}. {word:<10}" for number, word in enumerate(words.split(), 1)]
    for row in range(0, len(numbered), _COLUMNS):
        output.say("    " + "".join(numbered[row : row + _COLUMNS]).rstrip())
    output.say()
    output.say("It opens your data, and every backup made from now on, where you would write your passphrase.")


def _backup(options: argparse.Namespace) -> int:
    if options.file is None:
        backups = kept(Folders.standard().data)
        if options.json:
            output.as_json([asdict(one) | {"path": str(one.path)} for one in backups])
        for one in () if options.json else backups:
            output.say(f"{one.day}  {one.size / 1e6:>8.1f} MB  {one.path}")
        return EXIT_OK
    target: Path = options.file.expanduser().absolute()
    with opened(options) as privet:
        about = privet.vault.back_up(target, _progress("Copying"))
        portable = privet.vault.ways.has("passphrase") or privet.vault.ways.has("recovery")
    output.end_progress()
    if options.json:
        output.as_json(asdict(about) | {"path": str(target), "portable": portable})
        return EXIT_OK
    output.say(f"Everything is in {target}, encrypted, and was read back.")
    if not portable:
        output.say(_ALONE)
    return EXIT_OK


def _restore(options: argparse.Namespace) -> int:
    file: Path = options.file.expanduser().absolute()
    way = restore(file, Folders.standard().data, unlock(options), _progress("Restoring"))
    output.end_progress()
    if options.json:
        output.as_json({"path": str(file), "opened_by": way})
    else:
        output.say(f"{file.name} was restored, opened by: {way}. What was there is set aside among the backups.")
    return EXIT_OK


def _check(options: argparse.Namespace) -> int:
    if options.file is not None:
        return _say_checks({str(options.file): _sound(options.file.expanduser().absolute())}, options.json)
    with opened(options) as privet:
        found = {"vault": "" if privet.vault.file_check() else "It is damaged. Restore a backup: privet vault restore"}
        for one in kept(privet.vault.folder):
            found[str(one.path)] = _sound(one.path)
    return _say_checks(found, options.json)


def _sound(file: Path) -> str:
    """What is wrong with a backup, "" for nothing."""
    try:
        look(file)
    except PrivetError as error:
        return f"{error.what} {error.do}"
    return ""


def _say_checks(found: dict[str, str], json: bool) -> int:
    if json:
        output.as_json([{"what": what, "sound": not fault, "fault": fault} for what, fault in found.items()])
    for what, fault in {} if json else found.items():
        output.say(f"{'FAULT' if fault else 'ok   '}  {what}{': ' if fault else ''}{fault}")
    return EXIT_FAULT if any(found.values()) else EXIT_OK


def _rekey(options: argparse.Namespace) -> int:
    if not options.yes and sys.stdin.isatty():
        output.say("Everything is encrypted anew. Backups made at closing are under the old key and will be removed.")
        if input("Go on? (yes/no) ").strip().casefold() not in ("y", "yes"):
            return EXIT_OK
    began = time.monotonic()
    vault = Vault.open(Folders.standard().data, unlock(options))
    try:
        words = vault.rekey(unlock(options), _progress("Encrypting"))
    finally:
        vault.close()
    output.end_progress()
    if words:
        _show_words(words, options.json)
    elif options.json:
        output.as_json({"recovery_key": None})
    if not options.json:
        output.say(f"Everything lies under a new key now ({time.monotonic() - began:.1f} s).")
    return EXIT_OK


def _progress(what: str) -> Callable[[int, int], None]:
    return lambda done, total: output.progress(f"{what}: {done * 100 // max(1, total)} %")
