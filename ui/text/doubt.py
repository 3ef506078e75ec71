"""Marks within a text which of its sentences to doubt, so that they are drawn greyed, with a word on why behind them.

The marks are characters of the private use area: no text that is meant to be read has them, and those that come with
a text are replaced before ours are set. They hold the doubt's number alone: its words, some of which are a document's,
are never read as Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

BEGIN: Final = "\ue000"
END: Final = "\ue001"
WHY: Final = "\ue002"
PIECE: Final = re.compile(f"{BEGIN}(?P<begin>\\d+){END}|{WHY}(?P<why>\\d+){END}|{END}")

_FOREIGN: Final = {ord(mark): "\ufffd" for mark in (BEGIN, END, WHY)}
_MARKUP: Final = re.compile(r"(?:\s*(?:[-*+>]|\d+[.)]|#{1,6})\s+)*")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A stretch of a text to be greyed. why: what stands behind it. citation: what that points to, 0 for nothing.

    more: what is said where a person points at it.
    """

    start: int
    end: int
    why: str
    citation: int = 0
    more: str = ""


def doubted(text: str, doubts: Sequence[Doubt]) -> str:
    """`text` with the marks of these stretches, which do not overlap; "" for why leaves it at the grey."""
    text = text.translate(_FOREIGN)
    for number, doubt in sorted(enumerate(doubts), key=lambda one: -one[1].start):
        if not 0 <= doubt.start < doubt.end <= len(text):
            continue
        sentence = text[doubt.start : doubt.end]
        # What makes a line a list item or a heading has to stay at its beginning.
        markup = _MARKUP.match(sentence)
        head = sentence[: markup.end()] if markup else ""
        why = f"{WHY}{number}{END}" if doubt.why else ""
        text = f"{text[: doubt.start]}{head}{BEGIN}{number}{END}{sentence[len(head) :]}{END}{why}{text[doubt.end :]}"
    return text
