"""Claims as they are kept with a turn: JSON, by the names of their fields."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from assistant.values import Claim, Support
from assistant.vault import storable


def encode(claims: Iterable[Claim]) -> str:
    """The claims as JSON, "[]" for none."""
    return storable(json.dumps([asdict(claim) for claim in claims], ensure_ascii=False))


def decode(kept: str) -> tuple[Claim, ...]:
    """The claims that `encode` kept."""
    return tuple(
        Claim(**{**fields, "support": Support(fields["support"]), "differing": tuple(fields["differing"])})
        for fields in json.loads(kept)
    )
