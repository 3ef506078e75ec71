"""The tokens of an answer, one after the other: by single steps, or several at once where they were guessed right."""

from __future__ import annotations

from collections.abc import Generator

from assistant.engine.child.drafting import Drafting
from assistant.engine.child.llama import Context, Sampler
from assistant.engine.child.state import State


def tokens(
    state: State, context: Context, chosen: Sampler, drafting: Drafting, limit: int
) -> Generator[tuple[int, int], None, None]:
    """The next tokens of the live sequence, at most `limit`, each with the row that it was chosen from (-1: the last).

    A token is read when the one after it is asked for.

    Guessed tokens are read in one batch with the one before them. The sampler then chooses from each row in turn, as
    it would after single steps, until it chooses something else than what was guessed; what was read beyond that is
    dropped. So every token is chosen by the same sampler, in the same state, from logits of the same tokens before
    it. llama.cpp may round the sums of a batch otherwise than those of a single step. Raises Aborted, MemoryError.
    """
    if limit < 1:
        return
    token = chosen.next()
    count, row = 1, -1
    yield token, row
    while count < limit:
        drafting.add(token)
        draft = drafting.draft(_room(state, context, limit - count))
        state.parked.make_room(context, len(state.read) + 1 + len(draft))
        if draft:
            context.decode_rows([(one, len(state.read) + row, 0) for row, one in enumerate([token, *draft])])
            state.read.append(token)
            try:
                for row in range(len(draft) + 1):
                    token = chosen.next(row)
                    count += 1
                    if row == len(draft) or token != draft[row]:
                        drafting.tried(len(draft), row)
                        break
                    state.read.append(token)
                    yield token, row
                    drafting.add(token)
            finally:
                context.forget_from(len(state.read))
        else:
            context.decode([token], len(state.read))
            drafting.tried(0, 0)
            state.read.append(token)
            row = -1
            token = chosen.next()
            count += 1
        yield token, row


def _room(state: State, context: Context, left: int) -> int:
    """How many tokens can be guessed at once, where `left` may still come. One comes of the batch in any case."""
    if not context.can_cut:
        return 0
    return max(0, min(left - 1, context.batch - 1, context.size - len(state.read) - 1))
