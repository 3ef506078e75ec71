"""Claims as they are kept with a turn: JSON, by the names of their fields."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, replace
from typing import Final

from assistant.values import Claim, Support
from assistant.vault import storable

_LEFT: Final = "“…”"


def encode(claims: Iterable[Claim]) -> str:
    """The claims as JSON, "[]" for none."""
    return storable(json.dumps([asdict(claim) for claim in claims], ensure_ascii=False))


def decode(kept: str) -> tuple[Claim, ...]:
    """The claims that `encode` kept."""
    return tuple(
        Claim(**{**fields, "support": Support(fields["support"]), "differing": tuple(fields["differing"])})
        for fields in json.loads(kept)
    )


def without(text: str, claims: Sequence[Claim], numbers: Collection[int]) -> tuple[str, tuple[Claim, ...]]:
    """An answer without what it quotes word for word from the passages of these numbers."""
    left: list[Claim] = []
    moved = 0
    for claim in sorted(claims, key=lambda one: one.start):
        start, end = claim.start + moved, claim.end + moved
        if claim.number not in numbers:
            left.append(replace(claim, start=start, end=end))
            continue
        if _only_quotes(text[start:end]):
            text = text[:start] + _LEFT + text[end:]
            moved += len(_LEFT) - (end - start)
            end = start + len(_LEFT)
        left.append(replace(claim, start=start, end=end, quote_start=0, quote_end=0, seems=""))
    return text, tuple(left)


def _only_quotes(text: str) -> bool:
    """True for what an answer takes from a document as it stands there: quotes, cells of a table, its query."""
    return text.startswith(("“", "| ", "```"))
