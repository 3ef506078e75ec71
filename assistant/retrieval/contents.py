"""Passages that are a table of contents: they hold the words of every question and answer none; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from assistant.values import DocumentInfo, Passage, PassageId

_ENTRY: Final = re.compile(r"(?:…|\.{3,}|(?:\. ){3,}|_{3,})\s*(\d{1,4})(?=\s|$)")  # leaders, and a page
_LEAST: Final = 4
_LONGEST: Final = 90  # letters of an entry, on average
_ASKED_FOR: Final = re.compile(r"\b(contents|chapters?|sections?|index|outline)\b", re.IGNORECASE)


def lists_contents(text: str) -> bool:
    """True for what a table of contents looks like: titles, leaders, and pages that rise. A price list's don't."""
    pages = [int(page) for page in _ENTRY.findall(text)]
    if len(pages) < _LEAST or len(text) > _LONGEST * len(pages):
        return False
    return all(first <= second for first, second in pairwise(pages))


def answering_first(
    question: str, passages: Mapping[PassageId, tuple[DocumentInfo, Passage]]
) -> dict[PassageId, tuple[DocumentInfo, Passage]]:
    """The passages in their order, tables of contents last, unless the question is about such a thing."""
    if _ASKED_FOR.search(question):
        return dict(passages)
    return dict(sorted(passages.items(), key=lambda item: lists_contents(item[1][1].text)))
