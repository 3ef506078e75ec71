"""reStructuredText and AsciiDoc read line by line: headings, lists, tables, code, paragraphs without marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from assistant.ingestion.cleaning import clean, one_line
from assistant.ingestion.formats.decoding import decoded
from assistant.ingestion.formats.events import About, Event
from assistant.ingestion.formats.source import Line, code, lines, span
from assistant.ingestion.formats.tables import Cell, markdown_rows
from assistant.values import Block, BlockKind

_MOST_LINES: Final = 1_000_000
_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])\1*\s*$")
_ITEM: Final = re.compile(r"(\s*)([-*+•]|(?:\d{1,4}|#|[A-Za-z])[.)]|\((?:\d{1,4}|[a-z])\)|\*{1,6}|\.{1,6})\s+(?=\S)")

_RST_DIRECTIVE: Final = re.compile(r"(\s*)\.\.\s+(?:\|[^|]*\|\s+)?([\w:+.-]+?)::(?:\s+(.*))?$")
_RST_COMMENT: Final = re.compile(r"\s*\.\.(?:\s+(?!\[)[^:]*)?$|\s*\.\. _[^:]*:.*$")
_RST_GRID: Final = re.compile(r"\s*\+(?:[-=]+\+)+\s*$")
_RST_SIMPLE: Final = re.compile(r"\s*=+(?:\s+=+)+\s*$")
_RST_OPTION: Final = re.compile(r"\s+:[\w -]+:(?:\s.*)?$")
_RST_CODE: Final = frozenset(
    "code code-block sourcecode highlight literalinclude parsed-literal doctest math raw".split()
)
_RST_MARKS: Final = (
    (re.compile(r":[\w:+.-]+:`([^`<]{1,500}?)\s*(?:<[^`>]{0,500}>)?`"), r"\1"),
    (re.compile(r"`([^`<]{1,500}?)\s+<[^`>]{1,1000}>`_{1,2}"), r"\1"),
    (re.compile(r"``([^`]{1,500})``|`([^`]{1,500})`_{0,2}"), r"\1\2"),
    (re.compile(r"(?<![\w*])\*{1,2}(?=\S)([^*\n]{1,500}?)(?<=\S)\*{1,2}(?![\w*])"), r"\1"),
    (re.compile(r"\|([^|\s][^|\n]{0,100})\|_{0,2}"), r"\1"),
)

_DOC_HEADING: Final = re.compile(r"(={1,6}|#{1,6})\s+(\S.*?)(?:\s+\1)?\s*$")
_DOC_ATTRIBUTE: Final = re.compile(r":!?[\w-]+!?:(?:\s.*)?$")
_DOC_LINE: Final = re.compile(r"\[[^\]]*\]\s*$|//(?!/).*$|(?:include|ifdef|ifndef|endif|toc|image)::.*$|<<<|'''|\+\s*$")
_DOC_FENCE: Final = re.compile(r"(-{4,}|\.{4,}|`{3,}|\+{4,}|/{4,})\s*\w*\s*$")
_DOC_BOX: Final = re.compile(r"(?:={4,}|\*{4,}|_{4,}|--)\s*$")
_DOC_TABLE: Final = re.compile(r"([|,:!])={3,}\s*$")
_DOC_MARKS: Final = (
    (re.compile(r"(?:link|xref|mailto|footnote|kbd|btn|menu|stem|image):[^\s\[\]]{0,1000}\[([^\]]{0,1000})\]"), r"\1"),
    (re.compile(r"(https?://[^\s\[\]]{1,1000})\[([^\]]{0,1000})\]"), r"\2 \1"),
    (re.compile(r"<<[^<>,]{1,200}(?:,\s*([^<>]{1,500}))?>>"), r"\1"),
    (re.compile(r"(?<![\w*_`+#])([*_`+#]{1,2})(?=\S)([^*_`+#\n]{1,500}?)(?<=\S)\1(?![\w*_`+#])"), r"\2"),
    (re.compile(r"\[\[[^\]]{1,200}\]\]|\{empty\}"), ""),
)
_CELL: Final = re.compile(r"(?:\d+(?:\.\d+)?[+*])?[<^>.]*[a-z]?\|")


def read_rst(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of a reStructuredText file. Raises Refusal("not-text")."""
    yield from _read(file, _Rst)


