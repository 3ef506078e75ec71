"""Which neighbours of a passage come along to the model: those that it was cut off from in mid-thought."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from assistant.retrieval import Around, is_row
from assistant.values import Citation, PassageId

MOST: Final = 2
"""Passages, of the first, that bring one along: what is worth most to the answer, and leaves room for the others."""
_SHORTEST: Final = 24  # characters of a line that is a sentence, and no heading
_ENDS: Final = re.compile(r"[.!?…。！？;|\d%)\]][\"'”’»)\]]*\s*$")
_REFERS_BACK: Final = re.compile(
    r"\W*(?:(?i:it|its|he|his|she|her|they|their|these|those|this|such|both"
    r"|the (?:latter|former|same|above)|however|moreover|furthermore|therefore|thus|hence|also|instead"
    r"|nevertheless|consequently|similarly|as a result|in addition|by contrast|for example|er|sie|es|diese[rsmn]?|dies"
    r"|jedoch|deshalb|außerdem|il|elle|ils|elles|cela|ces|cependant|ainsi|esto|estos|estas|ello|además|sin embargo)\b"
    r"|[a-zà-ÿ])",
)


def before_it(text: str) -> bool:
    """True where a passage begins in mid-thought: with what stands before it, or among a table's rows."""
    first = text.lstrip().split("\n", 1)[0]
    return is_row(first) or _REFERS_BACK.match(first) is not None


def after_it(text: str) -> bool:
    """True where a passage ends in mid-thought: in the middle of a sentence, or with a colon."""
    last = text.rstrip().rsplit("\n", 1)[-1]
    return len(last) >= _SHORTEST and not is_row(last) and _ENDS.search(last) is None


def brought(citations: Sequence[Citation], around: Mapping[PassageId, Around]) -> tuple[Citation, ...]:
    """The citations, and behind them the neighbours that some of the first bring along, numbered on.

    around: what stands before and after each passage in its section. One that was found by itself comes once.
    """
    there = {citation.passage_id for citation in citations}
    made = list(citations)
    for citation in citations[:MOST]:
        beside = around.get(citation.passage_id) if citation.passage_id is not None else None
        if beside is None:
            continue
        for one, wanted in ((beside.before, before_it), (beside.after, after_it)):
            if one is None or one[0] in there or not wanted(citation.text):
                continue
            id_, passage = one
            there.add(id_)
            made.append(
                Citation(
                    number=len(made) + 1,
                    document=citation.document,
                    place=passage.place,
                    page=passage.page,
                    text=passage.text,
                    score=citation.score,
                    document_id=citation.document_id,
                    passage_id=id_,
                    beside=citation.passage_id,
                    leads=one is beside.before,
                )
            )
    return tuple(made)


def as_blocks(citations: Sequence[Citation]) -> list[tuple[Citation, str]]:
    """Each passage with its text as the model reads it: with its neighbours, what is said twice once."""
    own = {citation.passage_id for citation in citations if citation.beside is None}
    blocks: list[tuple[Citation, str]] = []
    for citation in citations:
        if citation.beside in own and citation.beside is not None:
            continue
        text = citation.text
        for one in citations:
            if citation.passage_id is not None and one.beside == citation.passage_id:
                text = _joined(one.text, text) if one.leads else _joined(text, one.text)
        blocks.append((citation, text))
    return blocks


def _joined(first: str, then: str) -> str:
    """Two passages that follow each other: the second may begin with the first one's last sentence, or its header."""
    for length in range(min(len(first), len(then), 600), 15, -1):
        if first.endswith(then[:length]):
            return first + then[length:]
    return f"{first}\n{then}"
