"""What a child may reach, on its way from the parent to the child's first instructions."""

from __future__ import annotations

import dataclasses
import json
from typing import Final

from assistant.privacy import Confinement

VARIABLE: Final = "PRIVET_CHILD_REACH"


def packed(confinement: Confinement) -> str:
    """As text for an environment variable."""
    return json.dumps(dataclasses.asdict(confinement))


def unpacked(text: str) -> Confinement:
    """The other way round. Raises ValueError for what is no confinement: such a child must not start."""
    fields = json.loads(text)
    if not isinstance(fields, dict) or set(fields) != {field.name for field in dataclasses.fields(Confinement)}:
        raise ValueError("no confinement")
    reads = fields["reads"]
    return Confinement(
        None if reads is None else tuple(map(str, reads)), tuple(map(str, fields["writes"])), bool(fields["devices"])
    )
