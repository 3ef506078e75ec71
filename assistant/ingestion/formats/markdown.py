"""Markdown read line by line: headings, lists, tables, code; links and marks of emphasis become plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from assistant.ingestion import caps
from assistant.ingestion.cleaning import clean, one_line
from assistant.ingestion.formats.decoding import decoded
from assistant.ingestion.formats.events import About, Event
from assistant.ingestion.formats.tables import Cell, markdown_rows
from assistant.values import Block, BlockKind

_MOST_BYTES: Final = 4 * caps.MAX_TEXT
_HEADING: Final = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_CLOSING_MARKS: Final = re.compile(r"(?<![ \t])[ \t]++#++$")
_UNDERLINE: Final = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE: Final = re.compile(r" {0,3}(```+|~~~+)")
_RULE: Final = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM: Final = re.compile(r"([ \t]*)([-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
_DELIMITER: Final = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CELL_BORDER: Final = re.compile(r"(?<!\\)\|")
_QUOTE: Final = re.compile(r" {0,3}>[ ]?")
_LONGEST_LINE: Final = 20_000

_CODE: Final = re.compile(r"(?<!`)(`++[^`]++`++)")
_TAG: Final = re.compile(r"</?[A-Za-z][^<>\n]{0,500}>")
_IMAGE: Final = re.compile(r"!\[([^\[\]]{0,500})\]\([^()\s]{0,1000}(?:\s+\"[^\"]{0,300}\")?\)")
_LINK: Final = re.compile(r"\[([^\[\]]{1,500})\](?:\([^()\s]{0,1000}(?:\s+\"[^\"]{0,300}\")?\)|\[[^\[\]]{0,200}\])")
_AUTOLINK: Final = re.compile(r"<((?:https?|mailto):[^<>\s]{1,1000})>")
_EMPHASIS: Final = re.compile(r"(?<![\\\w*])(\*{1,3}|~~)(?=\S)([^*~\n]{1,1000}?)(?<=\S)\1(?![\w*])")
_UNDERSCORED: Final = re.compile(r"(?<![\\\w])(_{1,3})(?=\S)([^_\n]{1,1000}?)(?<=\S)\1(?!\w)")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")


def read(file: BinaryIO, size: int) -> Iterator[Event]:
    """Blocks of a Markdown file. Raises Refusal("not-text")."""
    source = decoded(file)
    reader = _Lines()
    title = ""
    rest = ""
    for piece in source.pieces(_MOST_BYTES):
        *lines, rest = (rest + piece).replace("\r\n", "\n").split("\n")
        for line in clean("\n".join(lines)).split("\n"):
            if line or not reader.is_empty:
                yield from reader.take(line)
        if len(rest) > _LONGEST_LINE:
            yield from reader.take(clean(rest))
            rest = ""
        title = title or reader.title
    yield from reader.take(clean(rest))
    yield from reader.end()
    yield About(title or reader.title, notes=("some-letters",) if source.uncertain else ())


def blocks_of(text: str) -> Iterator[Block]:
    """The blocks of Markdown that is part of something larger, as a notebook's cell."""
    reader = _Lines()
    for line in clean(text).split("\n"):
        yield from reader.take(line)
    yield from reader.end()


