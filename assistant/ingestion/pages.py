"""A PDF's or a picture's pages as they look: drawn by a confined child that holds the open file and nothing else."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from assistant.errors import ChildDied, DocumentUnreadable
from assistant.ingestion import caps
from assistant.ingestion.children import specification
from assistant.ingestion.cleaning import without_unseen
from assistant.ingestion.families import HEAD_BYTES, Family, recognise
from assistant.ingestion.reader import open_file
from assistant.ingestion.refusals import unreadable
from assistant.ingestion.untrusted import Nonsense
from assistant.values import Box, DrawnPage, DrawnWord
from assistant.workers import Child, Refusal, Reply

_OPEN_SECONDS: Final = 30.0
_DRAW_SECONDS: Final = 20.0
_PROCESSOR_SECONDS: Final = 1800.0  # of one child: then the next page starts another
_DRAWING_MEMORY: Final = 8 * caps.MAX_DRAWN_POINTS  # a page as a picture, and on its way
_PIECE: Final = 1 << 20
_LARGEST_PAGE: Final = 100_000.0


class PageFile:
    """A PDF or a picture that is held open. `page` may be called from any thread; to be closed.

    The child has the open file and cannot open another, start a program or reach a network; what it sends is held
    against caps before it is believed. A child that ends over a page is started anew for the next one.
    """

    def __init__(self, path: Path, descriptor: int, size: int, family: Family = Family.PDF) -> None:
        self._path, self._descriptor, self._size, self._family = path, descriptor, size, family
        self._lock = threading.Lock()
        self._child = Child(
            specification(size, family, False, _PROCESSOR_SECONDS, drawing=(_DRAWING_MEMORY, caps.LARGEST_DRAWN_FRAME))
        )
        self.sizes: tuple[tuple[float, float], ...] = ()

    def open(self) -> None:
        """Have the child take the file, and learn the pages' sizes. Raises DocumentUnreadable, ChildDied."""
        with self._lock:
            self._start()

    def page(self, number: int, width: int) -> DrawnPage:
        """A page, `width` points wide or a little less. Raises DocumentUnreadable, ChildDied."""
        with self._lock:
            if not self._child.alive:
                self._start()
            try:
                reply = self._child.call("draw", {"page": number, "width": width}, deadline=_DRAW_SECONDS)
                return _page(number, reply)
            except (ChildDied, Refusal, Nonsense) as error:
                if not isinstance(error, Refusal):
                    self._child.kill()
                raise unreadable("page-not-drawn", self._path) from error

    def close(self) -> None:
        """End the child and let go of the file."""
        self._child.close()
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1

    def _start(self) -> None:
        if self._descriptor < 0:
            raise unreadable("missing", self._path)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        arguments = {"descriptor": self._descriptor, "size": self._size, "family": self._family.value}
        try:
            reply = self._child.call("open", arguments, deadline=_OPEN_SECONDS, descriptors=(self._descriptor,))
            self.sizes = _sizes(reply.values)
        except Refusal as refusal:
            self._child.kill()
            raise unreadable(refusal.code, self._path) from refusal
        except Nonsense as error:
            self._child.kill()
            raise unreadable("nonsense", self._path) from error


def open_pages(path: Path, sha256: str) -> PageFile | None:
    """Open a PDF or a picture to draw its pages, if its bytes still have this checksum (hexadecimal); else None.

    None for other formats too. Raises DocumentUnreadable where it can't be opened, ChildDied.
    """
    descriptor, size = open_file(path)
    try:
        family = recognise(path, os.pread(descriptor, HEAD_BYTES, 0))
        if family not in (Family.PDF, Family.IMAGE) or size > caps.MAX_FILE or _checksum(descriptor) != sha256:
            os.close(descriptor)
            return None
    except OSError as error:
        os.close(descriptor)
        raise unreadable("device-error", path) from error
    file = PageFile(path, descriptor, size, family)
    try:
        file.open()
    except (DocumentUnreadable, ChildDied):
        file.close()
        raise
    return file


def has_bytes(path: Path, sha256: str) -> bool:
    """True if the file is there and its bytes have this checksum. Raises DocumentUnreadable where it can't be read."""
    descriptor, _ = open_file(path)
    try:
        return _checksum(descriptor) == sha256
    except OSError as error:
        raise unreadable("device-error", path) from error
    finally:
        os.close(descriptor)


def _checksum(descriptor: int) -> str:
    """Of the file that was opened, not of whatever has its name by now."""
    digest = hashlib.sha256()
    at = 0
    while part := os.pread(descriptor, _PIECE, at):
        digest.update(part)
        at += len(part)
    return digest.hexdigest()


def _sizes(untrusted: Mapping[str, object]) -> tuple[tuple[float, float], ...]:
    untrusted_sizes = untrusted.get("sizes")
    if not isinstance(untrusted_sizes, list) or not 0 < len(untrusted_sizes) <= caps.MAX_PAGES:
        raise Nonsense("sizes")
    sizes = []
    for untrusted_size in untrusted_sizes:
        match untrusted_size:
            case [int() | float() as width, int() | float() as height] if (
                0 < width < _LARGEST_PAGE and 0 < height < _LARGEST_PAGE
            ):
                sizes.append((float(width), float(height)))
            case _:
                raise Nonsense("size")
    return tuple(sizes)


def _page(number: int, reply: Reply) -> DrawnPage:
    """A page as it came, every number of it looked at."""
    width, height, untrusted_words = (reply.values.get(key) for key in ("width", "height", "words"))
    if type(width) is not int or type(height) is not int or not isinstance(untrusted_words, list):
        raise Nonsense("page")
    if not (width > 0 and height > 0 and width * height <= caps.MAX_DRAWN_POINTS):
        raise Nonsense("page")
    if len(reply.payload) != 4 * width * height or len(untrusted_words) > caps.MAX_DRAWN_LETTERS:
        raise Nonsense("page")
    return DrawnPage(number, width, height, reply.payload, tuple(map(_word, untrusted_words)))


def _word(untrusted: object) -> DrawnWord:
    match untrusted:
        case [str(text), int(left), int(top), int(right), int(bottom)] if (
            0 <= left <= right <= caps.BOX_SCALE
            and 0 <= top <= bottom <= caps.BOX_SCALE
            and len(text) <= caps.MAX_DRAWN_WORD
        ):
            scale = caps.BOX_SCALE
            return DrawnWord(without_unseen(text), Box(left / scale, top / scale, right / scale, bottom / scale))
    raise Nonsense("word")
