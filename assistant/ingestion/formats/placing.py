"""Pictures in packed documents that are large enough to hold text, so that they are looked at for it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from assistant.ingestion import caps
from assistant.ingestion.formats.events import Placed
from assistant.ingestion.formats.package import Package
from assistant.values import NOWHERE, Position

_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_V: Final = "{urn:schemas-microsoft-com:vml}"
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SEEN: Final = (".png", ".jpg", ".jpeg", ".jpe", ".tif", ".tiff", ".bmp", ".webp", ".gif")
_DRAWN: Final = (".emf", ".wmf", ".emz", ".wmz", ".svg", ".svgz", ".pct", ".svm")
_LEAST_AREA: Final = 24.0  # square centimetres: a logo or a signature is smaller, a scan or a table far larger
_LEAST_SIDE: Final = 1.5  # centimetres
_EMU: Final = 360_000  # a centimetre (ISO/IEC 29500-1, 20.1.2.1)
_UNITS: Final = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96, "": 2.54 / 96}
_LENGTH: Final = re.compile(r"\s*(\d{1,6}(?:\.\d{1,9})?)\s*([a-z]{0,2})\s*")
# Another spelling of the same, what an object of another program looks like, and what was taken out.
_NOT_SHOWN: Final = frozenset(("Fallback", "object", "oleObj", "del", "moveFrom"))


class Pictures:
    """The pictures of one document, each told once. notes: the codes of warnings about those that were left out."""

    def __init__(self, package: Package) -> None:
        self._numbers = {name: at for at, name in enumerate(package.names, 1)}
        self._told: set[str] = set()
        self.notes: dict[str, None] = {}

    def placed(
        self, name: str, size: tuple[float, float] | None, page: int | None = None, position: Position = NOWHERE
    ) -> Iterator[Placed]:
        """The picture in a member, if it is to be looked at. size: as it is shown, in centimetres, if known."""
        if name not in self._numbers or name in self._told or (size is not None and not is_large(*size)):
            return
        kind = posixpath.splitext(name)[1].casefold()
        if kind in _DRAWN and size is not None:
            self.notes["drawings"] = None
        if kind not in _SEEN:
            return
        if len(self._told) >= caps.MAX_PICTURES:
            self.notes["more-pictures"] = None
            return
        self._told.add(name)
        yield Placed(self._numbers[name], page, position)

    def under(
        self, element: etree._Element, targets: dict[str, str], page: int | None = None, position: Position = NOWHERE
    ) -> Iterator[Placed]:
        """The pictures that an element of Microsoft's kinds shows. targets: the members behind the ids of its part."""
        for shown in element.iter(f"{_A}blip", f"{_V}imagedata"):
            name = targets.get(shown.get(f"{_R}embed") or shown.get(f"{_R}id") or "", "")
            if name and not any(str(each.tag).rpartition("}")[2] in _NOT_SHOWN for each in shown.iterancestors()):
                yield from self.placed(name, _size(shown), page, position)


def centimetres(length: str) -> float | None:
    """A length as style sheets write it, None where it can't be told."""
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _UNITS[found[2]] if found and found[2] in _UNITS else None


def is_large(width: float, height: float) -> bool:
    """True for a picture shown in so many centimetres that it may hold text worth reading."""
    return width * height >= _LEAST_AREA and min(width, height) >= _LEAST_SIDE


def _size(shown: etree._Element) -> tuple[float, float] | None:
    """How large a picture is shown, by the nearest element around it that says so."""
    for around in shown.iterancestors():
        if not isinstance(around.tag, str):
            continue
        if around.tag == f"{_V}shape" or around.tag == f"{_V}rect":
            said = dict(part.split(":", 1) for part in around.get("style", "").split(";") if ":" in part)
            wide, high = (centimetres(said.get(side, "")) for side in ("width", "height"))
            return None if wide is None or high is None else (wide, high)
        extent = around.find("{*}extent")
        if extent is None:
            extent = around.find(f"{{*}}spPr/{_A}xfrm/{_A}ext")
        if extent is None:
            extent = around.find("{*}ext[@cx]")
        if extent is not None:
            sides = [extent.get(side, "") for side in ("cx", "cy")]
            if all(side.isascii() and side.isdecimal() and 0 < len(side) < 12 and side != "0" for side in sides):
                return int(sides[0]) / _EMU, int(sides[1]) / _EMU
    return None
