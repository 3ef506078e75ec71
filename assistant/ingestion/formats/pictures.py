"""The pictures in a packed document, recognised one by one."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from assistant.ingestion.formats import image
from assistant.ingestion.formats.events import About, Event, PageRead, Reader
from assistant.ingestion.formats.package import Package
from assistant.workers import Refusal


def reader(numbers: Sequence[int]) -> Reader:
    """What reads these members of a package, counted from 1; their text has the place in `numbers`, from 1, as page."""
    image.prepare()

    def read(file: BinaryIO, size: int) -> Iterator[Event]:
        package = Package(file)
        names = package.names
        empty: list[int] = []
        lost: list[int] = []
        for page, number in enumerate(numbers, 1):
            found = False
            try:
                data = package.read(names[number - 1], large=True) if number <= len(names) else b""
                for block in image.blocks(io.BytesIO(data), page):
                    found = True
                    yield block
            except (Refusal, *image.FAULTS):
                lost.append(page)
            if not found and page not in lost:
                empty.append(page)
            yield PageRead(page, len(numbers))
        pages = tuple(range(1, len(numbers) + 1))
        yield About(pages=len(numbers), empty_pages=tuple(empty), lost_pages=tuple(lost), picture_pages=pages)

    return read
