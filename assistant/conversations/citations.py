"""Citations as they are kept with a turn: JSON, by the names of their fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Final

from assistant.values import Citation, DocumentId, PassageId
from assistant.vault import storable

_REMOVED: Final = "removed document"


def encode(citations: Iterable[Citation]) -> str:
    """The citations as JSON, "[]" for none."""
    return storable(json.dumps([asdict(citation) for citation in citations], ensure_ascii=False))


def decode(kept: str) -> tuple[Citation, ...]:
    """The citations that `encode` kept."""
    return tuple(_citation(fields) for fields in json.loads(kept))


def without(citations: Iterable[Citation], document: DocumentId) -> tuple[Citation, ...]:
    """The citations with nothing left of `document` but their numbers, pages and scores."""
    return tuple(
        replace(
            citation,
            document=_REMOVED,
            place=citation.place if citation.page is not None else "",  # without pages it quotes a heading
            text="",
            document_id=None,
            passage_id=None,
            start=0,
            end=0,
            span_start=0,
            span_end=0,
            beside=None,
        )
        if citation.document_id == document
        else citation
        for citation in citations
    )


def _citation(fields: Mapping[str, object]) -> Citation:
    page, document, passage = (_number(fields[name]) for name in ("page", "document_id", "passage_id"))
    beside = _number(fields.get("beside"))
    score = fields["score"]
    return Citation(
        number=_number(fields["number"]) or 0,
        document=str(fields["document"]),
        place=str(fields["place"]),
        page=page,
        text=str(fields["text"]),
        score=float(score) if isinstance(score, int | float) else 0.0,
        document_id=None if document is None else DocumentId(document),
        passage_id=None if passage is None else PassageId(passage),
        start=_number(fields.get("start")) or 0,
        end=_number(fields.get("end")) or 0,
        span_start=_number(fields.get("span_start")) or 0,
        span_end=_number(fields.get("span_end")) or 0,
        beside=None if beside is None else PassageId(beside),
        leads=fields.get("leads") is True,
    )


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
