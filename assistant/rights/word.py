"""Writes a Word document with real footnotes (ECMA-376, parts 1 and 2): text in, bytes out; pure."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from assistant.rights.marked import BEGIN, END, HOLD, note_number, parser, source
from assistant.rights.pieces import Note, Piece

if TYPE_CHECKING:
    from markdown_it.token import Token

_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_KIND: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_UNSPEAKABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # by XML 1.0
_TIME: Final = (1980, 1, 1, 0, 0, 0)  # so that the same text makes the same file
_CODE: Final = '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/>'
_DOUBT: Final = '<w:color w:val="666666"/>'
_MARK: Final = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr><w:footnoteReference w:id="{number}"/></w:r>'
_DEEPEST: Final = 6
_LINES: Final = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="999999"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_TABLE: Final = f'<w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>{_LINES}</w:tblBorders></w:tblPr>'

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


class Said(NamedTuple):
    """Who speaks ("" where that need not be said), what they say, a note under it, and whether it is Markdown."""

    speaker: str
    parts: Sequence[Piece]
    note: str
    markup: bool = True


def document(said: Sequence[Said], title: str) -> bytes:
    """A document in which each mark of an answer is a footnote with its reference and quote."""
    notes: list[Note] = []
    body = [_paragraph(_run(title), "Title")] if title else []
    for one in said:
        if one.speaker:
            body.append(_paragraph(_run(one.speaker), "Heading1"))
        body += _blocks(one.parts, notes, one.markup)
        if one.note:
            body.append(_paragraph(_run(one.note, "<w:i/>")))
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


def _blocks(parts: Sequence[Piece], notes: list[Note], markup: bool) -> list[str]:
    """A text as paragraphs and tables; its notes go on from those there are. markup: it is Markdown."""
    text = source(parts, notes)
    if not markup:
        return [_paragraph(_run(HOLD.sub("", line))) for line in text.split("\n") if line.strip()]
    walk = _Walk()
    for token in parser().parse(text):
        walk.take(token)
    return walk.body


class _Walk:
    """One pass over markdown-it's flat list of tokens."""

    def __init__(self) -> None:
        self.body: list[str] = []
        self._lists: list[int] = []  # the next number of each list that is open, 0 for bullets
        self._marker = ""
        self._style = ""
        self._quotes = 0
        self._rows: list[list[str]] | None = None
        self._look = ""  # of a doubt that is open

    def take(self, token: Token) -> None:
        """Go on with the next token."""
        match token.type:
            case "bullet_list_open":
                self._lists.append(0)
            case "ordered_list_open":
                self._lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                number = self._lists[-1]
                self._marker = f"{number}. " if number else "• "
                self._lists[-1] += 1 if number else 0
            case "blockquote_open":
                self._quotes += 1
            case "blockquote_close":
                self._quotes -= 1
            case "heading_open":
                self._style = "Heading1"
            case "heading_close":
                self._style = ""
            case "table_open":
                self._rows = []
            case "tr_open" if self._rows is not None:
                self._rows.append([])
            case "table_close" if self._rows is not None:
                self.body += [_table(self._rows), _paragraph("")]
                self._rows = None
            case "inline":
                runs = self._runs(token.children or [])
                if self._rows is not None:
                    self._rows[-1].append(_paragraph(runs))
                else:
                    marker, self._marker = self._marker, ""
                    depth = len(self._lists) + self._quotes
                    self.body.append(_paragraph(_run(marker) + runs, self._style, depth))
            case "fence" | "code_block":
                lines = [_run(HOLD.sub("", line), _CODE) for line in token.content.rstrip("\n").split("\n")]
                self.body.append(_paragraph("<w:r><w:br/></w:r>".join(lines)))
            case _:
                pass

    def _runs(self, tokens: Sequence[Token]) -> str:
        runs, bold, soft = "", 0, 0
        for token in tokens:
            match token.type:
                case "strong_open" | "strong_close":
                    bold += token.nesting
                case "em_open" | "em_close":
                    soft += token.nesting
                case "softbreak" | "hardbreak":
                    runs += "<w:r><w:br/></w:r>"
                case "code_inline":
                    runs += _run(HOLD.sub("", token.content), _CODE)
                case "text":
                    look = ("<w:b/>" if bold else "") + ("<w:i/>" if soft else "")
                    runs += self._text(token.content, look)
                case _:
                    pass
        return runs

    def _text(self, words: str, look: str) -> str:
        runs = ""
        for part in HOLD.split(words):
            if part == BEGIN:
                self._look = _DOUBT
            elif part == END:
                self._look = ""
            elif number := note_number(part):
                runs += _MARK.format(number=number)
            else:
                runs += _run(part, look + self._look)
        return runs


def _table(rows: Sequence[Sequence[str]]) -> str:
    columns = max(len(row) for row in rows)
    grid = '<w:gridCol w:w="1800"/>' * columns
    body = ""
    for row in rows:
        cells = [*row, *[_paragraph("")] * (columns - len(row))]
        body += "<w:tr>" + "".join(f"<w:tc><w:tcPr/>{cell}</w:tc>" for cell in cells) + "</w:tr>"
    return f"<w:tbl>{_TABLE}<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"


def _paragraph(runs: str, style: str = "", depth: int = 0) -> str:
    """depth: how many lists and quotations it stands in."""
    said = f'<w:pStyle w:val="{style}"/>' if style else ""
    said += f'<w:ind w:left="{min(depth, _DEEPEST) * 360}"/>' if depth else ""
    return f"<w:p>{f'<w:pPr>{said}</w:pPr>' if said else ''}{runs}</w:p>"


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
