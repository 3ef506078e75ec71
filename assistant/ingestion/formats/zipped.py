"""What is packed as ZIP: office documents of both kinds, books, and archives of files; told by what is inside."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final
from zipfile import BadZipFile, LargeZipFile

from assistant.ingestion.formats import archive, docx, epub, excel, odf, pptx, sheets
from assistant.ingestion.formats.embedded import with_embedded
from assistant.ingestion.formats.events import Event
from assistant.ingestion.formats.package import Package
from assistant.ingestion.formats.placing import Pictures
from assistant.workers import Refusal

_ODF: Final = "application/vnd.oasis.opendocument."
_OFFICE: Final = ("[Content_Types].xml", "word/", "xl/", "ppt/")
_BOOK: Final = "application/epub+zip"


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks, tables and files inside. Raises Refusal: "password", "damaged", "bomb", "out-of-memory"."""
    try:
        yield from _read(file, size)
    except (BadZipFile, LargeZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Refusal("damaged", "zip") from error
    except RuntimeError as error:
        raise Refusal("password" if "encrypted" in str(error) else "damaged", "zip") from error


def _read(file: BinaryIO, size: int) -> Iterator[Event]:
    container = archive.Container(file, size)
    names = set(container.names)
    kind = container.start_of("mimetype").decode("ascii", "replace").strip()
    if kind.startswith(_BOOK) or "META-INF/container.xml" in names:
        yield from epub.read(Package(file))
    elif kind.startswith(_ODF) or {"content.xml", "META-INF/manifest.xml"} <= names:
        yield from _open_document(file, kind)
    elif (
        any(name.startswith(_OFFICE) for name in names) and (main := (package := Package(file)).main_part()) is not None
    ):
        folder, _, name = main.name.casefold().rpartition("/")
        if name.startswith("workbook") or folder == "xl":
            pictures = Pictures(package)
            beside = excel.beside_cells(package, pictures)
            yield from with_embedded(sheets.read(file, beside, tuple(pictures.notes)), package)
        elif name.startswith("presentation") or folder == "ppt":
            yield from with_embedded(pptx.read(package, main.name), package)
        else:
            yield from with_embedded(docx.read(package, main), package)
    else:
        yield from container.files()


def _open_document(file: BinaryIO, kind: str) -> Iterator[Event]:
    package = Package(file)
    if kind.startswith(_ODF + "spreadsheet"):
        odf.refuse_encrypted(package)
        pictures = Pictures(package)
        beside = odf.beside_cells(package, pictures)
        yield from sheets.read(file, beside, tuple(pictures.notes), lambda: odf.without_gaps(package))
    else:
        yield from odf.read(package)
