"""Every odd, damaged or hostile document ends in text or in two sentences, in bounded time and memory."""

from __future__ import annotations

import os
import random
import time
import zlib
from pathlib import Path

import pytest

from assistant.ingestion import SUFFIXES, reader
from tests.assistant.ingestion.making import docx, paragraph, pdf, pdf_of
from tests.hostile import bombs
from tests.hostile.apart import told, told_apart

GIGABYTE = 1 << 20  # in the kibibytes of ru_maxrss


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["pdfs", "hostile", "zoo"])
def test_everything_in_the_shared_data_ends_well(shared_data: Path, folder: str) -> None:
    files = [path for path in sorted((shared_data / folder).rglob("*")) if path.suffix.lower() in SUFFIXES]
    assert len(files) > 30
    if "PRIVET_ALL_FILES" not in os.environ:
        files = files[1::8]
    answers, largest = told_apart(files)
    assert any(not answer for answer in answers)
    assert largest < GIGABYTE


@pytest.mark.slow
@pytest.mark.parametrize("name", list(bombs.BOMBS))
def test_a_bomb_is_contained(tmp_path: Path, name: str) -> None:
    seconds = reader._FEWEST_SECONDS if "PRIVET_BOMBS" in os.environ else 8.0
    bomb = bombs.write(tmp_path, name)
    began = time.monotonic()
    _, largest = told_apart([bomb], seconds)
    assert largest < GIGABYTE
    assert time.monotonic() - began < seconds + reader._START_SECONDS + 15


BOMBS = {
    "spaces": b" " * (200 << 20),
    "letters": b"BT /F1 12 Tf " + b"(hello world this is text) Tj 0 -14 Td " * 1_500_000 + b"ET",
    "states": b"q " * 3_000_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(BOMBS))
def test_a_pdf_that_unpacks_without_end_is_contained(tmp_path: Path, name: str) -> None:
    _, largest = told_apart([pdf_of(tmp_path / f"{name}.pdf", [BOMBS[name]])])
    assert largest < GIGABYTE


def test_a_pdf_that_claims_two_billion_pages(tmp_path: Path) -> None:
    told(pdf_of(tmp_path / "many.pdf", [b"BT /F1 12 Tf (hi) Tj ET"], count=2_000_000_000))


@pytest.mark.parametrize("seed", range(8))
def test_a_pdf_with_changed_bytes(tmp_path: Path, seed: int) -> None:
    path = pdf(tmp_path / "changed.pdf", [["Some text on a page."] * 20] * 3)
    data = bytearray(path.read_bytes())
    dice = random.Random(seed)
    for _ in range(1 + 4 * seed):
        data[dice.randrange(len(data))] = dice.randrange(256)
    path.write_bytes(bytes(data))
    told(path)


def test_a_container_whose_parts_begin_before_it_is_damaged(tmp_path: Path) -> None:
    path = docx(tmp_path / "changed.docx", paragraph("Some text. ") * 50)
    data = path.read_bytes()
    at = data.rindex(b"PK\x05\x06") + 16  # where its list of parts begins, as its end says
    path.write_bytes(
        data[:at] + (int.from_bytes(data[at : at + 4], "little") + 9).to_bytes(4, "little") + data[at + 4 :]
    )
    assert "damaged" in told(path)


def test_a_container_with_a_part_whose_name_is_none_is_damaged(tmp_path: Path) -> None:
    accented = {"é": ""}
    path = docx(tmp_path / "changed.docx", paragraph("Some text. ") * 50, **accented)
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xff"))
    assert "damaged" in told(path)


@pytest.mark.parametrize("seed", range(8))
def test_a_word_document_with_changed_bytes_or_cut_off(tmp_path: Path, seed: int) -> None:
    path = docx(tmp_path / "changed.docx", paragraph("Some text. ") * 50)
    data = bytearray(path.read_bytes())
    dice = random.Random(seed)
    for _ in range(1 + 2 * seed):
        data[dice.randrange(len(data))] = dice.randrange(256)
    path.write_bytes(bytes(data[: len(data) - dice.choice([0, 0, 50])]))
    told(path)


def test_xml_that_grows_by_entities(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    prologue = f'<!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{entities}]>'
    (answer,), largest = told_apart([docx(tmp_path / "laughs.docx", paragraph("&e9;"), prologue)])
    assert answer
    assert largest < GIGABYTE


@pytest.mark.parametrize("depth", [300, 100_000])
def test_xml_nested_without_end(tmp_path: Path, depth: int) -> None:
    told(docx(tmp_path / "deep.docx", "<w:p>" * depth + "<w:r><w:t>x</w:t></w:r>" + "</w:p>" * depth))
    (tmp_path / "deep.html").write_text("<div>" * depth + "<table><tr><td>" * depth + "x")
    told(tmp_path / "deep.html")


@pytest.mark.slow
def test_a_table_larger_than_memory_is_refused_for_its_memory(tmp_path: Path) -> None:
    cells = "<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>" * 5
    rows = "".join(
        f"<w:tr>{cells}<w:bookmarkStart w:id='{zlib.crc32(str(n).encode())}'/></w:tr>" for n in range(300_000)
    )
    (answer,), largest = told_apart([docx(tmp_path / "table.docx", f"<w:tbl>{rows}</w:tbl>")])
    assert "memory" in answer
    assert largest < GIGABYTE


@pytest.mark.parametrize("letters", ["." * 3_000_000, " " * 3_000_000 + "x", "\n" * 3_000_000 + "x", '."' * 2_000_000])
def test_text_built_to_make_searches_slow(tmp_path: Path, letters: str) -> None:
    for name in ("a.txt", "a.md", "a.html"):
        (tmp_path / name).write_text(letters)
        told(tmp_path / name)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_random_bytes_under_any_name(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"noise{suffix}"
    path.write_bytes(random.Random(suffix).randbytes(50_000))
    told(path)
