"""The child that tries to get out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from assistant.privacy import seal_state
from assistant.proving.attempts import attempt
from assistant.proving.kernel import Seen
from assistant.workers import Handler, Part, Request


def handlers() -> Mapping[str, Handler]:
    """What this child does: "try" {way, folder}, answered with what came of it."""
    return {"try": _try}


def _try(request: Request) -> Iterator[Part]:
    # An attempt from a process without a seal would prove nothing, and could reach somebody.
    if not seal_state().holds:
        yield Part(asdict(Seen("out", "the seal is not in force in a child")))
        return
    yield Part(asdict(attempt(str(request.arguments.get("way")), str(request.arguments.get("folder")))))
