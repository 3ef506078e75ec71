"""What a batch of rows takes against single steps, on this machine, with this model, as full as the context is."""

from __future__ import annotations

import time
from typing import Final

from assistant.engine.child.drafting import ROWS
from assistant.engine.child.llama import Context
from assistant.engine.child.sequences import LIVE, TEMPORARY

_ROUNDS: Final = 3


def row_costs(context: Context) -> tuple[float, ...]:
    """The time of a batch of each size in ROWS, in single steps; empty where the context has no room to try.

    Measured in turns, and the shortest of each counts: whatever else the machine does makes them longer, never
    shorter. The live sequence stays as it is. Raises Aborted.
    """
    trial, length = TEMPORARY[0], context.length(LIVE)
    if not context.can_cut or length + ROWS[-1] + 1 >= context.size:
        return ()
    shortest: dict[int, float] = {}
    try:
        context.copy_sequence(LIVE, trial)
        for _ in range(_ROUNDS):
            for rows in (1, *ROWS):
                seconds = _seconds(context, trial, length, rows)
                shortest[rows] = min(shortest.get(rows, seconds), seconds)
    except MemoryError:
        return ()
    finally:
        context.forget_from(0, trial)
    return tuple(round(shortest[rows] / shortest[1], 3) for rows in ROWS)


def _seconds(context: Context, sequence: int, length: int, rows: int) -> float:
    began = time.monotonic()
    if rows == 1:
        context.decode([0], length, sequence)
    else:
        context.decode_rows([(0, length + row, sequence) for row in range(rows)])
    context.logits()  # waits until they are there
    seconds = time.monotonic() - began
    context.forget_from(length, sequence)
    return seconds
