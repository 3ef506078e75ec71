"""The pictures that stand in a document, recognised one by one."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO
from zipfile import BadZipFile

from assistant.ingestion.families import Family
from assistant.ingestion.formats import html, image, rtf
from assistant.ingestion.formats.blips import blips
from assistant.ingestion.formats.compound import Compound
from assistant.ingestion.formats.events import About, Event, PageRead, Reader
from assistant.ingestion.formats.package import Package
from assistant.workers import Refusal


def reader(numbers: Sequence[int], family: Family) -> Reader:
    """What reads these pictures of a document; their text has the place in `numbers`, from 1, as page.

    numbers: as `Placed` has them: the member of a package, or which of the pictures in a file, from 1.
    """
    image.prepare()

    def read(file: BinaryIO, size: int) -> Iterator[Event]:
        picture = _source(file, size, family)
        empty: list[int] = []
        lost: list[int] = []
        for page, number in enumerate(numbers, 1):
            found = False
            try:
                for block in image.blocks(io.BytesIO(picture(number)), page):
                    found = True
                    yield block
            except (Refusal, BadZipFile, zlib.error, RuntimeError, *image.FAULTS):
                lost.append(page)
            if not found and page not in lost:
                empty.append(page)
            yield PageRead(page, len(numbers))
        pages = tuple(range(1, len(numbers) + 1))
        yield About(pages=len(numbers), empty_pages=tuple(empty), lost_pages=tuple(lost), picture_pages=pages)

    return read


def _source(file: BinaryIO, size: int, family: Family) -> Callable[[int], bytes]:
    """What gives the bytes of a picture by its number; b"" where there is none."""
    file.seek(0)
    found: Sequence[bytes]
    if family is Family.COMPOUND:
        found = [blip.data for blip in blips(Compound(file).read)]
    elif family is Family.HTML:
        found = html.pictures(file)
    elif family is Family.RTF:
        source = file.read(size)
        places = rtf.picture_places(source)
        return lambda number: rtf.picture(source, places[number - 1]) if number <= len(places) else b""
    else:
        package = Package(file)
        names = package.names
        return lambda number: package.read(names[number - 1], large=True) if number <= len(names) else b""
    return lambda number: found[number - 1] if number <= len(found) else b""
