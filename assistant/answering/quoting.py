"""An answer without a model: what the passages say, word for word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.ingestion import sentence_spans
from assistant.values import Citation, Claim, Support

_MOST: Final = 3


def quoted(citations: Sequence[Citation]) -> tuple[str, tuple[Claim, ...]]:
    """The answering sentences of the best passages, quoted and numbered, and what each stands on.

    Of a passage of which no sentence is told the first is quoted.
    """
    text = ""
    claims: list[Claim] = []
    for citation in citations[:_MOST]:
        spans = sentence_spans(citation.text)
        start, end = (citation.start, citation.end) if citation.end else (spans[0] if spans else (0, 0))
        words = " ".join(citation.text[start:end].split())
        if not words:
            continue
        text += "\n\n" if text else ""
        claims.append(Claim(len(text), len(text) + len(words) + 2, Support.SUPPORTED, citation.number, start, end))
        text += f"“{words}” [{citation.number}]"
    return text, tuple(claims)
