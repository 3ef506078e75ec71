"""The report of a self-test, for an auditor: plain text, with the checksum of itself in its last line."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from assistant.privacy import Layer, Place, Process
from assistant.proving.trial import Outcome, Tried

_LAST: Final = "SHA-256 of all lines above: "
_WORDS: Final = {Outcome.REFUSED: "refused", Outcome.OUT: "GOT OUT", Outcome.UNTRIED: "not tried"}


def report(
    tried: Sequence[Tried],
    layers: Sequence[Layer],
    processes: Sequence[Process],
    places: Sequence[tuple[str, Place]],
    now: float | None = None,
) -> str:
    """The report as text. places: a name and the place. now: seconds since 1970, the present where None."""
    moment = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    lines = [
        "Privet: what shuts it off from every network, and what came of trying to get out",
        "",
        f"Made          {moment}",
        f"Privet        {version('privet')}, Python {platform.python_version()}",
        f"System        {platform.system()} {platform.release()}, {platform.machine()}",
        "",
        verdict(tried),
        "",
        "LAYERS",
        *(f"  {layer.state.value:<8} {layer.name}: {layer.seen}" for layer in layers),
        "",
        "PROCESSES",
        *(f"  {_process(one)}" for one in processes),
        "",
        "WHERE THINGS LIE, AND WHO MAY OPEN THEM",
        *(f"  {name}: {place.path}: {place.readers}" for name, place in places),
        "",
        "WAYS OUT THAT WERE TRIED",
        *(line for number, one in enumerate(tried, 1) for line in _way(number, one)),
        "",
        "To check the last line: head -n -1 FILE | sha256sum, or privet privacy verify FILE.",
        "It shows that the text was not changed by accident; it is no signature.",
    ]
    body = "\n".join(lines) + "\n"
    return f"{body}{_LAST}{hashlib.sha256(body.encode()).hexdigest()}\n"


def verdict(tried: Sequence[Tried]) -> str:
    """One line: how many ways were refused, got out, and could not be tried."""
    counts = {outcome: sum(one.outcome is outcome for one in tried) for outcome in Outcome}
    said = f"{counts[Outcome.REFUSED]} of {len(tried)} ways out were tried and refused"
    got_out = f"{counts[Outcome.OUT]} GOT OUT" if counts[Outcome.OUT] else "none got out"
    return f"{said}, {got_out}, {counts[Outcome.UNTRIED]} could not be tried and count for nothing."


def checksum_holds(text: str) -> bool:
    """True if a report's last line is the checksum of what stands above it."""
    body, found, last = text.rpartition(_LAST)
    return bool(found) and last.strip() == hashlib.sha256(body.encode()).hexdigest()


def _process(one: Process) -> str:
    filtered = "filtered" if one.filtered else "NOT FILTERED"
    network = "can't be looked into" if one.network_sockets is None else f"{one.network_sockets} network sockets"
    return f"{one.number} {one.role}: {filtered}, {network}, {one.local_sockets} Unix sockets, {one.threads} threads"


def _way(number: int, one: Tried) -> list[str]:
    detail = f" ({one.detail})" if one.detail else ""
    return [f"  {number:>2}. {_WORDS[one.outcome]:<10} {one.way.title}: {one.by}{detail}", f"      {one.way.text}"]
