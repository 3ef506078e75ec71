"""The layouts that llama.cpp's quantizer makes, by the names that people know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout. number: of llama.h's enum llama_ftype. bits: a weight, about. block: weights that share a scale.

    Rows that are no multiple of 256 wide can't be laid out in the K types: llama.cpp takes a larger one for them.
    """

    name: str
    number: int
    bits: float
    block: int


_ALL: Final = (
    Layout("F32", 0, 32.0, 1),
    Layout("F16", 1, 16.0, 1),
    Layout("BF16", 32, 16.0, 1),
    Layout("Q8_0", 7, 8.5, 32),
    Layout("Q6_K", 18, 6.6, 256),
    Layout("Q5_K_M", 17, 5.7, 256),
    Layout("Q5_1", 9, 6.0, 32),
    Layout("Q5_0", 8, 5.5, 32),
    Layout("Q4_K_M", 15, 4.9, 256),
    Layout("Q4_1", 3, 5.0, 32),
    Layout("Q4_0", 2, 4.6, 32),
    Layout("Q5_K_S", 16, 5.6, 256),
    Layout("Q4_K_S", 14, 4.6, 256),
    Layout("Q3_K_S", 11, 3.5, 256),
    Layout("Q2_K", 10, 3.0, 256),
    Layout("IQ4_NL", 25, 4.5, 32),
    Layout("IQ4_XS", 30, 4.3, 256),
)
LAYOUTS: Final[Mapping[str, Layout]] = {layout.name: layout for layout in _ALL}
"""By name; the bits of those that mix types are of a usual model."""
