"""What reads a file is a process of its own, forked from one that has met no file, and shut in as any other."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.ingestion import children, read_document, reader
from assistant.values import ReadDocument, Reading
from assistant.workers import Child, Template
from tests.assistant.ingestion.making import docx, paragraph, pdf

MAIL = "Subject: Rent\nContent-Type: text/plain\n\nThe hedge is high.\n"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Child]]:
    """The children that read from now on, forked from a template of this test."""
    seen: list[Child] = []

    class Watched(Child):
        def __init__(self, *given: object) -> None:
            super().__init__(*given)  # type: ignore[arg-type]
            seen.append(self)

    template = children.template()
    monkeypatch.setattr(reader, "_template", template)
    monkeypatch.setattr(reader, "Child", Watched)
    yield seen
    template.close()


def write(name: str, content: str) -> Callable[[Path], Path]:
    def made(folder: Path) -> Path:
        (folder / name).write_text(content, encoding="utf-8")
        return folder / name

    return made


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_each_kind_is_read_by_a_forked_child(started: list[Child], tmp_path: Path) -> None:
    makers = [
        lambda folder: pdf(folder / "a.pdf", [["The hedge is high."]]),
        lambda folder: docx(folder / "a.docx", paragraph("The hedge is high.")),
        write("a.eml", MAIL),
        write("a.html", "<p>The hedge is high.</p>"),
        write("a.txt", "The hedge is high."),
        write("a.csv", "The hedge is high.,1\nThe lane is green.,2\n"),
        write("a.json", '{"hedge": "The hedge is high."}'),
        write("b.txt", "Größer: the hedge is high."),
    ]
    for make in makers:
        events = read_document(make(tmp_path))
        *_, document = events
        assert isinstance(document, ReadDocument)
        assert any("The hedge is high." in block.text.replace("the", "The") for block in document.blocks)
    assert len(started) == len(makers)  # a process for each
    assert not any(child.alive for child in started)


def test_a_text_in_another_encoding_is_guessed_in_a_forked_child(started: list[Child], tmp_path: Path) -> None:
    text = "Der Mieter schließt Türen und Fenster, bevor er die Wohnung für länger als üblich verläßt. " * 9
    (tmp_path / "a.txt").write_bytes(text.encode("cp1252"))
    *_, document = read_document(tmp_path / "a.txt")
    assert isinstance(document, ReadDocument) and "Türen" in document.blocks[0].text
    assert started


def test_it_holds_the_bytes_and_no_file_under_five_filters(started: list[Child], tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [[f"Page {number}."] for number in range(500)])
    events = read_document(path)
    assert isinstance(next(events), Reading)
    [child] = started
    assert child.pid is not None and parent_of(child.pid) != os.getpid()
    held = [os.readlink(link) for link in Path(f"/proc/{child.pid}/fd").iterdir()]
    assert not [name for name in held if name.startswith("/") and not name.startswith("/dev/")]
    assert sorted(name.split(":")[0] for name in held if not name.startswith("/dev/")) == ["pipe", "pipe"]
    own, its = (
        int(Path(f"/proc/{who}/status").read_text(errors="replace").split("Seccomp_filters:")[1].split()[0])
        for who in ("self", child.pid)
    )
    # The network's, the template's, the one against new files, the one for children, the one against opening any.
    assert its == own + 5
    list(events)


def test_a_large_file_is_read_by_its_descriptor(
    started: list[Child], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LARGEST_SENT", 10)
    *_, document = read_document(write("a.txt", "The hedge is high.")(tmp_path))
    assert isinstance(document, ReadDocument)
    assert len(started) == 1 and started[0]._template is None


def test_without_templates_it_is_started_for_each(
    started: list[Child], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Template, "fork", lambda *_: None)
    *_, document = read_document(write("a.txt", "The hedge is high.")(tmp_path))
    assert isinstance(document, ReadDocument)
    assert len(started) == 1
