"""The reader's child with a small cap of characters, so that a test need not write 64 million of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assistant.ingestion import caps, worker
from assistant.workers import Handler

CHARACTERS: Final = 300_000


def handlers() -> Mapping[str, Handler]:
    """Those of the reader's child."""
    caps.MAX_TEXT = CHARACTERS  # type: ignore[misc]
    return worker.handlers()
