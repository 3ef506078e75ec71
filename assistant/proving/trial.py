"""Has every way out tried, one after the other, and says what came of each."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from assistant.errors import ChildDied, ChildTimedOut
from assistant.privacy import Confinement, seal_state
from assistant.proving.kernel import Seen, every_family
from assistant.proving.ways import HERE, WAYS, Way
from assistant.values import Stop
from assistant.workers import Child, ChildSpec, Refusal

_SECONDS: Final = 120.0  # torch takes its time to load on a busy laptop


class Outcome(Enum):
    """What came of a way. UNTRIED counts for nothing: it was not there, or failed for a reason that proves nothing."""

    REFUSED = "refused"
    OUT = "out"
    UNTRIED = "untried"


@dataclass(frozen=True, slots=True)
class Tried:
    """One way, tried. by: what refused it, or why it could not be tried. detail: the system's own word, or ""."""

    way: Way
    outcome: Outcome
    by: str
    detail: str


def prove(stop: Stop, ways: Sequence[Way] = WAYS) -> Iterator[Tried]:
    """Try the ways in their order; ends early where `stop` is set. Raises ChildDied where no child can be started."""
    with tempfile.TemporaryDirectory(prefix="privet-proof-") as folder:
        children: dict[str, Child] = {}
        try:
            for way in ways:
                if stop.requested:
                    return
                seen = _here() if way.worker == HERE else _in_child(_child(children, way.worker, folder), way, folder)
                yield Tried(way, Outcome(seen.outcome), seen.by, seen.detail)
        finally:
            for child in children.values():
                child.close()


def _child(children: dict[str, Child], worker: str, folder: str) -> Child:
    """The child that tries such ways. It may write into `folder`, as a downloader opens its file first."""
    if worker not in children:
        confinement = Confinement(writes=(os.path.realpath(folder),))
        children[worker] = Child(ChildSpec("The self-test", worker, start_seconds=_SECONDS, confinement=confinement))
    return children[worker]


def _here() -> Seen:
    if not seal_state().holds:
        return Seen("out", "the seal is not in force in this process")
    return every_family()


def _in_child(child: Child, way: Way, folder: str) -> Seen:
    try:
        values = child.call("try", {"way": way.id, "folder": folder}, deadline=_SECONDS).values
    except ChildTimedOut:
        return Seen("untried", "it took too long")
    except ChildDied as error:
        return _of_death(error)
    except Refusal as refusal:
        return Seen("untried", f"it failed for another reason ({refusal.code})")
    outcome = str(values.get("outcome"))
    if outcome not in {one.value for one in Outcome}:
        return Seen("untried", "the child gave no answer")
    return Seen(outcome, str(values.get("by")), str(values.get("detail")))


def _of_death(error: ChildDied) -> Seen:
    """A filter that kills does so with SIGSYS and nothing else does; every other death proves nothing."""
    if "(SIGSYS)" in error.what:
        return Seen("refused", "the kernel's filter, which ended the process that tried", "SIGSYS")
    if "(SIGSEGV)" in error.what:
        return Seen("untried", "this kernel has no such door", "SIGSEGV")
    return Seen("untried", error.what.rstrip("."))
