"""The forms of the models of chance on which is measured what each type of weights costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Form:
    """What is built. width, inner: of a layer. All matrices are multiples of 256 wide, so every type takes them."""

    layers: int
    width: int
    inner: int


FAR: Final = 440
"""Tokens before one that is written far on, about."""

FORMS: Final[Mapping[str, Form]] = {"wide": Form(2, 1024, 2816), "deep": Form(24, 256, 512)}
"""Wide: matrices are what costs; deep: what stands between them. Both are of llama.cpp's architecture `llama`."""
