"""How likely each span of a text is as a model's answer: decoding that can only go along what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from assistant.engine.child.likelihood import log_probabilities
from assistant.engine.child.llama import Context
from assistant.engine.child.sequences import LIVE, TEMPORARY
from assistant.engine.child.state import State
from assistant.engine.prefix import common_prefix

_BASE: Final = TEMPORARY[0]
"""Holds the prompt without its question, while spans are tried behind it."""
_BRANCHES: Final = TEMPORARY[1:]


@dataclass
class Way:
    """The tokens from one word of a text on. text: its number. start: of that word. ends: token count -> its end.

    found, endings: the log-probability of its first 1, 2... tokens, and of the turn ending behind each; the same of
    the prompt without its question in `plain` and `plain_endings`.
    """

    text: int
    start: int
    tokens: Sequence[int]
    ends: dict[int, int]
    found: list[float] = field(default_factory=list)
    endings: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    plain_endings: list[float] = field(default_factory=list)


def way(text: int, start: int, words: Sequence[int], tokens: Sequence[int], pieces: Sequence[bytes], data: str) -> Way:
    """The way from `start` on through the ends of words, each in characters. pieces: the bytes of its tokens.

    data: the text from `start` on. A token that goes beyond the end of a word is no end of a span.
    """
    at = {len(data[: end - start].encode("utf-8", "replace")): end for end in words}
    ends: dict[int, int] = {}
    length = -1 if pieces and pieces[0].startswith(b" ") and not data.startswith(" ") else 0
    for count, piece in enumerate(pieces, 1):
        length += len(piece)
        if length in at:
            ends[count] = at[length]
    return Way(text, start, tokens[: max(ends, default=0)], ends)


def point(
    state: State, context: Context, prompt: Sequence[int], without: Sequence[int], ways: Sequence[Way], starts: int
) -> Iterator[Way]:
    """Follow the likeliest ways to their ends, those first whose first word is likeliest against `without`.

    prompt: tokens that were just read into the live sequence, which stays as it is. without: the same prompt without
    its question; empty for none. What both begin with is read once. starts: how many ways are followed. Raises
    Aborted; MemoryError where there is no room.
    """
    state.parked.make_room(context, min(context.size, len(prompt) + len(without)))
    first = log_probabilities(context)
    open_ways = [one for one in ways if one.tokens]
    try:
        plain = _read_without(context, prompt, without) if without else None
        ranked = sorted(open_ways, key=lambda one: -_promise(one, first, plain))[:starts]
        room = context.size - len(prompt) - len(without)
        for group in _groups(ranked, min(context.batch, room)):
            _follow(state, context, LIVE, len(prompt), first, group, plain=False)
            if plain is not None:
                _follow(state, context, _BASE, len(without), plain, group, plain=True)
            yield from group
    finally:
        context.forget_from(0, _BASE)


def _promise(one: Way, first: Any, plain: Any) -> float:
    likely = float(first[one.tokens[0]])
    return likely if plain is None else likely - float(plain[one.tokens[0]]) / 2


def _read_without(context: Context, prompt: Sequence[int], without: Sequence[int]) -> Any:
    shared = min(common_prefix(prompt, without), len(without) - 1)
    context.copy_sequence(LIVE, _BASE, shared)
    for begin in range(shared, len(without), context.batch):
        context.decode(without[begin : begin + context.batch], begin, _BASE)
    return log_probabilities(context)


def _follow(
    state: State, context: Context, base: int, length: int, first: Any, group: Sequence[Way], *, plain: bool
) -> None:
    """Read all tokens of some ways as one batch behind `base`, of `length` tokens, and note how likely each was."""
    ending = np.array(context.model.end_tokens)
    rows: list[tuple[int, int, int]] = []
    try:
        for number, one in enumerate(group):
            context.copy_sequence(base, _BRANCHES[number])
            rows += [(token, length + place, _BRANCHES[number]) for place, token in enumerate(one.tokens)]
        context.decode_rows(rows)
        row = 0
        for one in group:
            found, endings = (one.plain, one.plain_endings) if plain else (one.found, one.endings)
            found.append(float(first[one.tokens[0]]))
            for place in range(len(one.tokens)):
                likely = log_probabilities(context, row)
                endings.append(float(np.logaddexp.reduce(likely[ending])))
                if place + 1 < len(one.tokens):
                    found.append(float(likely[one.tokens[place + 1]]))
                row += 1
    finally:
        for number in range(len(group)):
            context.forget_from(0, _BRANCHES[number])


def _groups(ways: Sequence[Way], room: int) -> Iterator[list[Way]]:
    """Ways in their order, as many at once as there are sequences, rows of a batch and cells for."""
    group: list[Way] = []
    for one in ways:
        if len(one.tokens) > room:
            raise MemoryError
        if group and (
            len(group) == len(_BRANCHES) or sum(len(other.tokens) for other in group) + len(one.tokens) > room
        ):
            yield group
            group = []
        group.append(one)
    if group:
        yield group
