"""Text recognised on pictures of pages: by RapidOCR, which carries its models, and Tesseract where it is installed."""

from __future__ import annotations

import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np
import rapidocr_onnxruntime

from assistant.ingestion.formats import tesseract
from assistant.ingestion.formats.lines import Line, body_height, page_blocks
from assistant.ingestion.formats.ordering import in_reading_order
from assistant.ingestion.formats.spacing import with_spaces
from assistant.values import Block, Position

Picture = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
"""Rows, columns and three colours (red, green, blue) of a page, 0 to 255."""

_SURE_ENOUGH: Final = 0.80  # below it, another program may do better
_LEAST_SURE: Final = 0.5  # below it, what was recognised is rather the pattern of a picture
_FEW_READ: Final = 0.6  # of the lines that were found on a page
_LONGEST_SIDE: Final = 1_600  # at which text is searched for; it is read at full size
_MOST_THREADS: Final = 4


@dataclass(frozen=True, slots=True)
class Recognised:
    """The lines of one page, in reading order, and how sure each is, 0 to 1. Edges in points of the picture."""

    lines: tuple[Line, ...]
    sure: tuple[float, ...]

    @property
    def sure_letters(self) -> float:
        """How many letters there are, each counted as sure as it is."""
        return sum(s * len(line.text) for s, line in zip(self.sure, self.lines, strict=True))

    @property
    def sureness(self) -> float:
        """The mean over all letters; 0 without any."""
        return self.sure_letters / max(1, sum(len(line.text) for line in self.lines))


class Recogniser(Protocol):
    """What finds lines of text on a picture."""

    def recognise(self, picture: Picture) -> Recognised:
        """The lines of a page."""
        ...


class Rapid:
    """RapidOCR with the models it brings: PP-OCRv4 for Chinese, English and digits."""

    def __init__(self) -> None:
        # More threads than processors wait for one another in a loop.
        threads = min(_MOST_THREADS, len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1)
        self._engine = rapidocr_onnxruntime.RapidOCR(
            max_side_len=_LONGEST_SIDE, intra_op_num_threads=threads, inter_op_num_threads=1, text_score=_LEAST_SURE
        )
        self._engine.cal_rec_boxes = self._spaced  # what makes boxes of words: it is told where each letter is
        self._searched = 0  # lines that were found on the last page, read or not
        # What NumPy imports on use has to be there before nothing can be opened any more.
        with_spaces(np.tile(np.array([[[0], [255], [255], [255]]], np.uint8), (9, 4, 3)), "abcd", (0.1, 0.3, 0.6, 0.9))

    def recognise(self, picture: Picture) -> Recognised:
        """The lines of a page; where it makes little sense, it is tried upside down as well.

        RapidOCR's own way, a model that turns each line of which it thinks that it is upside down, loses lines that
        were not: of a clean page in Helvetica, every fourth.
        """
        found = self._recognise(picture)
        doubtful = len(found.lines) < _FEW_READ * self._searched or found.sureness < _SURE_ENOUGH
        if self._searched and doubtful:
            turned = self._recognise(picture[::-1, ::-1])
            found = turned if turned.sure_letters > found.sure_letters else found
        return found

    def _recognise(self, picture: Picture) -> Recognised:
        self._searched = 0
        # OpenCV wants blue first.
        page = np.ascontiguousarray(picture[:, :, ::-1])
        try:
            found, _ = self._engine(page, use_cls=False, return_word_box=True)
        except Exception as error:
            if "bad_alloc" in str(error):  # what ONNX Runtime says of it, in an error of RapidOCR's
                raise MemoryError from error
            raise
        height = picture.shape[0]
        lines: dict[Line, float] = {}
        for corners, text, sure, *_ in found or []:
            across, down = [float(x) for x, _ in corners], [float(y) for _, y in corners]
            top, bottom = height - min(down), height - max(down)
            if text.strip():
                lines[Line(text.strip(), min(across), max(across), bottom, top, (top - bottom) * 0.9)] = float(sure)
        ordered = in_reading_order(list(lines))
        return Recognised(tuple(ordered), tuple(min(1.0, lines[line]) for line in ordered))

    def _spaced(self, lines: Sequence[Picture], _: object, found: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """What was recognised of each line, with the spaces that its picture shows: the models leave many out."""
        self._searched = len(lines)
        spaced = []
        for line, (text, sure, (steps, _words, places, *_)) in zip(lines, found, strict=True):
            middles = [(place + 0.5) / steps for word in places for place in word] if steps else []
            spaced.append([with_spaces(line, text, middles), sure, []])
        return spaced


class Recognition:
    """The best that the programs on this machine make of a page."""

    def __init__(self) -> None:
        self._first = Rapid()
        self._second: Recogniser | None = tesseract.found()

    def blocks(self, picture: Picture, page: int) -> Iterator[Block]:
        """The blocks of a page, each marked with how sure its recognition is."""
        best = self._first.recognise(picture)
        if self._second is not None and best.sureness < _SURE_ENOUGH:
            other = self._second.recognise(picture)
            best = other if other.sureness > best.sureness else best
        if not best.lines:
            return
        sure = dict(zip(best.lines, best.sure, strict=True))
        for block in page_blocks(best.lines, page, body_height([best.lines]), set()):
            own = [value for line, value in sure.items() if line.text in block.text]
            position = Position(ocr=round(statistics.mean(own or best.sure), 3))
            yield replace(block, position=position)
