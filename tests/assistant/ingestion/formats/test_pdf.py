"""A stretch of pages of a PDF is put together beside the reading of the next, and all come in their order."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.ingestion.formats import pdf
from assistant.ingestion.formats.events import About, Event
from assistant.values import Block
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
