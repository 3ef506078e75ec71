"""A file's kind is told by its bytes first and its name second."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.ingestion import SUFFIXES, is_supported
from assistant.ingestion.families import Family, recognise


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.pdf", b"%PDF-1.7", Family.PDF),
        ("a.txt", b"%PDF-1.7", Family.PDF),
        ("scan", b"junk %PDF-1.7", Family.PDF),
        ("notes.txt", b"how to write %PDF-", Family.TEXT),
        ("a.PDF", b"nothing", Family.PDF),
        ("a.docx", b"PK\x03\x04", Family.ZIPPED),
        ("a.HTM", b"<p>", Family.HTML),
        ("a.md", b"# x", Family.MARKDOWN),
        ("a.jpg", b"\xff\xd8", Family.IMAGE),
        ("README", b"text", Family.TEXT),
        ("a.doc", b"{\\rtf1", Family.RTF),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Family.COMPOUND),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Family.COMPOUND),
        ("a.xls", b"\r\n<html><table>", Family.HTML),
        ("a.doc", b'<?xml version="1.0"?>', Family.XML),
        ("a.py", b"<html>", Family.CODE),
        ("a.exe", b"MZ", None),
        ("unknown", b"text", Family.TEXT),
        ("unknown", b"MZ\0", None),
        ("a.unknown", b"text", None),
    ],
)
def test_bytes_go_before_names(name: str, head: bytes, expected: Family | None) -> None:
    assert recognise(Path(name), head) is expected


def test_every_suffix_is_supported_in_any_case() -> None:
    assert {".pdf", ".docx", ".txt", ".md", ".html"} <= set(SUFFIXES)
    for suffix in SUFFIXES:
        assert is_supported(Path(f"Some.Name{suffix.upper()}"))
    assert not is_supported(Path("pdf"))
