"""A page's lines put back together into paragraphs and headings, by where they stand; pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from assistant.ingestion.cleaning import clean, tidy
from assistant.ingestion.formats.columns import Found, Row, Word, tables
from assistant.ingestion.formats.stacked import stacked_tables
from assistant.ingestion.sentences import runs_over
from assistant.values import Block, BlockKind

HYPHEN: Final = "\ufffe"
"""What PDFium puts where a hyphen ended a line; the two lines are one `Line` then."""

_SAME_SIZE: Final = 1.12
_HEADING_SIZES: Final = ((1.6, 1), (1.3, 2), (1.15, 3))  # times the height of running text -> level
_BOLD_LEVEL: Final = 4
_LOOSE: Final = 1.3  # times the usual distance of lines, from where on a gap means a new paragraph
_LONGEST_HEADING: Final = 160
_LONGEST_ROW: Final = 300
_LONG_HEADING: Final = 40
"""From how many letters on a bold line may be the first of a sentence that goes on below it."""
_FEWEST_RISING: Final = 2
_BULLET: Final = re.compile(r"[•▪◦‣●○■□➢✓∙–·*-]\s")
_ENDS: Final = (".", "!", "?", ":", ";", "。", "！", "？", "”", '"')
_NOT_HEADING: Final = re.compile(r"[.,;:=+<>≤≥]$|^(?:R?>|>>>|[+$])\s|^[^\w]*$|^\W*\d[\d.,%$€£() -]*$")
_ROW: Final = re.compile(r"(?:[\s$€£(]+[-–—]?\(?\d[\d.,]*[%)]*){2,}$")  # ends in figures, as a table's row does
_ROW_ENDS: Final = ".,%)"
_EAST_ASIAN: Final = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_LEADERS: Final = re.compile(r"(?:\.\s?|·\s?|_\s?){5,}")
_WRAPPED_WORD: Final = re.compile(rf"\b(\w++){HYPHEN}(\w+)")
_COMPOUND: Final = re.compile(r"\b\w++-\w+")


class Line(NamedTuple):
    """A line of a page. Edges in points from the page's lower left corner.

    left is that of the first character and right that of the last. height: of the font, over all its letters.
    spaced: a space followed before the line's end. cells: what stands apart on it as cells do; none where nothing does.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    height: float
    bold: bool = False
    spaced: bool = False
    cells: tuple[Word, ...] = ()


def body_height(pages: Iterable[Sequence[Line]]) -> float:
    """The height of the font in which most of the text stands, in points; 0 where there is none."""
    exact: dict[float, int] = {}
    for lines in pages:
        for line in lines:
            exact[line.height] = exact.get(line.height, 0) + len(line.text)
    heights: Counter[float] = Counter()
    for height, letters in exact.items():
        heights[round(height * 2) / 2] += letters
    return heights.most_common(1)[0][0] if heights else 0.0


def compounds(pages: Iterable[Sequence[Line]]) -> set[str]:
    """The words written with a hyphen inside a line: where a line ends in one, its hyphen belongs to the word."""
    text = "\n".join(line.text for lines in pages for line in lines)
    if HYPHEN not in text:
        return set()  # nothing ends in one, so nobody will ask
    text = " ".join(word for word in text.split() if "-" in word)  # the few that are worth a closer look
    return {word.casefold() for word in _COMPOUND.findall(text)}


def page_blocks(lines: Sequence[Line], page: int, body: float, hyphenated: set[str]) -> Iterator[Block]:
    """The blocks of one page. body: height of running text. hyphenated: from `compounds`."""
    lines = _right_to_left(lines)
    usual = _usual_pitch(lines)
    at = 0
    for table in _tables(lines):
        yield from _running(lines[at : table.start], page, body, hyphenated, usual)
        yield Block(BlockKind.TABLE, clean(table.text), page)
        at = table.end
    yield from _running(lines[at:], page, body, hyphenated, usual)


def _tables(lines: Sequence[Line]) -> list[Found]:
    """The tables of a page; where two ways to tell one see the same lines, the one that sees more of them counts."""
    found = list(tables(_rows(lines))) if _stands_apart(lines) else []
    if sum(_rises(one, other) for one, other in pairwise(lines)) < _FEWEST_RISING:
        return found
    for table in stacked_tables([Row(_cells(line), line.bottom, line.top, line.height) for line in lines]):
        same = [other for other in found if other.start < table.end and table.start < other.end]
        if all(other.end - other.start < table.end - table.start for other in same):
            found = [other for other in found if other not in same] + [table]
    return sorted(found)


