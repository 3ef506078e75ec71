"""The pages of a PDF that are pictures: drawn by PDFium, and recognised one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import numpy as np

from assistant.ingestion.formats.events import About, Event, PageRead, Reader
from assistant.ingestion.formats.pdf import in_memory
from assistant.ingestion.formats.pdfium import Drawn, Pdf
from assistant.ingestion.formats.recognition import Picture, Recognition


def reader(pages: Sequence[int]) -> Reader:
    """What reads these pages of a PDF, from 1 and in rising order; it has loaded all that it will need."""
    recognition = Recognition()

    def read(file: BinaryIO, size: int) -> Iterator[Event]:
        pdf = Pdf(in_memory(file, size))
        lost: list[int] = []
        empty: list[int] = []
        for page in pages:
            drawn = pdf.picture(page - 1) if page <= pdf.page_count else None
            picture = _points(drawn) if drawn is not None else None
            found = False
            for block in recognition.blocks(picture, page) if picture is not None else ():
                found = True
                yield block
            if not found:
                (lost if picture is None else empty).append(page)
            yield PageRead(page, pdf.page_count)
        # Pages without text are this reader's ordinary case, so it names itself as one that looked at pictures.
        yield About(pages=pdf.page_count, empty_pages=tuple(empty), lost_pages=tuple(lost), picture_pages=tuple(pages))

    return read


def _points(drawn: Drawn) -> Picture:
    rows = np.frombuffer(drawn.data, np.uint8).reshape(drawn.height, drawn.stride // 4, 4)
    return rows[:, : drawn.width, [2, 1, 0]]
