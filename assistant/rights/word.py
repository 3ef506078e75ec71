"""Writes a Word document with real footnotes (ECMA-376, parts 1 and 2): text in, bytes out; pure."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Final

from assistant.rights.pieces import Note, Piece

_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_UNSPEAKABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # by XML 1.0
_TIME: Final = (1980, 1, 1, 0, 0, 0)  # so that the same text makes the same file
_INLINE: Final = re.compile(r"\*\*(?P<strong>[^*\n]+)\*\*|(?<![*\w])\*(?P<soft>[^*\n]+)\*(?!\w)")
_HEADING: Final = re.compile(r"(#{1,6}) +(.*)")
_BULLET: Final = re.compile(r"\s*[-*+] +(.*)")

_TYPES: Final = f"""\
<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" \
ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" \
ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="{_KIND}document.main+xml"/>\
<Override PartName="/word/footnotes.xml" ContentType="{_KIND}footnotes+xml"/><Override PartName="/word/styles.xml" \
ContentType="{_KIND}styles+xml"/></Types>"""
_RELATIONS: Final = f"""\
<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" \
Target="word/document.xml"/></Relationships>"""
_WORD_RELATIONS: Final = f"""\
<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/>\
<Relationship Id="rId2" Type="{_OFFICE}/footnotes" Target="footnotes.xml"/></Relationships>"""
_STYLES: Final = f"""\
<w:styles xmlns:w="{_WORD}"><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>\
<w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr><w:rPr><w:sz w:val="22"/></w:rPr></w:style>\
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:rPr><w:b/>\
<w:sz w:val="32"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>\
<w:basedOn w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="240"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr>\
<w:b/><w:sz w:val="26"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="FootnoteText">\
<w:name w:val="footnote text"/><w:basedOn w:val="Normal"/><w:rPr><w:sz w:val="18"/></w:rPr></w:style>\
<w:style w:type="character" w:styleId="FootnoteReference"><w:name w:val="footnote reference"/><w:rPr>\
<w:vertAlign w:val="superscript"/></w:rPr></w:style></w:styles>"""
_RULES: Final = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
)

Said = tuple[str, Sequence[Piece], str]
"""Who speaks ("" where that need not be said), what they say, and a note under it."""


def document(said: Sequence[Said], title: str) -> bytes:
    """A document in which each mark of an answer is a footnote with its reference and quote."""
    notes: list[Note] = []
    body = [_paragraph(_run(title), "Title")] if title else []
    for speaker, parts, note in said:
        if speaker:
            body.append(_paragraph(_run(speaker), "Heading1"))
        body += _paragraphs(parts, notes)
        if note:
            body.append(_paragraph(_run(note, "<w:i/>")))
    footnotes = "".join(_footnote(number, note) for number, note in enumerate(notes, 1))
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "word/_rels/document.xml.rels": _WORD_RELATIONS,
        "word/styles.xml": _STYLES,
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{"".join(body)}<w:sectPr/></w:body></w:document>',
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{_WORD}">{_RULES}{footnotes}</w:footnotes>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _TIME), (_HEAD + content).encode("utf-8"))
    return target.getvalue()


def _paragraphs(parts: Sequence[Piece], notes: list[Note]) -> list[str]:
    """The lines of a text, each a paragraph; the notes go on from those there are."""
    lines: list[tuple[str, str]] = [("", "")]  # style, runs
    fresh = True
    for part in parts:
        if isinstance(part, Note):
            notes.append(part)
            style, runs = lines[-1]
            lines[-1] = (
                style,
                runs
                + (
                    '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>'
                    f'<w:footnoteReference w:id="{len(notes)}"/></w:r>'
                ),
            )
            fresh = False
            continue
        for number, line in enumerate(part.text.split("\n")):
            if number:
                lines.append(("", ""))
                fresh = True
            if not line:
                continue
            style, runs = lines[-1]
            if fresh and (heading := _HEADING.match(line)):
                style, line = "Heading1", heading[2]
            elif fresh and (bullet := _BULLET.match(line)):
                line = f"• {bullet[1]}"
            lines[-1] = style, runs + _inline(line, '<w:i/><w:color w:val="666666"/>' if part.doubtful else "")
            fresh = False
    return [_paragraph(runs, style) for style, runs in lines if runs]


def _inline(line: str, look: str) -> str:
    """A line's runs: **strong** and *soft* are what they say."""
    runs, at = "", 0
    for found in _INLINE.finditer(line):
        runs += _run(line[at : found.start()], look)
        runs += _run(found["strong"] or found["soft"], ("<w:b/>" if found["strong"] else "<w:i/>") + look)
        at = found.end()
    return runs + _run(line[at:], look)


def _paragraph(runs: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{runs}</w:p>"


def _run(text: str, look: str = "") -> str:
    if not text:
        return ""
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    words = html.escape(_UNSPEAKABLE.sub("�", text), quote=False)
    return f'<w:r>{properties}<w:t xml:space="preserve">{words}</w:t></w:r>'


def _footnote(number: int, note: Note) -> str:
    words = f" {note.reference}: “{note.quote}”" if note.quote else f" {note.reference}"
    runs = f'<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteRef/></w:r>{_run(words)}'
    return f'<w:footnote w:id="{number}">{_paragraph(runs, "FootnoteText")}</w:footnote>'
