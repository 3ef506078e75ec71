"""What a question is made from: the branch it stands in, and passages that were found and pinned; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from assistant.errors import BadInput
from assistant.values import Citation, Role, Turn, TurnState

_CAN_GO_ON: Final = frozenset({TurnState.CUT, TurnState.STOPPED, TurnState.INTERRUPTED})


def with_pinned(found: Sequence[Citation], pinned: Sequence[Citation]) -> tuple[Citation, ...]:
    """What was found, and behind it what is pinned: an answer may rest on either."""
    there = {citation.passage_id for citation in pinned}
    fresh = [citation for citation in found if citation.passage_id not in there]
    return tuple(replace(citation, number=number) for number, citation in enumerate((*fresh, *pinned), 1))


def gives_orders(citations: Sequence[Citation]) -> str:
    """The sentence about passages from which orders were kept away."""
    where = ", ".join(f"[{citation.number}]" for citation in citations)
    return f"Text in {where} that gives orders to an assistant was kept from the model; read it there yourself."


def worth_asking(question: str) -> str:
    """The question without white space around it. Raises BadInput where nothing is left."""
    question = question.strip()
    if not question:
        raise BadInput("There is no question.", "Write one and send it again.")
    return question


def up_to_question(branch: Sequence[Turn]) -> Sequence[Turn]:
    """The branch up to the question that its last turn asks or answers. Raises BadInput where there is none."""
    for length in range(len(branch), 0, -1):
        if branch[length - 1].role is Role.USER:
            return branch[:length]
    raise BadInput("There is no question to answer here.", "Write one and send it.")


def require_half(turn: Turn) -> None:
    """Raise BadInput for anything but an answer that can be gone on with."""
    if turn.role is not Role.ASSISTANT or turn.state not in _CAN_GO_ON:
        raise BadInput("This answer has come to its end.", "Ask what else you want to know.")
    if any(not citation.text for citation in turn.citations):
        raise BadInput("A document that this answer was made from was removed.", "Have the question answered again.")
