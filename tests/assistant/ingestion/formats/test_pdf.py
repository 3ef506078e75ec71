"""A stretch of pages of a PDF is put together beside the reading of the next, and all come in their order."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.ingestion.formats import pdf
from assistant.ingestion.formats.events import About, Event
from assistant.values import Block
from tests.assistant.ingestion import making
from tests.assistant.ingestion.reading import read
from tests.journeys import papers

PAGES = 70  # three windows
NAMES = [f"{first}{second}" for first in "bdfghklm" for second in ("a", "e", "i", "o", "u", "ar", "er", "on", "un")][
    :PAGES
]
"""In letters: lines that differ in numbers alone run along on every page."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path: Path = papers.pdf(
        tmp_path_factory.mktemp("pdf") / "report.pdf", [f"The hedge of lane {name} is green." for name in NAMES]
    )
    return path.read_bytes()


def _events(data: bytes) -> list[Event]:
    return list(pdf.read(io.BytesIO(data), len(data)))


def test_every_page_comes_once_and_in_its_order(report: bytes) -> None:
    events = _events(report)
    blocks = [event for event in events if isinstance(event, Block)]
    assert [block.page for block in blocks] == list(range(1, PAGES + 1))
    assert all(f"lane {name} is" in block.text for name, block in zip(NAMES, blocks, strict=True))
    assert isinstance(events[-1], About) and events[-1].pages == PAGES


def test_without_room_for_a_thread_the_same_comes(report: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = _events(report)

    def refused(self: ThreadPoolExecutor, *_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(ThreadPoolExecutor, "submit", refused)
    assert _events(report) == beside


def test_what_goes_wrong_beside_is_raised(report: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> list[Block]:
        raise MemoryError

    monkeypatch.setattr(pdf, "_put_together", broken)
    with pytest.raises(MemoryError):
        _events(report)


def test_what_was_filled_into_a_form_is_text_of_its_page(tmp_path: Path) -> None:
    widgets = [
        b"/FT/Tx/T(tenant)/TU(Tenant's name)/V(Ann Lee)",
        b"/FT/Tx/T(f1_01[0])/TU(Deposit)/V(900 euros)",
        b"/FT/Tx/T(key)/V(secret)/Ff 8192",
        b"/FT/Tx/T(empty)",
        b"/FT/Btn/T(pets)/AS/Yes/V/Yes/AP<</N<</Yes null/Off null>>>>",
        b"/FT/Btn/T(garden)/AS/Off/AP<</N<</Yes null/Off null>>>>",
        b"/FT/Ch/T(town)/V(Bonn)/Opt[(Bonn)(Kiel)]",
    ]
    document = read(making.form(tmp_path / "a.pdf", widgets, b"BT /F1 12 Tf 60 760 Td (Lease) Tj ET"))
    assert [block.text for block in document.blocks] == [
        "Lease",
        "tenant (Tenant's name): Ann Lee\nDeposit: 900 euros\npets: marked\ntown: Bonn",
    ]
    filled = read(making.form(tmp_path / "b.pdf", widgets[:1]))
    assert [(block.text, block.page) for block in filled.blocks] == [("tenant (Tenant's name): Ann Lee", 1)]
    assert filled.empty_pages == ()
