"""A file is read in a child that can do nothing else, and whatever happens ends in two sentences."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import pytest

from assistant.errors import ChildDied, DocumentUnreadable, Stopped
from assistant.ingestion import caps, read_document, reader
from assistant.ingestion import children as confined
from assistant.ingestion.families import Family
from assistant.privacy import Confinement
from assistant.values import BlockKind, ReadDocument, Reading, Stop
from tests.assistant.ingestion import small_caps_worker
from tests.assistant.ingestion.making import docx, paragraph, pdf, pdf_of
from tests.assistant.ingestion.reading import read


def refusal(path: Path) -> str:
    with pytest.raises(DocumentUnreadable) as caught:
        read(path)
    assert path.name in caught.value.what
    assert caught.value.do
    return caught.value.what


def test_a_pdf_gives_its_pages_as_they_go_by_and_then_its_text(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [["The rent is 500 euros."], ["It is due on the first."]])
    *pages, document = read_document(path, Stop())
    assert pages == [Reading(path, 1, 2), Reading(path, 2, 2)]
    assert isinstance(document, ReadDocument)
    assert [(b.page, b.text) for b in document.blocks] == [
        (1, "The rent is 500 euros."),
        (2, "It is due on the first."),
    ]
    assert document.pages == 2
    assert document.warnings == ()


def test_pages_without_text_are_named(tmp_path: Path) -> None:
    document = read(pdf(tmp_path / "a.pdf", [["Text."], [], ["More."], []]))
    assert document.empty_pages == (2, 4)
    assert document.warnings == ("Pages 2 and 4 of 4 hold no text.",)


def test_each_kind_is_read_by_its_own_reader(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Plain words.")
    (tmp_path / "a.md").write_text("# Head\n\n*Marked* words.")
    (tmp_path / "a.html").write_text("<title>T</title><h1>Head</h1><p>Web words.")
    docx(tmp_path / "a.docx", paragraph("Word words."))
    assert [block.text for block in read(tmp_path / "a.txt").blocks] == ["Plain words."]
    assert [block.text for block in read(tmp_path / "a.md").blocks] == ["Head", "Marked words."]
    assert [block.text for block in read(tmp_path / "a.html").blocks] == ["Head", "Web words."]
    assert read(tmp_path / "a.html").title == "T"
    assert [block.text for block in read(tmp_path / "a.docx").blocks] == ["Word words."]


def test_bytes_go_before_names(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.txt", [["A page."]])
    assert read(path).pages == 1


def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.pdf").mkdir()
    (tmp_path / "zero.pdf").touch()
    (tmp_path / "program.exe").write_bytes(b"MZ")
    assert "not an ordinary file" in refusal(tmp_path / "pipe.txt")
    assert "is a folder" in refusal(tmp_path / "folder.pdf")
    assert "0 bytes" in refusal(tmp_path / "zero.pdf")
    assert "kind" in refusal(tmp_path / "program.exe")
    assert "no file" in refusal(tmp_path / "missing.pdf")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [["A page."]])
    path.chmod(0)
    assert "no permission" in refusal(path)


def test_a_file_over_its_cap_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [["A page."]])
    with path.open("r+b") as file:
        file.truncate(caps.MAX_FILE + 1)  # sparse: no disk is used
    assert "512 MB" in refusal(path)


def test_a_pdf_of_pictures_and_one_of_nothing_are_told_apart(tmp_path: Path) -> None:
    picture = b"q 99 0 0 99 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q"
    assert refusal(pdf_of(tmp_path / "blank.pdf", [b""])).startswith("No text was found on the pages")
    assert "only pictures" in refusal(pdf_of(tmp_path / "scan.pdf", [picture]))


def test_a_password_is_told(shared_data: Path) -> None:
    for name in ("tika_testPassword4Spaces.pdf", "tika_testWORD_protected_passtika.docx"):
        assert "needs a password" in refusal(shared_data / "hostile" / name)


def test_a_text_over_the_cap_is_read_up_to_it_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = confined.specification

    def spec(size: int, family: Family, reads_pictures: bool, seconds: float) -> object:
        asked = honest(size, family, reads_pictures, seconds)
        return dataclasses.replace(asked, module=small_caps_worker.__name__, confinement=Confinement())

    monkeypatch.setattr(reader, "specification", spec)
    monkeypatch.setattr(reader, "_template", None)
    monkeypatch.setattr(caps, "MAX_TEXT", small_caps_worker.CHARACTERS)
    line = "The lessee shall pay rent on the first day of each month, and no later than noon.\n\n"
    path = tmp_path / "long.txt"
    path.write_text(line * (caps.MAX_TEXT // len(line) + 500))
    document = read(path)
    assert sum(len(block.text) for block in document.blocks) == caps.MAX_TEXT
    assert document.warnings == (
        "Only the first 300,000 characters were read; what follows in this file can't be asked about.",
    )


def test_stop_ends_reading(tmp_path: Path, bad_child: Path) -> None:
    stop = Stop()
    (tmp_path / "a.txt").write_text("slow")
    events = read_document(tmp_path / "a.txt", stop)
    assert next(events) == Reading(tmp_path / "a.txt", 1, 500)
    stop.set()
    with pytest.raises(Stopped):
        list(events)


@pytest.fixture
def bad_child(monkeypatch: pytest.MonkeyPatch) -> Path:
    """From now on the parser's place is taken by a hostile child."""
    honest = confined.specification

    def spec(size: int, family: Family, reads_pictures: bool, seconds: float) -> object:
        # The tests' own folder is not among those that the parser's child may read.
        asked = honest(size, family, reads_pictures, seconds)
        return dataclasses.replace(asked, module="tests.assistant.ingestion.bad_worker", confinement=Confinement())

    monkeypatch.setattr(reader, "specification", spec)
    monkeypatch.setattr(reader, "_template", None)
    monkeypatch.setattr(reader, "_PAGE_SECONDS", 1.0)
    return Path(__file__)


