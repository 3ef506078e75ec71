"""`privet selftest`: the whole way in a folder of its own, with answers that are known beforehand."""

from __future__ import annotations

import argparse
import ctypes
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from assistant.app import Privet
from assistant.cli import doctor, output
from assistant.cli.main import EXIT_FAULT, EXIT_OK
from assistant.settings import Folders
from assistant.values import AddFinished, Answered, Check, NothingFound, Retrieved, Stop
from assistant.vault import Unlock

_PAGE: Final = """\
# Hedges

Privet hedges grow about thirty centimetres a year. The hedge at Harrow Lane was planted in 1874 by
Ottilie Brandt, the head gardener.

# Tea

The kettle in the gardeners' hut holds four litres.
"""
_QUESTION: Final = "Who planted the hedge at Harrow Lane?"
_ANSWER: Final = "Ottilie Brandt"
_NOT_THERE: Final = "What is the boiling point of mercury in the atmosphere of Venus?"
_INTERNET_FAMILIES: Final = {"IPv4": 2, "IPv6": 10, "netlink": 16, "packet": 17}


def run(options: argparse.Namespace) -> int:
    """Print a line a check; the exit status is 1 if one does not hold. Nothing of the person's is touched."""
    checks: list[Check] = []
    for check in _checks():
        checks.append(check)
        if not options.json:
            output.say(f"{'ok   ' if check.holds else 'FAULT'}  {check.name}: {check.seen}")
    if options.json:
        output.as_json([asdict(check) for check in checks])
    return EXIT_OK if all(check.holds for check in checks) else EXIT_FAULT


def _checks() -> Iterator[Check]:
    yield doctor.seal_check()
    yield from _refusals()
    with tempfile.TemporaryDirectory(prefix="privet-selftest-") as folder:
        home = Path(folder)
        passphrase = secrets.token_hex(16)
        way = Unlock(passphrase=lambda request: passphrase, use_keychain=False)
        privet = Privet.open(Folders.inside(home), way)
        try:
            yield from doctor.working(privet)
            yield from _journey(privet, home)
        finally:
            privet.close()
        raw = b"".join(file.read_bytes() for file in home.rglob("*") if file.is_file() and file.suffix != ".md")
        yield Check(
            "kept in secret", _ANSWER.encode() not in raw, f"{len(raw):,} bytes on the disk, none of them readable"
        )


def _refusals() -> Iterator[Check]:
    """Ask the kernel itself, past everything that Python could refuse, for each kind of network socket."""
    libc = ctypes.CDLL(None)
    for name, family in _INTERNET_FAMILIES.items():
        refused = libc.socket(family, 3 if name == "packet" else 2, 0) < 0
        yield Check(f"{name} socket", refused, "refused" if refused else "OPENED")


def _journey(privet: Privet, home: Path) -> Iterator[Check]:
    page = home / "hedges.md"
    page.write_text(_PAGE, encoding="utf-8")
    added = [event for event in privet.documents.add([page], Stop()) if isinstance(event, AddFinished)]
    yield Check("add a document", added[-1].added == 1, f"{privet.retrieval.count()} passages")
    conversation = privet.conversations.create(documents=True)
    found: Retrieved | None = None
    answered: Answered | None = None
    for event in privet.answering.answer(conversation, _QUESTION, Stop()):
        found = event if isinstance(event, Retrieved) else found
        answered = event if isinstance(event, Answered) else answered
    first = found.citations[0] if found is not None else None
    cited = first is not None and _ANSWER in first.text
    yield Check("find the passage", cited, f"{first.document}, {first.place}" if first is not None else "nothing found")
    yield Check(
        "answer", answered is not None and bool(answered.text), "the model answered" if answered else "no answer"
    )
    silent = any(isinstance(event, NothingFound) for event in privet.answering.answer(conversation, _NOT_THERE, Stop()))
    yield Check("say that nothing was found", silent, "said" if silent else "an answer was made up")
