"""An answer's Markdown with its notes and doubts in place, to be written as something else; pure.

What an answer has of links, pictures and HTML stays the letters that it is: nothing that is taken along loads anything.
The places of notes and doubts are held by characters of the private use area, which are taken out of the answer first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from assistant.rights.pieces import CODE, Note, Piece

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

BEGIN: Final = "\ue000"
END: Final = "\ue001"
HOLD: Final = re.compile("(\ue000|\ue001|\ue002\\d+\ue001)")
_NOTE: Final = "\ue002"
_FOREIGN: Final = {ord(mark): "\ufffd" for mark in (BEGIN, END, _NOTE)}
_MARKUP: Final = re.compile(r"(?:\s*(?:[-*+>]|\d+[.)]|#{1,6})\s+)*")
_ACTIVE: Final = re.compile(r"<(?=[A-Za-z/!?])|\](?=[(\[:])")
_LONGEST: Final = 4_000  # characters of a paragraph that is read as Markdown; the time grows with their square


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """A reader of CommonMark and tables that knows no link, no picture and no HTML."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    return reader.disable(["link", "image", "autolink", "reference", "html_inline", "html_block"])


def source(parts: Sequence[Piece], notes: list[Note]) -> str:
    """The Markdown with what holds the places; `notes` grows by those of the answer, and their numbers stand in it."""
    text = ""
    for part in parts:
        if isinstance(part, Note):
            notes.append(part)
            text += f"{_NOTE}{len(notes)}{END}"
            continue
        words = part.text.translate(_FOREIGN)
        if part.doubtful and words.strip():
            # What makes a line a list item or a heading stays at its beginning.
            markup = _MARKUP.match(words)
            head = markup[0] if markup else ""
            words = f"{head}{BEGIN}{words[len(head) :]}{END}"
        text += words
    return "\n".join(line if len(line) <= _LONGEST else as_letters(line) for line in text.split("\n"))


def note_number(hold: str) -> int:
    """The number of the note whose place this holds; 0 for a doubt's border."""
    return int(hold[1:-1]) if hold.startswith(_NOTE) else 0


def as_letters(text: str) -> str:
    """A text as Markdown that means nothing but its letters."""
    return re.sub(r"([\\`*_\[\]<>~|#])", r"\\\1", text)


def inactive(text: str) -> str:
    """Markdown in which pictures, links and HTML are no more than their letters, for readers that would follow them."""
    return "".join(part if code else _ACTIVE.sub(r"\\\g<0>", part) for code, part in _by_code(text))


def _by_code(text: str) -> Iterator[tuple[bool, str]]:
    """The parts of a text, and whether each is code, which is not read as anything else."""
    at = 0
    for found in CODE.finditer(text):
        yield False, text[at : found.start()]
        yield True, found[0]
        at = found.end()
    yield False, text[at:]
