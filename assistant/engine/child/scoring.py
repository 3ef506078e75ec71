"""How likely a model finds given continuations of a prompt: several at once, over the prompt that they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from assistant.engine.child.likelihood import log_probabilities
from assistant.engine.child.llama import Context
from assistant.engine.child.sequences import LIVE, TEMPORARY
from assistant.engine.child.state import State

_ROWS: Final = 32
"""Rows read at once: the logits of each are kept, four bytes for each token of the vocabulary."""


@dataclass
class _Candidate:
    """A continuation. found: the log-probabilities of its first tokens, as many as are known."""

    tokens: Sequence[int]
    sequence: int = LIVE
    found: list[float] = field(default_factory=list)


def score(
    state: State, context: Context, prompt_length: int, candidates: Sequence[Sequence[int]]
) -> Iterator[list[float]]:
    """The log-probability of each token of each candidate, given the prompt, which was just read, and those before it.

    The live sequence, the prompt, stays as it is. Raises Aborted; MemoryError where a candidate finds no room.
    """
    first = log_probabilities(context)
    for group in _groups(candidates, context.size - prompt_length):
        tried = [_Candidate(tokens, TEMPORARY[number]) for number, tokens in enumerate(group)]
        for candidate in tried:
            candidate.found = [float(first[candidate.tokens[0]])] if candidate.tokens else []
        state.parked.make_room(context, prompt_length + sum(map(len, group)))
        try:
            for candidate in tried:
                context.copy_sequence(LIVE, candidate.sequence)
            while rows := _next_rows(tried):
                context.decode_rows([(one.tokens[place], prompt_length + place, one.sequence) for one, place in rows])
                for row, (candidate, place) in enumerate(rows):
                    candidate.found.append(float(log_probabilities(context, row)[candidate.tokens[place + 1]]))
        finally:
            for candidate in tried:
                context.forget_from(0, candidate.sequence)
        for candidate in tried:
            yield candidate.found


def _next_rows(candidates: Sequence[_Candidate]) -> list[tuple[_Candidate, int]]:
    """What is read next: (candidate, place), whose logits tell about the token behind it."""
    rows: list[tuple[_Candidate, int]] = []
    for candidate in candidates:
        places = range(len(candidate.found) - 1, len(candidate.tokens) - 1)
        rows += [(candidate, place) for place in places if place >= 0]
    return rows[:_ROWS]


def _groups(candidates: Sequence[Sequence[int]], room: int) -> Iterator[list[Sequence[int]]]:
    """Candidates in their order, as many at once as there are sequences and cells for."""
    group: list[Sequence[int]] = []
    for tokens in candidates:
        if len(tokens) > room:
            raise MemoryError
        if group and (len(group) == len(TEMPORARY) or sum(map(len, group)) + len(tokens) > room):
            yield group
            group = []
        group.append(tokens)
    if group:
        yield group
