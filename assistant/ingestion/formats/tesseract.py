"""Tesseract's library (5 or 4), where the system has it, called in this process. Source: tesseract/capi.h."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assistant.ingestion.formats.lines import Line

if TYPE_CHECKING:
    from assistant.ingestion.formats.recognition import Picture, Recognised

_FOLDERS: Final = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
_LIBRARIES: Final = ("libtesseract.so.5", "libtesseract.so.4", "libtesseract.5.dylib")
_LINE: Final = 2  # RIL_TEXTLINE of PageIteratorLevel
_MOST_LANGUAGES: Final = 4
_OTHER_DATA: Final = ("osd", "equ")


def found() -> Tesseract | None:
    """The library with the languages it has data for; None where either is not there."""
    folder = next((Path(name) for name in _FOLDERS if Path(name).is_dir()), None)
    if folder is None:
        return None
    languages = sorted(path.stem for path in folder.glob("*.traineddata") if path.stem not in _OTHER_DATA)
    languages.sort(key=lambda name: name != "eng")
    for name in _LIBRARIES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        if languages:
            return Tesseract(library, folder, languages[:_MOST_LANGUAGES])
    return None


class Tesseract:
    """An open Tesseract; its data is in memory, so that no file is needed any more."""

    def __init__(self, library: ctypes.CDLL, folder: Path, languages: list[str]) -> None:
        self._library = library
        for name in ("TessBaseAPICreate", "TessBaseAPIGetIterator", "TessResultIteratorGetUTF8Text"):
            getattr(library, name).restype = ctypes.c_void_p
        library.TessResultIteratorConfidence.restype = ctypes.c_float
        library.TessResultIteratorGetPageIterator.restype = ctypes.c_void_p
        self._api = ctypes.c_void_p(library.TessBaseAPICreate())
        os.environ["OMP_THREAD_LIMIT"] = "1"
        failed = library.TessBaseAPIInit3(self._api, os.fsencode(folder), "+".join(languages).encode())
        self._works = failed == 0

    def recognise(self, picture: Picture) -> Recognised:
        """The lines of a page, in Tesseract's order, which knows columns."""
        from assistant.ingestion.formats.recognition import Recognised

        if not self._works:
            return Recognised((), ())
        height, width, _ = picture.shape
        data = picture.tobytes()
        self._library.TessBaseAPISetImage(self._api, data, width, height, 3, 3 * width)
        self._library.TessBaseAPISetSourceResolution(self._api, 200)
        if self._library.TessBaseAPIRecognize(self._api, None) != 0:
            return Recognised((), ())
        iterator = ctypes.c_void_p(self._library.TessBaseAPIGetIterator(self._api))
        lines: list[Line] = []
        sure: list[float] = []
        while iterator.value:
            line = self._line(iterator, height)
            if line is not None:
                lines.append(line)
                sure.append(max(0.0, min(1.0, self._library.TessResultIteratorConfidence(iterator, _LINE) / 100)))
            if not self._library.TessResultIteratorNext(iterator, _LINE):
                break
        if iterator.value:
            self._library.TessResultIteratorDelete(iterator)
        self._library.TessBaseAPIClear(self._api)
        return Recognised(tuple(lines), tuple(sure))

    def _line(self, iterator: ctypes.c_void_p, height: int) -> Line | None:
        raw = self._library.TessResultIteratorGetUTF8Text(iterator, _LINE)
        if not raw:
            return None
        text = (ctypes.string_at(raw) or b"").decode("utf-8", "replace").strip()
        self._library.TessDeleteText(ctypes.c_void_p(raw))
        edges = [ctypes.c_int() for _ in range(4)]
        page = ctypes.c_void_p(self._library.TessResultIteratorGetPageIterator(iterator))
        inside = self._library.TessPageIteratorBoundingBox(page, _LINE, *(ctypes.byref(edge) for edge in edges))
        if not text or not inside:
            return None
        left, top, right, bottom = (edge.value for edge in edges)
        return Line(text, left, right, height - bottom, height - top, (bottom - top) * 0.9)
