"""Tesseract, where it is installed, is asked about what RapidOCR is not sure of; here by a library that is played."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PIL import Image, ImageDraw

from assistant.ingestion.formats import recognition, tesseract
from assistant.ingestion.formats.lines import Line
from assistant.ingestion.formats.recognition import Picture, Recognised, Recogniser

LINES = [
    (b"The first line.\n", (10, 20, 200, 40), 91.0),
    (b"  \n", (0, 0, 5, 5), 3.0),
    (b"The second.\n", (10, 60, 150, 80), 47.0),
]


class Call:
    """A function of the library, whose types can be set."""

    def __init__(self, does: Callable[..., object]) -> None:
        self.does = does
        self.restype: object = None

    def __call__(self, *arguments: object) -> object:
        return self.does(*arguments)


class PlayedLibrary:
    """As much of Tesseract's library as is called, saying LINES. works: 0 where its data can be loaded."""

    def __init__(self, works: int = 0) -> None:
        self.at = 0
        self.asked: dict[str, object] = {}
        self._texts = [ctypes.create_string_buffer(text) for text, _, _ in LINES]
        self.TessBaseAPICreate = Call(lambda: 1)
        self.TessBaseAPIGetIterator = Call(lambda api: 2)
        self.TessResultIteratorGetPageIterator = Call(lambda iterator: 3)
        self.TessResultIteratorGetUTF8Text = Call(lambda iterator, level: ctypes.addressof(self._texts[self.at]))
        self.TessResultIteratorConfidence = Call(lambda iterator, level: LINES[self.at][2])
        self.TessBaseAPIInit3 = Call(lambda api, folder, names: self.note(works, folder=folder, languages=names))
        self.TessBaseAPISetImage = Call(lambda api, data, *shape: self.note(None, data=data, shape=shape))
        self.TessBaseAPISetSourceResolution = self.TessBaseAPIClear = Call(lambda *_: None)
        self.TessBaseAPIRecognize = Call(lambda api, monitor: 0)
        self.TessPageIteratorBoundingBox = Call(self.box)
        self.TessResultIteratorNext = Call(self.next)
        self.TessDeleteText = self.TessResultIteratorDelete = Call(lambda *_: None)

    def note(self, answer: object, **asked: object) -> object:
        self.asked |= asked
        return answer

    def box(self, iterator: object, level: int, *edges: object) -> int:
        for edge, value in zip(edges, LINES[self.at][1], strict=True):
            edge._obj.value = value  # type: ignore[attr-defined]  # what byref points at
        return 1

    def next(self, iterator: object, level: int) -> int:
        self.at += 1
        return int(self.at < len(LINES))


def page(height: int = 100, width: int = 300) -> Picture:
    return np.zeros((height, width, 3), np.uint8)


def test_lines_come_with_their_places_and_how_sure_they_are() -> None:
    library = PlayedLibrary()
    reader = tesseract.Tesseract(cast("ctypes.CDLL", library), Path("/data"), ["eng", "deu"])
    found = reader.recognise(page())
    # Edges are counted from the lower left corner, as everywhere; Tesseract counts from the upper left.
    assert [(line.text, line.left, line.bottom, line.right, line.top) for line in found.lines] == [
        ("The first line.", 10, 60, 200, 80),
        ("The second.", 10, 20, 150, 40),
    ]
    assert found.sure == (0.91, 0.47)
    assert library.asked["languages"] == b"eng+deu" and library.asked["folder"] == b"/data"
    assert library.asked["shape"] == (300, 100, 3, 900) and len(cast(bytes, library.asked["data"])) == 90_000


def test_without_its_data_it_recognises_nothing() -> None:
    reader = tesseract.Tesseract(cast("ctypes.CDLL", PlayedLibrary(works=-1)), Path("/data"), ["eng"])
    assert reader.recognise(page()).lines == ()


def test_it_is_not_there_without_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "_FOLDERS", (str(tmp_path / "nowhere"),))
    assert tesseract.found() is None
    (tmp_path / "osd.traineddata").touch()  # knows directions of writing, no letters
    monkeypatch.setattr(tesseract, "_FOLDERS", (str(tmp_path),))
    monkeypatch.setattr(ctypes, "CDLL", lambda name: PlayedLibrary())
    assert tesseract.found() is None
    (tmp_path / "deu.traineddata").touch()
    assert tesseract.found() is not None


class Sure:
    """A recogniser that reads one line, as sure as it says."""

    def __init__(self, text: str, sure: float) -> None:
        self.found = Recognised((Line(text, 0, 100, 0, 12, 12),), (sure,))
        self.asked = 0

    def recognise(self, picture: Picture) -> Recognised:
        self.asked += 1
        return self.found


@pytest.mark.parametrize(
    ("first", "second", "text", "asked"),
    [(0.95, 0.99, "first", 0), (0.6, 0.9, "second", 1), (0.6, 0.5, "first", 1)],
)
def test_the_surer_of_both_is_believed(
    monkeypatch: pytest.MonkeyPatch, first: float, second: float, text: str, asked: int
) -> None:
    other = Sure("second", second)
    monkeypatch.setattr(recognition, "Rapid", lambda: Sure("first", first))
    monkeypatch.setattr(tesseract, "found", lambda: cast(Recogniser, other))
    (block,) = recognition.Recognition().blocks(page(), 1)
    assert (block.text, block.position.ocr) == (text, max(first, second) if asked else first)
    assert other.asked == asked


@pytest.mark.skipif(tesseract.found() is None, reason="Tesseract is not installed")
def test_the_real_one_reads_a_drawn_page() -> None:
    picture = Image.new("RGB", (1000, 200), "white")
    ImageDraw.Draw(picture).text((40, 60), "The hedge was planted in 1874.", fill="black", font_size=44)
    reader = tesseract.found()
    assert reader is not None
    found = reader.recognise(np.asarray(picture))
    assert "planted in 1874" in " ".join(line.text for line in found.lines)
    assert min(found.sure) > 0.5
