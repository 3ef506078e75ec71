"""What of one answer goes into the log: which model, which passages, which settings; words only where they must."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from assistant.values import EVERYTHING, Answered, ConversationInfo


def record_of(
    answered: Answered,
    *,
    conversation: ConversationInfo,
    question: str,
    model: str,
    sha256: str,
    settings: Mapping[str, object],
    content: bool,
) -> dict[str, object]:
    """The fields of a record. sha256: of the model's file. content: with what was asked and answered."""
    record: dict[str, object] = {
        "workspace": int(conversation.workspace),
        "conversation": int(conversation.id),
        "turn": int(answered.turn),
        "model": model,
        "model_sha256": sha256,
        "documents": sorted({int(one.document_id) for one in answered.citations if one.document_id is not None}),
        "passages": [int(one.passage_id) for one in answered.citations if one.passage_id is not None],
        "ended": str(answered.reason),
        "settings": dict(settings),
    }
    if conversation.scope != EVERYTHING:
        record["scope"] = asdict(conversation.scope)
    if content:
        record |= {"question": question, "answer": answered.text}
    return record