@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("hang", "took too long"),
        ("die", "made the part of Privet that reads files end"),
        ("flood", "makes no sense"),
        ("big", "made the part of Privet that reads files end"),
        ("nonsense", "makes no sense"),
        ("refuse", "damaged, or built in a way"),
        ("nothing", "makes no sense"),
    ],
)
def test_whatever_a_child_does_ends_in_two_sentences(tmp_path: Path, bad_child: Path, deed: str, told: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"{deed} 555-1234")
    assert told in refusal(path)


def test_a_child_that_cannot_start_is_not_blamed_on_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = confined.specification
    monkeypatch.setattr(
        reader, "specification", lambda *asked: dataclasses.replace(honest(*asked), module="assistant.no_such_worker")
    )
    monkeypatch.setattr(reader, "_template", None)
    path = tmp_path / "a.txt"
    path.write_text("text")
    with pytest.raises(ChildDied):
        read(path)


def children() -> set[str]:
    """The processes that this one's threads started."""
    return {child for task in Path("/proc/self/task").iterdir() for child in (task / "children").read_text().split()}


def filters(process: str) -> int:
    """How many filters the kernel holds a process to."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    return int(status.split("Seccomp_filters:")[1].split()[0])


def test_a_child_reads_under_four_filters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_template", None)
    path = pdf(tmp_path / "a.pdf", [[f"Page {number}."] for number in range(500)])
    before = children()
    events = read_document(path)
    next(events)
    [child] = children() - before
    # The network's, the one for children, the one against new files, and the one against opening any.
    assert filters(child) == filters("self") + 4
    open_files = {os.readlink(link) for link in Path(f"/proc/{child}/fd").iterdir()}
    assert {name for name in open_files if name.startswith("/") and not name.startswith("/dev/")} == {str(path)}
    list(events)


def test_no_descriptor_is_left_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_template", None)
    path = pdf(tmp_path / "a.pdf", [["A page."], ["Another."]])
    read(path)
    before = len(os.listdir("/proc/self/fd"))
    read(path)
    events = read_document(path)
    next(events)
    events.close()  # type: ignore[attr-defined]  # it is a generator
    with pytest.raises(DocumentUnreadable):
        read(tmp_path / "missing.pdf")
    assert len(os.listdir("/proc/self/fd")) == before


def test_reading_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = pdf(tmp_path / "a.pdf", [["A page."]])
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copy(source, empty / "a.pdf")
    monkeypatch.setenv("TMPDIR", str(empty))
    assert read(empty / "a.pdf").blocks[0].kind is BlockKind.PARAGRAPH
    assert [entry.name for entry in empty.iterdir()] == ["a.pdf"]
