"""What a prompt was, for the person who asks what the model saw: letter for letter, its cost, and what was cut."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.answering.prompt import Prompt, Source
from assistant.engine import Engine, segments
from assistant.values import Citation, ContextUse, Role, Sent, Turn

_WORDS: Final = 80  # characters of a message that was left out


def sent(engine: Engine, prompt: Prompt, source: Source, reserve: int) -> Sent:
    """The account of a prompt. reserve: tokens kept free for the answer."""
    loaded = engine.load()
    spelled = segments(engine.form(loaded), prompt.messages)
    use = ContextUse(
        loaded.context, prompt.instructions, prompt.documents, prompt.conversation, prompt.question, reserve
    )
    why = (
        f"The model reads {loaded.context:,} tokens at once, and {reserve:,} of these are kept free for the answer."
        if prompt.turns or prompt.passages
        else ""
    )
    earlier = (citation for turn in source.history for citation in turn.citations)
    return Sent(
        tuple((piece.text, piece.markup) for piece in spelled), loaded.file.name, use, _cut(prompt, source), why,
        frozenset(
            citation.document_id
            for citation in (*source.citations, *source.pinned, *earlier)
            if citation.document_id is not None
        ),
    )  # fmt: skip


def _cut(prompt: Prompt, source: Source) -> tuple[str, ...]:
    """The oldest messages and the last passages that did not fit, one line each."""
    said = [turn for turn in source.history if turn.text.strip()]
    passages = source.citations[len(source.citations) - prompt.passages :] if prompt.passages else ()
    return (*(_message(turn) for turn in said[: prompt.turns]), *(_passage(citation) for citation in passages))


def _message(turn: Turn) -> str:
    words = " ".join(turn.text.split())
    who = "Your question" if turn.role is Role.USER else "An answer"
    return f"{who}: {words if len(words) <= _WORDS else words[: _WORDS - 1] + '…'}"


def _passage(citation: Citation) -> str:
    return f"Passage {citation.number}: {', '.join(part for part in (citation.document, citation.place) if part)}"


def parts(sent: Sent) -> Sequence[tuple[str, int]]:
    """The parts of the window, in words, with their tokens."""
    use = sent.use
    return (
        ("instructions", use.instructions), ("documents", use.documents), ("conversation", use.conversation),
        ("question", use.question), ("kept free for the answer", use.reserve), ("free", max(0, use.size - use.used)),
    )  # fmt: skip
