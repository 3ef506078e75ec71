"""What a passage is turned into a vector as: its document, its headings, what stands over its rows, its labels; pure.

A passage out of the middle of an annual report says neither whose report it is nor of which year. So its vector is made
of more than its words: the name of its document, the path of headings above it and, where it begins among the rows of a
table, the lines that head them. Figures in rows are left out: they take up most of what an embedder reads and say
nothing to it, while the words that search for them are the labels beside them. Figures are found by the word index.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from assistant.values import Passage

VERSION: Final = "2"
"""Changes whenever `embedded_text` makes something else of a passage; embeddings of an earlier one are made again."""
LOOKED_BACK: Final = 3
"""Passages before one, on its page, in which the lines that head its rows are looked for."""

_LONGEST_TITLE: Final = 64  # characters
_LONGEST_ABOVE: Final = 200  # characters of title and headings together: about what an embedder of 256 tokens spares
_LONGEST_LEAD: Final = 160
_LONGEST_LINE: Final = 90
_ENDING: Final = re.compile(r"\.[A-Za-z]\w{0,4}$")
_WORD: Final = re.compile(r"[^\W_]+(?:['’&-][^\W_]+)*")
_YEAR: Final = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![.,]?\d)")
_EMPTY_NAMES: Final = frozenset(
    "document documents doc scan scanned untitled unnamed file copy image img page download new final draft pdf".split()
)
_FIGURE: Final = r"[-–—]?\(?[$€£¥]?\s?[-–—]?\(?\d[\d.,]*[%)]*"
_ROW: Final = re.compile(rf"(?:(?:^|[\s$€£¥(]+)(?:{_FIGURE}|[-–—])){{2,}}\s*$")
_FIGURES: Final = re.compile(rf"(?:(?:^|(?<=\s)|(?<=[$€£¥(]))(?:{_FIGURE}|[-–—$€£¥])(?=\s|$|\))[)%]*\s*)")
_BORDER: Final = re.compile(r"(?<!\\)\|")
_RULE: Final = re.compile(r"^[\s|:-]+$")


def embedded_text(passage: Passage, title: str = "", before: Sequence[str] = ()) -> str:
    """What of a passage is turned into a vector.

    title: of its document. before: the texts of the passages that stand before it on its page, in order.
    """
    above = heading_line(title_words(title), passage)
    lines = [above, lead(passage.text, before) if passage.page is not None else "", labels(passage.text)]
    return "\n".join(line for line in lines if line) or passage.text


def frames(passages: Sequence[Passage]) -> list[tuple[str, ...]]:
    """The texts of the few passages that stand before each one of a document on its page, in order."""
    return [
        tuple(each.text for each in passages[max(0, at - LOOKED_BACK) : at] if each.page == one.page)
        for at, one in enumerate(passages)
    ]


def heading_line(title: str, passage: Passage) -> str:
    """The document's name and the path of headings, outermost first; of a long path, the innermost."""
    text = passage.text[: 2 * _LONGEST_ABOVE].casefold()
    shown: list[str] = []
    left = _LONGEST_ABOVE
    if any(title.casefold() in said for said in (text, *map(str.casefold, passage.heading))):
        title = ""
    left -= len(title)
    for heading in reversed(passage.heading):
        if shown and len(heading) > left:
            break
        shown.append(heading)
        left -= len(heading) + 3
    return " > ".join(([title] if title else []) + shown[::-1])


def title_words(title: str) -> str:
    """What a document's name says: without its ending, numbers of files and words like "scan"; "" for nothing."""
    words = _WORD.findall(_ENDING.sub("", title).replace("_", " "))
    kept = [word for word in words if _YEAR.fullmatch(word) or not word.isdigit()]
    if not any(word.casefold() not in _EMPTY_NAMES and not word.isdigit() for word in kept):
        return ""
    told = " ".join(kept)
    return told if len(told) <= _LONGEST_TITLE else told[: told.rfind(" ", 0, _LONGEST_TITLE + 1)]


def lead(text: str, before: Sequence[str]) -> str:
    """What stands over the rows that a passage begins among: how its page begins, and the lines that head the rows."""
    own = _lines(text)[:2]
    if not before or not any(map(is_row, own)):
        return ""
    first = list(takewhile(lambda line: not is_row(line), _lines(before[0])[:2]))
    head: list[str] = []
    for earlier in reversed(before):
        lines = _lines(earlier)
        rows = [at for at, line in enumerate(lines) if is_row(line)]
        if rows:
            head = lines[max(0, rows[0] - 2) : rows[0]] + ([lines[rows[0]]] if _YEAR.search(lines[rows[0]]) else [])
            break
    told = dict.fromkeys(line[:_LONGEST_LINE] for line in (*first, *head))
    return " ".join(told)[:_LONGEST_LEAD]


def labels(text: str) -> str:
    """A text with the words of its tables' rows instead of their figures; years stay, and what is no table."""
    return "\n".join(filter(None, map(_labelled, text.split("\n")))) or text


def is_row(line: str) -> bool:
    """True for a line that ends in figures, as the row of a table does."""
    return len(line) < 2 * _LONGEST_ABOVE and _ROW.search(line) is not None


def _labelled(line: str) -> str:
    if line.startswith("|"):
        if _RULE.match(line):
            return ""
        cells = (" ".join(cell.split()) for cell in _BORDER.split(line.strip().strip("|")))
        return ", ".join(dict.fromkeys(cell for cell in cells if _tells(cell)))
    found = _ROW.search(line) if len(line) < 2 * _LONGEST_ABOVE else None
    if found is None:
        return line
    figures = line[found.start() :]
    years = dict.fromkeys(_YEAR.findall(figures))
    return " ".join(
        part for part in (_FIGURES.sub("", line[: found.start()]).lstrip(" $€£").rstrip(" $€£("), *years) if part
    )


def _tells(cell: str) -> bool:
    return any(letter.isalpha() for letter in cell) or _YEAR.fullmatch(cell) is not None


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]