def _right_to_left(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines of a page with those as one that are written from right to left and stand beside each other.

    PDFium parts such a line where a mark has no width, and gives its left part first.
    """
    if not any(line.left > line.right for line in lines):
        return lines
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else line
        apart = line.right - last.left  # where `line` stands to the right, and so comes first
        level = abs(last.bottom - line.bottom) < 0.4 * max(last.height, line.height)
        if not joined or not level or min(last.left - last.right, line.left - line.right) <= 0 or apart < -2:
            joined.append(line)
            continue
        mark = unicodedata.combining(last.text[0])
        space = "" if mark or apart < 0.15 * line.height else " "
        bottom, top = min(last.bottom, line.bottom), max(last.top, line.top)
        joined[-1] = line._replace(text=f"{line.text}{space}{last.text}", right=last.right, bottom=bottom, top=top)
    return joined


def _rises(one: Line, other: Line) -> bool:
    """True where the page goes on higher and to the right: in another column, or in the next cell of a row."""
    return other.bottom > one.bottom + 0.5 * one.height and other.left >= one.right - 1


def _stands_apart(lines: Sequence[Line]) -> bool:
    """False for most pages: nothing on them stands beside anything else, as the cells of a table do."""
    return any(line.cells for line in lines) or any(_same_row(one, other) for one, other in pairwise(lines))


def _rows(lines: Sequence[Line]) -> list[Row]:
    """The lines of a page, those side by side as one."""
    rows: list[Row] = []
    last: Line | None = None
    for line in lines:
        cells = _cells(line)
        if last is not None and _same_row(last, line):
            row = rows[-1]
            rows[-1] = Row((*row.cells, *cells), row.bottom, row.top, max(row.height, line.height), row.lines + 1)
        else:
            rows.append(Row(cells, line.bottom, line.top, line.height))
        last = line
    return rows


def _cells(line: Line) -> tuple[Word, ...]:
    return line.cells or (Word(line.text, line.left, line.right),)


def _running(lines: Sequence[Line], page: int, body: float, hyphenated: set[str], usual: float) -> Iterator[Block]:
    """The blocks of lines that are no table. usual: distance of lines, in points."""
    open_block: Block | None = None
    above: Line | None = None
    for group in _groups(lines, usual):
        for block in _group_blocks(group, page, body, above is None or _gap(above, group[0]) > usual * 1.15):
            block = _finished(block, hyphenated)
            if open_block is None:
                open_block = block
            elif _began(open_block, block):
                open_block = Block(block.kind, f"{open_block.text} {block.text}", page)
            elif _goes_on(open_block, block):  # over the end of a column
                open_block = Block(open_block.kind, f"{open_block.text} {block.text}", page)
            else:
                yield open_block
                open_block = block
        above = group[-1]
    if open_block is not None:
        yield open_block


def _began(heading: Block, following: Block) -> bool:
    """True where what looked like a heading is the first line of a sentence."""
    if heading.level != _BOLD_LEVEL or following.kind is not BlockKind.PARAGRAPH or len(heading.text) <= _LONG_HEADING:
        return False
    return heading.text[0].isupper() and heading.text[-1].islower() and following.text[0].islower()


def _goes_on(block: Block, following: Block) -> bool:
    if not block.kind is following.kind is BlockKind.PARAGRAPH or len(block.text) <= 60:
        return False
    return "\n" not in block.text[-80:] and runs_over(block.text, following.text)


def _finished(block: Block, hyphenated: set[str]) -> Block:
    text = block.text
    if HYPHEN in text:
        text = _WRAPPED_WORD.sub(lambda word: _rejoined(word.group(1), word.group(2), hyphenated), text)
        text = text.replace(HYPHEN, "")
    if ".." in text or "· ·" in text or "··" in text or "__" in text or ". ." in text:
        text = _LEADERS.sub(" … ", text)
    return Block(block.kind, tidy(text), block.page, block.level)


def _rejoined(first: str, second: str, hyphenated: set[str]) -> str:
    whole = f"{first}-{second}"
    return whole if whole.casefold() in hyphenated or first[-1].isdigit() or second[0].isupper() else first + second


def _usual_pitch(lines: Sequence[Line]) -> float:
    """The usual distance from one line to the next inside a paragraph, in points."""
    pitches = []
    for above, below in pairwise(lines):  # for every line of every page, so `_gap` is written out
        height = below.height
        gap = above.bottom - (below.top - height)
        if 0.5 * height < gap < 3 * height:
            pitches.append(gap)
    pitches.sort()
    # A third of the way up rather than half: gaps between paragraphs only ever add to the distance.
    return pitches[(len(pitches) - 1) // 3] if pitches else max((line.height for line in lines), default=0.0)


def _gap(above: Line, below: Line) -> float:
    """How far `below` is under `above`, from the foot of one to the foot of the other's first line, in points."""
    return above.bottom - (below.top - below.height)


def _same_row(first: Line, second: Line) -> bool:
    return second.left >= first.right - 2 and abs(_gap(first, second)) < 0.4 * max(first.height, second.height)


def _groups(lines: Sequence[Line], usual: float) -> Iterator[list[Line]]:
    """Lines that stand close under each other in one size."""
    group: list[Line] = []
    for line in lines:
        if group and not _together(group[-1], line, usual):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _together(above: Line, below: Line, usual: float) -> bool:
    if _same_row(above, below):
        return True
    gap = _gap(above, below)
    if not 0 < gap <= max(usual, below.height) * _LOOSE:
        return False
    small, large = sorted((above.height, below.height))
    if large > small * _SAME_SIZE or (above.bold and not below.bold and gap > usual * 1.05):
        return False
    return below.left < max(above.right, above.left + above.height) and above.left < max(below.right, below.left + 1)


def _group_blocks(group: Sequence[Line], page: int, body: float, apart: bool) -> Iterator[Block]:
    """The paragraphs of a group, or the heading that it is. apart: some space is above it."""
    level = _heading_level(group, body, apart)
    if level:
        yield Block(BlockKind.HEADING, " ".join(line.text for line in group), page, level)
        return
    if sum(line.left > line.right for line in group) * 2 > len(group):  # from right to left: seen in a mirror
        group = [line._replace(left=-line.left, right=-line.right) for line in group]
    edge = max(line.right for line in group)
    margin = min(line.left for line in group)
    text = group[0].text
    for line, following in pairwise(group):
        joint = _joint(line, following, edge, margin)
        if joint == "\n\n":
            yield _paragraph(text, page)
            text = following.text
        else:
            text += joint + following.text
    yield _paragraph(text, page)


def _paragraph(text: str, page: int) -> Block:
    return Block(BlockKind.LIST if _BULLET.match(text) else BlockKind.PARAGRAPH, text, page)


def _heading_level(group: Sequence[Line], body: float, apart: bool) -> int:
    """The level of the heading that a group is, 0 if it is none."""
    size = sum(len(line.text) for line in group)
    if len(group) > 3 or size > _LONGEST_HEADING or size < 2 or not body or _NOT_HEADING.search(group[-1].text):
        return 0
    if _BULLET.match(group[0].text):
        return 0
    height = min(line.height for line in group)
    for times, level in _HEADING_SIZES:
        if height >= body * times:
            return level
    bold = all(line.bold for line in group)
    return _BOLD_LEVEL if bold and apart and len(group) <= 2 and height >= body * 0.9 else 0


def _joint(line: Line, following: Line, edge: float, margin: float) -> str:
    """What stands between two lines: a space where the line only wrapped, a line feed or a paragraph's end else."""
    if _same_row(line, following):
        return "" if following.left - line.right < 0.15 * following.height else " "
    if _BULLET.match(following.text):
        return "\n\n"
    last = line.text[-1]
    if (last.isdigit() or last in _ROW_ENDS) and len(line.text) <= _LONGEST_ROW and _ROW.search(line.text):
        return "\n"
    # The line was broken where it is because the next word had no more room; else somebody meant it to end there.
    word = following.text.split(None, 1)[0]
    letter = (following.right - following.left) / max(1, len(following.text))
    full = line.right + (min(len(word), 24) + 0.5) * letter > edge - 0.5 * letter
    ends = line.text.endswith(_ENDS)
    if full and not (ends and following.left > margin + 0.7 * line.height):
        east_asian = _EAST_ASIAN.match(line.text[-1]) and _EAST_ASIAN.match(following.text)
        return "" if east_asian and not line.spaced else " "
    return "\n\n" if ends else "\n"
