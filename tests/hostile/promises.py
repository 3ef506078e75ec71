"""What must hold of a vault after anything: no document half there, nothing lost that was acknowledged."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.retrieval import Retrieval
from assistant.vault import Vault
from tests.assistant.documents.made import DIMENSIONS, MODEL, opened
from tests.assistant.vault.opening import by_passphrase
from tests.hostile.crashing import MARK, PARAGRAPHS

ROOT = Path(__file__).absolute().parents[2]


def command(home: Path, files: Path, *more: str) -> list[str]:
    """The program that adds `files`."""
    return [sys.executable, "-m", "tests.hostile.crashing", str(home), str(files), *more]


def start(home: Path, files: Path, *more: str, prefix: Sequence[str] = ()) -> subprocess.Popen[str]:
    """Start it."""
    return subprocess.Popen(
        [*prefix, *command(home, files, *more)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def finish(home: Path, files: Path, *more: str) -> list[str]:
    """Run it to its end; returns what it said."""
    program = start(home, files, *more)
    said, complaints = program.communicate(timeout=280)
    assert program.returncode == 0, (said, complaints)
    return said.splitlines()


def broken(home: Path, said: Iterable[str], names: Iterable[str]) -> list[str]:
    """Which promises do not hold in `home`, after the program said `said` about the files `names`."""
    with opened(home) as now:
        vault = now.vault
        faults = [] if vault.file_check() else ["the file is not sound"]
        faults += _tables(vault)
        kept = _versions(now.retrieval, faults)
        waiting = {item.path.stem for item in now.documents.waiting()}
    for line in said:
        what, _, rest = line.partition(" ")
        if what == "queued":
            faults += [f"{name} was lost" for name in names if name not in kept and name not in waiting]
        if what in ("kept", "learned"):
            name, _, version = rest.partition(" ")
            if kept.get(name, -1) < int(version):
                faults.append(f"{name}, acknowledged in version {version}, is there in {kept.get(name)}")
    return faults


def _tables(vault: Vault) -> list[str]:
    faults = []
    with vault.read() as connection:
        for what, statement in {
            "passages are miscounted": "SELECT count(*) FROM documents WHERE passages <>"
            " (SELECT count(*) FROM passages WHERE document = documents.id)",
            "what is to be learned is miscounted": "SELECT count(*) FROM documents WHERE unlearned <> (SELECT count(*)"
            " FROM passages WHERE document = documents.id"
            " AND (digest IS NULL OR id NOT IN (SELECT passage FROM embeddings)))",
            "an embedding is cut off": f"SELECT count(*) FROM embeddings WHERE length(vector) <> {DIMENSIONS * 4}"
            f" OR model <> '{MODEL}'",
            "a passage has no words": "SELECT (SELECT count(*) FROM passages)"
            " - (SELECT count(*) FROM passage_words_docsize)",
            "a document has no text": "SELECT count(*) FROM documents WHERE id NOT IN (SELECT document FROM pages)",
        }.items():
            row = connection.execute(statement).fetchone()
            if row is None or row[0] != 0:
                faults.append(what)
    with vault.write() as connection:
        # Raises where the full-text index does not say what the passages say.
        connection.execute("INSERT INTO passage_words (passage_words, rank) VALUES ('integrity-check', 1)")
    return faults


def _versions(retrieval: Retrieval, faults: list[str]) -> dict[str, int]:
    """The version of each document by name; one that is not whole, or is of two versions, is a fault."""
    versions: dict[str, int] = {}
    for info in retrieval.documents():
        name = info.title.removesuffix(".txt")
        passages = " ".join(passage.text for passage in retrieval.passages_of(info.id))
        pages = " ".join(page.text for page in retrieval.texts(info.id))
        for text in (passages, pages):
            found = MARK.findall(text)
            if {owner for owner, _ in found} != {name} or len({version for _, version in found}) != 1:
                faults.append(f"{name} is mixed")
            if len(found) < PARAGRAPHS:
                faults.append(f"{name} is not whole")
        versions[name] = int(MARK.findall(pages)[0][1])
    return versions


def opens(home: Path) -> None:
    """Make the vault, and close it."""
    Vault.open(home, by_passphrase("a passphrase")).close()
