"""What was measured on this machine, kept in a small file, and what it says about the next prediction."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from assistant.settings import write_atomically

_MOST: Final = 200  # measurements kept; the oldest go first
_FARTHEST: Final = 20.0  # a factor beyond this is a mistake, no machine


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement after loading. model: of `fingerprint`. type: most of its weights. threads, device: of the plan.

    read, write: tokens a second, as measured. read_factor, write_factor: seconds measured by seconds predicted from
    the rates alone, for the same tokens. memory: bytes of the child by bytes predicted, None where nobody looked.
    basis: which rates those were.
    """

    model: str
    type: str
    threads: int
    device: str
    read: float
    write: float
    read_factor: float
    write_factor: float
    memory: float | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """Factors on predicted seconds and bytes. measured: from this very file; corrected: from anything at all."""

    read: float = 1.0
    write: float = 1.0
    memory: float = 1.0
    measured: bool = False
    corrected: bool = False


class Calibration:
    """The measurements of this machine. No model's path or name is kept, only a fingerprint of its header."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def add(self, measured: Measured) -> None:
        """Keep a measurement instead of an older one of the same model and plan; one that can't be true is dropped."""
        factors = (measured.read_factor, measured.write_factor)
        if not all(1 / _FARTHEST <= factor <= _FARTHEST for factor in factors):
            return
        key = (measured.model, measured.threads, measured.device)
        others = [kept for kept in self.all() if (kept.model, kept.threads, kept.device) != key]
        rows = [asdict(kept) for kept in (*others[-_MOST + 1 :], measured)]
        try:
            write_atomically(self._place, json.dumps({"measured": rows}, indent=1).encode())
        except OSError:
            pass  # it is measured again when a model is loaded the next time

    def all(self) -> tuple[Measured, ...]:
        """What is kept, oldest first; a damaged file counts as none."""
        try:
            rows = json.loads(self._place.read_bytes())["measured"]
            return tuple(_sound(Measured(**row)) for row in rows)
        except (OSError, ValueError, KeyError, TypeError):
            return ()

    def of(self, model: str, threads: int, device: str) -> Measured | None:
        """The newest measurement of this very file by this plan, None where there is none."""
        key = (model, threads, device)
        return next((one for one in reversed(self.all()) if (one.model, one.threads, one.device) == key), None)

    def correction(self, kind: str, device: str, basis: str = "") -> Correction:
        """What to make of a prediction for a model that was not measured, most of whose weights are of type `kind`.

        The measurements of the same type of weights, or else all, give the factor: their geometric mean. Where each
        type's cost was measured here, that is held to be right about reading as much as one measurement of another
        type is, so few of those move it little; what writing takes besides is no matter of the type.
        """
        there = [kept for kept in self.all() if kept.device == device and kept.basis == basis]
        same = [kept for kept in there if kept.type == kind]
        chosen = same or there
        if not chosen:
            return Correction()
        trust = len(chosen) / (len(chosen) + 1) if basis and not same else 1.0
        return Correction(
            _mean([kept.read_factor for kept in chosen]) ** trust,
            _mean([kept.write_factor for kept in chosen]),
            corrected=True,
        )


def _mean(factors: Sequence[float]) -> float:
    return math.exp(sum(math.log(factor) for factor in factors) / len(factors))


def _sound(measured: Measured) -> Measured:
    numbers = (measured.read, measured.write, measured.read_factor, measured.write_factor, measured.memory or 1.0)
    if not all(isinstance(number, float | int) and 0 < number < math.inf for number in numbers):
        raise ValueError("a measurement that is none")
    return measured
