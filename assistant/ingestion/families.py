"""Which kind of document a file is, told by its first bytes and its name; pure."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath
from typing import Final


class Family(StrEnum):
    """A kind of file, each read by a module of its own in `formats`.

    ZIPPED and COMPOUND are containers: what is in them (a Word document, a workbook, an archive) is told inside.
    """

    PDF = "pdf"
    ZIPPED = "zipped"
    COMPOUND = "compound"
    RTF = "rtf"
    TABLE = "table"
    HTML = "html"
    MARKDOWN = "markdown"
    RST = "rst"
    ASCIIDOC = "asciidoc"
    TEXT = "text"
    CODE = "code"
    JSON = "json"
    XML = "xml"
    MAIL = "mail"
    MAILBOX = "mailbox"
    IMAGE = "image"


_SUFFIXES: Final = {
    Family.PDF: "pdf",
    Family.ZIPPED: "docx docm dotx dotm pptx pptm ppsx potx xlsx xlsm xlsb xltx odt ott ods ots odp otp odg epub zip",
    Family.COMPOUND: "doc dot ppt pps xls xlt msg",
    Family.RTF: "rtf",
    Family.TABLE: "csv tsv tab",
    Family.HTML: "html htm xhtml",
    Family.MARKDOWN: "md markdown mdown",
    Family.RST: "rst rest",
    Family.ASCIIDOC: "adoc asciidoc asc",
    Family.TEXT: "txt text log",
    Family.CODE: (
        "py pyi js mjs cjs ts tsx jsx java kt kts scala groovy c h cc cpp cxx hh hpp hxx cs go rs rb php pl pm"
        " lua r jl m mm swift dart ex"
        " exs erl hs ml fs clj el lisp sh bash zsh fish ps1 bat cmd sql css scss less vue svelte toml ini"
        " cfg conf yaml yml cmake gradle make mk tf proto tex bib diff patch vb pas asm s f f90 v vhd sv"
    ),
    Family.JSON: "json jsonl ndjson geojson ipynb",
    Family.XML: "xml xsd xsl xslt rss atom kml gpx fodt fods fodp svg",
    Family.MAIL: "eml",
    Family.MAILBOX: "mbox mbx",
    Family.IMAGE: "png jpg jpeg tif tiff bmp webp gif",
}
_BY_SUFFIX: Final = {f".{suffix}": family for family, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_BY_NAME: Final = {"makefile": Family.CODE, "dockerfile": Family.CODE, "readme": Family.TEXT, "license": Family.TEXT}

SUFFIXES: Final = tuple(_BY_SUFFIX)
"""The endings of file names that Privet reads, lower case, with the dot."""

HEAD_BYTES: Final = 1024
"""How many of a file's first bytes `recognise` wants to see."""

_STARTS: Final = (
    (b"%PDF-", Family.PDF),
    (b"PK\x03\x04", Family.ZIPPED),
    (b"PK\x05\x06", Family.ZIPPED),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Family.COMPOUND),
    (b"{\\rtf", Family.RTF),
    (b"\x89PNG\r\n\x1a\n", Family.IMAGE),
    (b"\xff\xd8\xff", Family.IMAGE),
    (b"II*\0", Family.IMAGE),
    (b"MM\0*", Family.IMAGE),
    (b"GIF87a", Family.IMAGE),
    (b"GIF89a", Family.IMAGE),
)
# Kinds whose files begin as their programs please, so that only the name tells.
_TEXTUAL: Final = frozenset(
    {Family.TABLE, Family.MARKDOWN, Family.RST, Family.ASCIIDOC, Family.TEXT, Family.CODE, Family.JSON, Family.XML}
    | {Family.HTML, Family.MAIL, Family.MAILBOX}
)
_OF_TABLES: Final = frozenset({".xls", ".xlt", ".xlsx", ".xlsm", ".xlsb", ".xltx", ".ods", ".ots"})
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_NOT_PLAIN: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_HTML: Final = re.compile(rb"<(?:!doctype\s+html|html[\s>])", re.IGNORECASE)


def _is_plain(head: bytes) -> bool:
    """True for bytes that are text: in Unicode, or nine in ten of them ASCII."""
    if not head or head.startswith(_MARKS):
        return bool(head)
    return not _NOT_PLAIN.search(head) and sum(byte < 0x80 for byte in head) >= 0.9 * len(head)


def is_supported(path: PurePath) -> bool:
    """True if the name says that Privet can read it; the file itself is not looked at."""
    return _named(path) is not None


def _named(path: PurePath) -> Family | None:
    return _BY_SUFFIX.get(path.suffix.lower()) or _BY_NAME.get(path.name.lower())


def recognise(path: PurePath, head: bytes) -> Family | None:
    """What a file is, or None where Privet can't read its kind. head: its first HEAD_BYTES bytes.

    What the bytes say goes before what the name says: a PDF named .txt is read as a PDF, a web page named .doc as a
    web page. The 1,024 bytes in which "%PDF-" may stand are those of ISO 32000-1, annex H.3.4.1.
    """
    named = _named(path)
    for start, family in _STARTS:
        if head.startswith(start):
            return family
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Family.IMAGE
    if b"%PDF-" in head and named in (None, Family.PDF):
        return Family.PDF
    if named is None:
        return Family.TEXT if not path.suffix and _is_plain(head) else None
    if named in _TEXTUAL:
        return named
    # A name of an office program over bytes that are none of its formats: some save web pages or XML so.
    text = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if named in (Family.ZIPPED, Family.COMPOUND, Family.RTF):
        if _HTML.match(text):
            return Family.HTML
        if text.startswith(b"<?xml"):
            return Family.XML
        if _is_plain(head):  # as many programs write tables "for Excel"
            return Family.TABLE if path.suffix.lower() in _OF_TABLES else Family.TEXT
    return named
