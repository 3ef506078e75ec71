"""A child that was started before its file was known reads it all the same, shut in as the others are."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.ingestion import read_document, reader
from assistant.ingestion.families import Family
from assistant.ingestion.spare import Spare
from assistant.values import ReadDocument, Reading
from assistant.workers import Child
from tests.assistant.ingestion.making import docx, paragraph, pdf

MAIL = "Subject: Rent\nContent-Type: text/plain\n\nThe hedge is high.\n"


class Watched(Spare):
    """A spare that remembers the child it gave away."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: Child | None = None

    def take(self, size: int, family: Family = Family.PDF) -> Child | None:
        """Give it away, and remember it."""
        self.taken = super().take(size, family)
        return self.taken


@pytest.fixture
def spare(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """A spare whose child waits already."""
    spare = Watched()
    monkeypatch.setattr(reader, "_spare", spare)
    spare.prepare()
    until = time.monotonic() + 60
    while spare._child is None:
        assert time.monotonic() < until, "no child was started"
        time.sleep(0.01)
    return spare


def write(name: str, content: str) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        (folder / name).write_text(content, encoding="utf-8")
        return folder / name

    return made


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: pdf(folder / "a.pdf", [["The hedge is high."]]),
        lambda folder: docx(folder / "a.docx", paragraph("The hedge is high.")),
        write("a.eml", MAIL),
        write("a.html", "<p>The hedge is high.</p>"),
        write("a.txt", "The hedge is high."),
    ],
    ids=["pdf", "docx", "eml", "html", "txt"],
)
def test_a_child_that_waited_reads_what_it_is_handed(
    spare: Watched, tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    waiting = spare._child
    *_, document = read_document(make(tmp_path))
    assert isinstance(document, ReadDocument)
    assert any("The hedge is high." in block.text for block in document.blocks)
    assert spare.taken is waiting and waiting is not None and not waiting.alive  # one file, and it is gone
    spare.close()


def test_it_holds_the_bytes_and_no_file(spare: Watched, tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [[f"Page {number}."] for number in range(500)])
    events = read_document(path)
    assert isinstance(next(events), Reading)
    assert spare.taken is not None and spare.taken.starts == 1
    held = [os.readlink(link) for link in Path(f"/proc/{spare.taken.pid}/fd").iterdir()]
    assert not [name for name in held if name.startswith("/") and not name.startswith("/dev/")]
    list(events)
    spare.close()


def test_it_is_not_taken_for_a_file_over_its_limits(spare: Watched) -> None:
    assert spare.take(1 << 30) is None
    assert spare._child is not None
    spare.close()