@dataclass(slots=True)
class _Lines:
    """The block that grows while lines come in. title: the first heading of the first level."""

    title: str = ""
    _text: list[str] = field(default_factory=list)
    _kind: BlockKind = BlockKind.PARAGRAPH
    _fence: str = ""
    _front: bool = False
    _count: int = 0
    _comment: bool = False

    @property
    def is_empty(self) -> bool:
        """True where an empty line would change nothing."""
        return not self._text and not self._fence and self._count > 0

    def take(self, line: str) -> Iterator[Block]:
        """The blocks that this line completes."""
        self._count += 1
        if self._fence:
            yield from self._in_code(line)
            return
        if self._front or (self._count == 1 and line.rstrip() == "---"):  # YAML before the text, kept as it is
            self._front = self._count == 1 or line.rstrip() not in ("---", "...")
            if self._count > 1 and self._front:
                self._text.append(line)
            elif not self._front:
                yield from self.end()
            return
        line = self._without_comment(line)
        quote = _QUOTE.match(line)
        line = line[quote.end() :] if quote else line
        fence = _FENCE.match(line)
        if fence:
            yield from self.end()
            self._fence, self._kind = fence.group(1), BlockKind.CODE
        elif not line.strip():
            yield from self.end()
        else:
            yield from self._text_line(line)

    def end(self) -> Iterator[Block]:
        """The block that grew, if there is one."""
        lines, self._text = self._text, []
        kind, self._kind, self._fence = self._kind, BlockKind.PARAGRAPH, ""
        if kind is BlockKind.CODE:
            text = "\n".join(lines)
        elif kind is BlockKind.TABLE:
            rows = (line for line in lines if not _is_delimiter(line))
            text = markdown_rows([Cell(plain(cell)) for cell in _cells(row)] for row in rows)
        else:
            text = plain("\n".join(lines))
            text = ("  " * _indent(lines[0]) if kind is BlockKind.LIST and lines else "") + text
        if text.strip():
            yield Block(kind, text)

    def _in_code(self, line: str) -> Iterator[Block]:
        closing = line.strip()
        if closing.startswith(self._fence) and not closing.strip(self._fence[0]):
            yield from self.end()
        else:
            self._text.append(line)

    def _without_comment(self, line: str) -> str:
        """Comments are not shown to readers, so they are not read."""
        shown = ""
        while line:
            if self._comment:
                _, closed, line = line.partition("-->")
                self._comment = not closed
            else:
                before, opened, line = line.partition("<!--")
                shown += before
                self._comment = bool(opened)
        return shown

    def _text_line(self, line: str) -> Iterator[Block]:
        heading = _HEADING.match(line)
        underline = _UNDERLINE.match(line) if self._kind is BlockKind.PARAGRAPH and len(self._text) == 1 else None
        if heading:
            yield from self.end()
            text = _CLOSING_MARKS.sub("", line[heading.end() :].rstrip())
            yield from self._heading(text, len(heading.group(1)))
        elif underline and not _is_table_row(self._text[0]):
            text, self._text = self._text[0], []
            yield from self._heading(text, 1 if underline.group(1).startswith("=") else 2)
        elif _RULE.match(line):
            yield from self.end()
        elif self._kind is BlockKind.TABLE and "|" in line:
            self._text.append(line)
        elif _DELIMITER.match(line) and self._text and _is_table_row(self._text[-1]) and "|" in line:
            header = self._text.pop()
            yield from self.end()
            self._kind, self._text = BlockKind.TABLE, [header]
        elif _ITEM.match(line):
            yield from self.end()
            self._kind, self._text = BlockKind.LIST, [line]
        else:
            if self._kind is BlockKind.TABLE:
                yield from self.end()
            self._text.append(line)

    def _heading(self, text: str, level: int) -> Iterator[Block]:
        text = one_line(plain(text))
        if text:
            self.title = self.title or (text if level == 1 else "")
            yield Block(BlockKind.HEADING, text, level=level)


def _indent(line: str) -> int:
    return min(8, (len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())) // 2)


def _is_table_row(line: str) -> bool:
    return "|" in line


def _is_delimiter(line: str) -> bool:
    return bool(_DELIMITER.match(line)) and "-" in line


def _cells(line: str) -> list[str]:
    return [cell.replace("\\|", "|") for cell in _CELL_BORDER.split(line.strip().removeprefix("|").removesuffix("|"))]


def plain(text: str) -> str:
    """Inline Markdown as a reader sees it: no marks of emphasis, links as their words, lines joined by spaces."""
    parts = _CODE.split(text)
    for at in range(0, len(parts), 2):
        part = _AUTOLINK.sub(r"\1", parts[at])
        part = _TAG.sub(lambda tag: "\n" if tag.group().lower().startswith("<br") else "", part)
        part = _LINK.sub(r"\1", _IMAGE.sub(r"\1", part))
        for _ in range(3):
            part = _UNDERSCORED.sub(r"\2", _EMPHASIS.sub(r"\2", part))
        parts[at] = html.unescape(_ESCAPED.sub(r"\1", part))
    for at in range(1, len(parts), 2):
        parts[at] = parts[at].strip("`")
    lines = "".join(parts).replace("  \n", "\u2028").replace("\\\n", "\u2028")
    return "\n".join(" ".join(line.split()) for line in lines.split("\u2028")).strip()
