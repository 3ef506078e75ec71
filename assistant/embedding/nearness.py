"""How near stretches of texts are to a question, word by word: what an embedding model says before it is averaged."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Nearness:
    """What was found. tokens: where each token of the question stands in it, start and end in characters.

    whole: a cosine for each stretch: the mean of its tokens, read within their text, with the question's vector.
    each: for each stretch the greatest cosine of one of its tokens with each of `tokens` (Khattab & Zaharia, SIGIR
    2020).
    """

    tokens: tuple[tuple[int, int], ...]
    whole: tuple[float, ...]
    each: tuple[tuple[float, ...], ...]


def read(tokens: Sequence[tuple[int, int]], rows: bytes, count: int) -> Nearness | None:
    """As the child sends it: `count` rows of float32, little-endian: `whole`, then `each`; None where it is not so."""
    numbers = array("f")
    width = 1 + len(tokens)
    if len(rows) != 4 * width * count:
        return None
    numbers.frombytes(rows)
    if sys.byteorder == "big":
        numbers.byteswap()
    lines = [tuple(numbers[at * width : (at + 1) * width]) for at in range(count)]
    return Nearness(tuple(tokens), tuple(line[0] for line in lines), tuple(line[1:] for line in lines))
