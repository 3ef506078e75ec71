"""What it costs to try a passphrase: Argon2id (RFC 9106), its parameters measured on this computer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from assistant.vault.keys import KEY_BYTES, keys_damaged

_FUNCTION: Final = "argon2id"
_TARGET_SECONDS: Final = 0.5
_MEMORIES_KIB: Final = (256 << 10, 128 << 10, 64 << 10)
# keys.json is authenticated only after the work is done: no file may ask for more work than this.
_MOST_MEMORY_KIB, _MOST_PASSES, _MOST_LANES = 1 << 20, 16, 16


@dataclass(frozen=True, slots=True)
class Cost:
    """memory_kib: KiB that one try fills. passes: over that memory. lanes: that can be filled side by side."""

    memory_kib: int
    passes: int
    lanes: int

    def details(self, salt: bytes) -> dict[str, str | int]:
        """As it stands in keys.json, with the salt."""
        return {
            "function": _FUNCTION,
            "memory_kib": self.memory_kib,
            "passes": self.passes,
            "lanes": self.lanes,
            "salt": salt.hex(),
        }


LEAST: Final = Cost(64 << 10, 3, 4)
"""The second recommendation of RFC 9106, section 4: never less, however slow this computer is."""


@cache
def measured() -> Cost:
    """The cost that takes about half a second here: as much memory as three passes leave time for, never below LEAST.

    Measured once a process, which takes about that long itself.
    """
    seconds = min(_seconds(Cost(LEAST.memory_kib, 1, LEAST.lanes)) for _ in range(2))
    for memory in _MEMORIES_KIB:
        passes = int(_TARGET_SECONDS / (seconds * memory / LEAST.memory_kib))
        if passes >= LEAST.passes:
            return Cost(memory, min(passes, _MOST_PASSES), LEAST.lanes)
    return LEAST


def stretch(passphrase: str, details: Mapping[str, str | int]) -> bytes:
    """The wrapping key, 32 bytes, that a passphrase stands for. Raises VaultDamaged on costs out of bounds."""
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    memory, passes, lanes = (details.get(name) for name in ("memory_kib", "passes", "lanes"))
    if details.get("function") != _FUNCTION or not (
        isinstance(memory, int) and isinstance(passes, int) and isinstance(lanes, int)
    ):
        raise keys_damaged()
    if not (1 <= passes <= _MOST_PASSES and 1 <= lanes <= _MOST_LANES and 8 * lanes <= memory <= _MOST_MEMORY_KIB):
        raise keys_damaged()
    try:
        salt = bytes.fromhex(str(details.get("salt")))
        stretched = Argon2id(salt=salt, length=KEY_BYTES, iterations=passes, lanes=lanes, memory_cost=memory)
        return stretched.derive(passphrase.encode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise keys_damaged() from error


def _seconds(cost: Cost) -> float:
    began = time.perf_counter()
    stretch("to be measured", cost.details(bytes(16)))
    return time.perf_counter() - began
