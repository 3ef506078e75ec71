"""What each type of weights costs on this machine: made of times measured on models of chance, kept in the cache."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from assistant.modelstore import speed
from assistant.modelstore.anatomy import Anatomy, Matrix
from assistant.settings import write_atomically
from assistant.values import Facts, Machine, Rates

_ROUNDS: Final = 8  # until what matrices and what stands between them take agree
_FLOOR: Final = 0.1  # of what was measured, that the matrices take at least
_LEAST_ATTENTION: Final = 0.01  # of a token's time; less can't be told from chance
_DEEP: Final = "Q8_0"
"""The type in which the deep model is measured."""


@dataclass(frozen=True, slots=True)
class Timing:
    """A model of chance, timed. type: of all its weights. layers, width, inner: its form. bytes: of its matrices.

    read: seconds a token among `READ_TOKENS`; write: seconds a token with few before it, far: with `behind` before it.
    """

    type: str
    layers: int
    width: int
    inner: int
    bytes: int
    read: float
    write: float
    far: float
    behind: int


READ_TOKENS: Final = 256


def derive(wide: Sequence[Timing], deep: Timing, machine: Machine) -> Rates:
    """The rates by which `speed` predicts what was measured.

    wide: few wide layers, each in another type; `deep`: many narrow ones, in `_DEEP`, which has to be among the wide.
    What a layer costs beside its matrices is the same in both, so both together give both.
    """
    beside_read, step, rates = 1.0, speed.LAYER_STEP, {}
    for _ in range(_ROUNDS):
        rates = {one.type: (_operations(one, beside_read, machine), _stream(one, step, machine)) for one in wide}
        operations, stream = rates[_DEEP]
        matrices = 2 * _weights(deep) / (operations * machine.cores)
        beside_read = _beside(deep, machine) / max(deep.read - matrices, deep.read * _FLOOR)
        step = max(deep.write - deep.bytes / (stream * machine.cores), deep.write * _FLOOR) / deep.layers
    return Rates(
        read={kind: pair[0] for kind, pair in rates.items()},
        write={kind: pair[1] for kind, pair in rates.items()},
        beside=beside_read,
        step=step,
        attended=_attended(deep, machine),
        memory=max(one.bytes / max(one.write - step * one.layers, one.write * _FLOOR) for one in _largest(wide)),
    )


def keep(place: Path, machine: Machine, rates: Rates) -> None:
    """Keep the rates of this machine; where they can't be written they are measured again."""
    row = {"processor": machine.processor, "cores": machine.cores, "rates": asdict(rates)}
    try:
        write_atomically(place, json.dumps(row, indent=1).encode())
    except OSError:
        pass  # measured again another time


def read(place: Path, processor: str, cores: int) -> Rates | None:
    """What was kept of this processor with these cores, None where nothing was that makes sense."""
    try:
        row = json.loads(place.read_bytes())
        if row["processor"] != processor or row["cores"] != cores:
            return None
        rates = Rates(**row["rates"])
        numbers = [*rates.read.values(), *rates.write.values(), rates.beside, rates.step, rates.memory, rates.attended]
        sound = all(isinstance(number, int | float) and 0 < number < math.inf for number in numbers)
        return rates if sound and rates.read and rates.read.keys() == rates.write.keys() else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _weights(one: Timing) -> int:
    return one.layers * (4 * one.width * one.width + 3 * one.width * one.inner)


def _operations(one: Timing, beside: float, machine: Machine) -> float:
    """Operations a second and core."""
    left = max(one.read - _beside(one, machine) / beside, one.read * _FLOOR)
    return 2 * _weights(one) / (left * machine.cores)


def _stream(one: Timing, step: float, machine: Machine) -> float:
    """Bytes a second and core."""
    return one.bytes / (max(one.write - step * one.layers, one.write * _FLOOR) * machine.cores)


def _attended(one: Timing, machine: Machine) -> float:
    """Operations a second and core in attention to what was before, when one token is written."""
    looks = 2 * 2 * one.layers * one.width * one.behind
    return looks / (max(one.far - one.write, one.write * _LEAST_ATTENTION) * machine.cores)


def _beside(one: Timing, machine: Machine) -> float:
    """Seconds a token that reading takes beside the matrices, on the machine of the built-in table."""
    pairs = one.layers * one.width
    facts = Facts(_weights(one), _weights(one), one.type, 32.0, one.layers, 512)
    model = Anatomy(
        facts, (Matrix(one.type, 0, 0),), 0, {}, pairs, pairs, 2 * pairs, 0, 0, 0, one.width, one.inner, 64, 64
    )
    return speed.beside_seconds(model, machine.cores, READ_TOKENS) / READ_TOKENS


def _largest(wide: Sequence[Timing]) -> list[Timing]:
    """The two with the most bytes: the least of them comes from the processor's caches."""
    return sorted(wide, key=lambda one: -one.bytes)[:2]
