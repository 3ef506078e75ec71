"""What of one answer goes into the log: which model, which passages, which settings; words only where they must."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.values import Answered, ConversationId


def record_of(
    answered: Answered,
    *,
    conversation: ConversationId,
    question: str,
    model: str,
    sha256: str,
    settings: Mapping[str, object],
    content: bool,
) -> dict[str, object]:
    """The fields of a record. sha256: of the model's file. content: with what was asked and answered."""
    record: dict[str, object] = {
        "conversation": int(conversation),
        "turn": int(answered.turn),
        "model": model,
        "model_sha256": sha256,
        "documents": sorted({int(one.document_id) for one in answered.citations if one.document_id is not None}),
        "passages": [int(one.passage_id) for one in answered.citations if one.passage_id is not None],
        "ended": str(answered.reason),
        "settings": dict(settings),
    }
    if content:
        record |= {"question": question, "answer": answered.text}
    return record
