"""Adds documents and says what it acknowledges, so that it can be ended at any moment and be held to its word.

    python -m tests.hostile.crashing HOME FILES [--index]

Prints "queued", then "kept NAME VERSION" and "learned NAME VERSION" for each document, then "done".
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path
from typing import Final

from assistant.errors import PrivetError
from assistant.values import Indexed, Learned, Stop
from tests.assistant.documents.made import Home, opened

MARK: Final = re.compile(r"\bmark(\w+)version(\d+)end\b")
PARAGRAPHS: Final = 12
_WORDS: Final = "hedge lane kettle orchard barometer quince harbour lantern meadow river stone timber".split()


def write(folder: Path, number: int, version: int) -> Path:
    """A file every paragraph of which says which file and version it is of."""
    chance = random.Random(f"{number} {version}")
    shared = random.Random(number)  # some paragraphs are the same in all versions but for their mark
    paragraphs = []
    for at in range(PARAGRAPHS):
        words = " ".join((shared if at % 2 else chance).choices(_WORDS, k=90))
        paragraphs.append(f"{words} mark{number}version{version}end.")
    path = folder / f"{number}.txt"
    path.write_text("\n\n".join(paragraphs), encoding="utf-8")
    return path


def say(line: str) -> None:
    """An acknowledgement: whoever reads it may rely on it."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def version_of(home: Home, event: Indexed | Learned) -> str:
    """Of a document, as its text says."""
    found = MARK.search(home.documents.texts(event.document.id)[0].text)
    return found[2] if found else "?"


def main(folder: Path, files: Path, index: bool) -> int:
    """Add everything in `files`."""
    try:
        with opened(folder, index) as home:
            if index:
                list(home.retrieval.ensure(Stop()))
            home.documents.enqueue([files])
            say("queued")
            for event in home.documents.work(Stop()):
                if isinstance(event, Indexed):
                    say(f"kept {event.document.title.removesuffix('.txt')} {version_of(home, event)}")
                if isinstance(event, Learned):
                    say(f"learned {event.document.title.removesuffix('.txt')} {version_of(home, event)}")
    except PrivetError as error:
        say(f"fault {type(error).__name__}")
        return 1
    say("done")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), "--index" in sys.argv))