def read_asciidoc(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of an AsciiDoc file. Raises Refusal("not-text")."""
    yield from _read(file, _AsciiDoc)


def _read(file: BinaryIO, reader: type[_Markup]) -> Iterator[Event]:
    source = decoded(file)
    text = [line for line, _ in zip(lines(source), range(_MOST_LINES), strict=False)]
    title = ""
    for block in reader(text).blocks():
        if block.kind is BlockKind.HEADING and block.level == 1:
            title = title or block.text
        yield block
    yield About(title, notes=("some-letters",) if source.uncertain else ())


class _Markup:
    """The lines of one file, and how far reading has come."""

    marks: tuple[tuple[re.Pattern[str], str], ...] = ()

    def __init__(self, text: list[Line]) -> None:
        self._lines = text
        self._at = 0

    def blocks(self) -> Iterator[Block]:
        """All blocks."""
        while self._at < len(self._lines):
            before = self._at
            yield from self._next()
            if self._at == before:  # no rule knew what to do with it
                self._at += 1

    def _next(self) -> Iterator[Block]:
        raise NotImplementedError

    def _text(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._lines[at].text if 0 <= at < len(self._lines) else ""

    def _is_over(self, ahead: int = 0) -> bool:
        return self._at + ahead >= len(self._lines)

    def _plain(self, text: str) -> str:
        for mark, shown in self.marks:
            text = mark.sub(shown, text)
        return one_line(text)

    def _heading(self, text: str, level: int, count: int) -> Iterator[Block]:
        first = self._lines[self._at].number
        self._at += count
        said = self._plain(text)
        if said:
            yield Block(BlockKind.HEADING, said, level=min(level, 9), position=span(first, first + count - 1))

    def _paragraph(self) -> Iterator[Block]:
        """Lines up to the next empty one, or the next item of a list."""
        start = self._at
        item = _ITEM.match(self._text())
        while not self._is_over() and self._text().strip() and self._at - start < 2_000:
            if self._at > start and (_ITEM.match(self._text()) or self._ends_paragraph()):
                break
            self._at += 1
        taken = self._lines[start : max(self._at, start + 1)]
        self._at = max(self._at, start + 1)
        said = self._plain(" ".join(line.text for line in taken))
        if said:
            kind = BlockKind.LIST if item else BlockKind.PARAGRAPH
            indent = " " * min(len(item.group(1)), 12) if item else ""
            yield Block(kind, indent + said, position=span(taken[0].number, taken[-1].number))

    def _ends_paragraph(self) -> bool:
        return False

    def _table(self, rows: list[list[str]], first: int, last: int) -> Iterator[Block]:
        text = clean(markdown_rows([[Cell(self._plain(cell)) for cell in row] for row in rows]))
        if text:
            yield Block(BlockKind.TABLE, text, position=span(first, last))


class _Rst(_Markup):
    marks = _RST_MARKS

    def __init__(self, text: list[Line]) -> None:
        super().__init__(text)
        self._styles: list[tuple[str, bool]] = []  # of headings, in the order of their levels
        self._literal = False

    def _next(self) -> Iterator[Block]:
        text = self._text()
        if not text.strip():
            self._at += 1
            return
        indented = text.startswith((" ", "\t"))
        literal, self._literal = self._literal, False
        if literal and indented:
            yield from self._code()
        elif (directive := _RST_DIRECTIVE.match(text)) is not None:
            yield from self._directive(directive)
        elif _RST_COMMENT.match(text):
            self._at += 1
        elif _RST_GRID.match(text):
            yield from self._grid()
        elif _RST_SIMPLE.match(text):
            yield from self._simple()
        elif self._is_line(text) and self._text(1).strip() and self._is_line(self._text(2)):
            yield from self._heading(self._text(1), self._level(text, True), 3)
        elif self._is_line(self._text(1)) and not indented and not self._is_line(text):
            yield from self._heading(text, self._level(self._text(1), False), 2)
        elif self._is_line(text):
            self._at += 1
        else:
            yield from self._paragraph()
            last = self._text(-1).rstrip()
            self._literal = last.endswith("::")

    def _plain(self, text: str) -> str:
        return super()._plain(text.rstrip().removesuffix("::") + ":" if text.rstrip().endswith("::") else text)

    def _is_line(self, text: str) -> bool:
        return len(text.rstrip()) >= 3 and bool(_PUNCTUATION.match(text))

    def _level(self, line: str, over: bool) -> int:
        style = (line[0], over)
        if style not in self._styles:
            self._styles.append(style)
        return self._styles.index(style) + 1

    def _indented(self) -> list[Line]:
        """The lines from here on that are empty or begin with a space."""
        start = self._at
        while not self._is_over() and (not self._text().strip() or self._text().startswith((" ", "\t"))):
            self._at += 1
        return self._lines[start : self._at]

    def _code(self) -> Iterator[Block]:
        yield from code(self._indented())

    def _directive(self, directive: re.Match[str]) -> Iterator[Block]:
        _, name, argument = directive.groups()
        first = self._lines[self._at].number
        self._at += 1
        while not self._is_over() and _RST_OPTION.match(self._text()):
            self._at += 1
        if name in _RST_CODE:
            yield from self._code()
        elif argument and name not in ("image", "figure", "include", "toctree", "contents", "index"):
            said = self._plain(argument)
            if said:  # what follows is indented, and is read as the paragraphs it is
                yield Block(BlockKind.PARAGRAPH, said, position=span(first, first))

    def _grid(self) -> Iterator[Block]:
        start = self._at
        rows: list[list[str]] = []
        row: list[str] = []
        while not self._is_over() and self._text().strip().startswith(("+", "|")):
            text = self._text().strip()
            if text.startswith("+") and set(text) <= set("+-= "):
                rows += [row] if row else []
                row = []
            else:
                cells = [cell.strip() for cell in text.strip("+|").split("|")]
                row = cells if len(cells) != len(row) else [f"{a} {b}".strip() for a, b in zip(row, cells, strict=True)]
            self._at += 1
        yield from self._table(
            rows + ([row] if row else []), self._lines[start].number, self._lines[self._at - 1].number
        )

    def _simple(self) -> Iterator[Block]:
        start = self._at
        columns = [match.start() for match in re.finditer(r"=+", self._text())]
        rows: list[list[str]] = []
        borders = 0
        while not self._is_over() and self._at - start < 5_000:
            text = self._text()
            self._at += 1
            if _RST_SIMPLE.match(text):
                borders += 1
                if borders > 1 and not (borders == 2 and self._text().strip()):
                    break
            elif text.strip() and not set(text.strip()) <= {"-", " "}:
                ends = [*columns[1:], len(text)]
                cells = [text[a:b].strip() for a, b in zip(columns, ends, strict=True)]
                if rows and not cells[0]:
                    rows[-1] = [f"{a} {b}".strip() for a, b in zip(rows[-1], cells, strict=True)]
                else:
                    rows.append(cells)
        yield from self._table(rows, self._lines[start].number, self._lines[self._at - 1].number)


class _AsciiDoc(_Markup):
    marks = _DOC_MARKS

    def _next(self) -> Iterator[Block]:
        text = self._text()
        if not text.strip() or _DOC_ATTRIBUTE.match(text) or _DOC_LINE.match(text) or _DOC_BOX.match(text):
            self._at += 1
        elif (heading := _DOC_HEADING.match(text)) is not None:
            yield from self._heading(heading.group(2), len(heading.group(1)), 1)
        elif (fence := _DOC_FENCE.match(text)) is not None:
            yield from self._fenced(fence.group(1))
        elif (table := _DOC_TABLE.match(text)) is not None:
            yield from self._cells(text.strip(), table.group(1))
        elif text.startswith(".") and len(text) > 1 and text[1] not in " .":
            yield from self._title()
        else:
            yield from self._paragraph()

    def _ends_paragraph(self) -> bool:
        text = self._text()
        return bool(_DOC_FENCE.match(text) or _DOC_TABLE.match(text) or text.strip() == "+" or _DOC_BOX.match(text))

    def _title(self) -> Iterator[Block]:
        line = self._lines[self._at]
        self._at += 1
        yield Block(BlockKind.PARAGRAPH, self._plain(line.text[1:]), position=span(line.number, line.number))

    def _fenced(self, fence: str) -> Iterator[Block]:
        self._at += 1
        start = self._at
        while not self._is_over() and self._text().rstrip() != fence:
            self._at += 1
        if not fence.startswith("/"):  # that is a comment
            yield from code(self._lines[start : self._at])
        self._at += 1

    def _cells(self, end: str, separator: str) -> Iterator[Block]:
        first = self._lines[self._at].number
        self._at += 1
        rows: list[list[str]] = []
        cells: list[str] = []
        width = 0
        while not self._is_over() and self._text().strip() != end:
            text = self._text()
            found = _CELL.split(text)[1:] if separator in "|!" else text.split(separator)
            if separator in "|!" and not found and cells:
                cells[-1] += f" {text.strip()}"
            elif not text.strip() and cells and not width:
                width = len(cells)
            elif found and not width and len(found) > 1:
                width = len(found)
            cells += [cell.strip() for cell in found]
            self._at += 1
        width = width or max(1, len(cells))
        rows = [cells[at : at + width] for at in range(0, len(cells), width)]
        yield from self._table(rows, first, self._lines[min(self._at, len(self._lines) - 1)].number)
        self._at += 1
