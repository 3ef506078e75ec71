"""What the model is given, fitted to its context window, and what had to be left out.

A prompt is laid out so that the next one begins with the same tokens, which then need not be read again: the
instructions, the conversation, the passages and the question. What no longer fits is dropped a good stretch at a time,
up to borders that the conversation alone decides on: so the next questions drop the same turns, while that will do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from assistant.answering.lengths import Lengths
from assistant.answering.neighbours import as_blocks
from assistant.answering.orders import without_orders
from assistant.values import Citation, Message, Role, Turn

_ASK: Final = "Answer this question from the passages above, in their own words: "
"""Chosen by measurement: with SmolLM2-135M and the right passage of XQuAD-en (24 questions, greedy), the answer held
the gold text for .46; with seven sentences of rules in the system's turn instead, for .29."""
_MARK: Final = re.compile(r" \[\d{1,2}\]")
_NUMBERED: Final = re.compile(r"\[(\d{1,3})\]")
_HEADING: Final = re.compile(r"(?im)^(\s*)((?:pinned )?passage)\s+(\d+\s*\()")
_STEPS: Final = 4
"""Turns are dropped by this share of the window at a time."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a prompt is made from.

    history: earlier turns, oldest first. citations: passages to answer from; none for plain chat. begun: what the
    answer says already, where it is to go on. assumed: tokens of passages that are not known yet. pinned: passages
    that the person wants kept in mind, which stand behind the instructions and never go. own: the instructions that
    the model's family gives itself where nobody gives any.
    """

    instructions: str
    history: Sequence[Turn]
    question: str
    citations: Sequence[Citation] = ()
    begun: str = ""
    assumed: int = 0
    pinned: Sequence[Citation] = ()
    own: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages for the engine. turns, passages: how many were left out for want of room.

    instructions, conversation, documents, question: tokens of each, markup included; what opens a prompt and
    its answer counts as the question's.
    """

    messages: tuple[Message, ...]
    turns: int
    passages: int
    instructions: int
    conversation: int
    documents: int
    question: int

    @property
    def tokens(self) -> int:
        """Its whole length."""
        return self.instructions + self.conversation + self.documents + self.question

    @property
    def left_out(self) -> str:
        """What was left out, as a sentence; "" if nothing was."""
        said = []
        if self.turns:
            said.append("the oldest message" if self.turns == 1 else f"the {self.turns} oldest messages")
        if self.passages:
            said.append("one passage" if self.passages == 1 else f"{self.passages} passages")
        if not said:
            return ""
        text = " and ".join(said)
        verb = "does" if self.turns + self.passages == 1 else "do"
        return f"{text[0].upper()}{text[1:]} {verb} not fit into the model's memory and had to be left out here."


def compose(source: Source, lengths: Lengths, budget: int, *, estimated: bool = False) -> Prompt | None:
    """The longest prompt within `budget` tokens: first the oldest turns go, then the last passages.

    The instructions stay, and at least one passage. Returns None if even that does not fit. estimated: nobody
    is asked for lengths that are not known yet.
    """
    own = "" if source.pinned else source.own
    told, system = _system(source.instructions, own=own), _system(source.instructions, source.pinned, own)
    exchanges = _exchanges(source.history)
    instructions, fixed, *sizes = lengths.inner([told, system, *exchanges], estimated)
    passages = list(source.citations)
    while True:
        last = _last(source, passages)
        bare, whole = lengths.ends([_last(source, ()), last], estimated)
        documents = whole - bare + source.assumed
        room = budget - fixed - bare - documents
        if room >= 0:
            break
        if len(passages) <= 1:
            return None
        passages.pop()
    dropped = len(sizes) if len(passages) < len(source.citations) else _dropped(sizes, room, budget)
    history = [message for exchange in exchanges[dropped:] for message in exchange]
    return Prompt(
        (*system, *history, *last),
        sum(map(len, exchanges[:dropped])),
        len(source.citations) - len(passages),
        instructions,
        sum(sizes[dropped:]),
        documents + fixed - instructions,
        bare,
    )


def unmarked(turn: Turn) -> str:
    """A turn without the numbers that were set behind its sentences: they are nothing that the model wrote."""
    return _MARK.sub("", turn.text) if turn.citations else turn.text


def inert(text: str) -> str:
    """What a document says as nothing but quoted text: it can't open another passage, number itself, or give orders."""
    return _HEADING.sub(r"\1“\2” \3", _NUMBERED.sub(r"(\1)", without_orders(text)[0]))


def _system(instructions: str, pinned: Sequence[Citation] = (), own: str = "") -> tuple[Message, ...]:
    """own: instructions where there is nothing else to tell; said, and not left to the family, so as to be counted."""
    text = "\n\n".join(part for part in (instructions.strip(), _quoted(pinned, "Pinned passage")) if part) or own
    return (Message(Role.SYSTEM, text),) if text else ()


def _exchanges(history: Sequence[Turn]) -> list[tuple[Message, ...]]:
    """The history as questions with their answers, which stay or go together; what is empty is not told."""
    exchanges: list[list[Message]] = []
    for turn in history:
        if not turn.text.strip():
            continue
        if turn.role is Role.USER or not exchanges:
            exchanges.append([])
        exchanges[-1].append(Message(turn.role, unmarked(turn)))
    return [tuple(exchange) for exchange in exchanges]


def _last(source: Source, passages: Sequence[Citation]) -> tuple[Message, ...]:
    question = Message(Role.USER, _with_passages(source.question, passages) if passages else source.question)
    return (question, Message(Role.ASSISTANT, source.begun)) if source.begun else (question,)


def _with_passages(question: str, citations: Sequence[Citation]) -> str:
    """The question behind its passages: what stands last is what a small model attends to most."""
    return f"{_quoted(citations, 'Passage')}\n\n{_ASK}{question}"


def _quoted(citations: Sequence[Citation], called: str) -> str:
    return "\n\n".join(
        f"{called} {citation.number} ({_source(citation)}):\n{inert(text)}" for citation, text in as_blocks(citations)
    )


def _source(citation: Citation) -> str:
    """Where a passage comes from, on one line: names of files and headings are words of somebody else too."""
    return inert(" ".join(", ".join(part for part in (citation.document, citation.place) if part).split()))


def _dropped(sizes: Sequence[int], room: int, budget: int) -> int:
    """How many of the oldest exchanges, of these sizes, have to go so that the others fit into `room`.

    They go up to the first border between exchanges behind one, two, three... quarters of the budget, counted
    from the beginning of the conversation: a new exchange at its end moves none of these borders. Where passages
    leave less room than a quarter, as few go as can.
    """
    total = sum(sizes)
    if total <= room:
        return 0
    step = max(1, budget // _STEPS)
    border = step
    for dropped, freed in enumerate(accumulate(sizes), 1):
        if freed >= border:
            if total - freed <= room:
                return dropped
            border = (freed // step + 1) * step
    return next(dropped for dropped, freed in enumerate(accumulate(sizes), 1) if total - freed <= room)
