"""Deaths of a model's process are counted: in a row, beyond a start, and until an answer came."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.engine import Deaths
from assistant.errors import ChildDied, ChildOutOfMemory, ChildTimedOut, ModelSetAside

DEATH = ChildDied("The language model ended unexpectedly (SIGSEGV).", "Try again.", "engine", 11)


def test_the_third_in_a_row_sets_the_model_aside() -> None:
    deaths = Deaths()
    assert deaths.died("a", "Tiny", DEATH) is DEATH
    assert deaths.died("a", "Tiny", DEATH) is DEATH
    deaths.check("a", "Tiny")
    told = deaths.died("a", "Tiny", DEATH)
    assert (type(told), told.signal, told.child) == (ChildDied, 11, "engine")
    assert told.what.startswith(DEATH.what) and "Tiny is set aside" in told.what
    with pytest.raises(ModelSetAside, match="Tiny ended unexpectedly 3 times in a row"):
        deaths.check("a", "Tiny")
    deaths.check("b", "Another")


def test_an_answer_ends_the_row() -> None:
    deaths = Deaths()
    for _ in range(5):
        deaths.died("a", "Tiny", DEATH)
        deaths.died("a", "Tiny", ChildTimedOut("It hung.", ""))
        deaths.answered("a")
    deaths.check("a", "Tiny")


def test_they_are_counted_beyond_a_start(tmp_path: Path) -> None:
    place = tmp_path / "cache" / "deaths.json"
    for _ in range(3):
        Deaths(place).died("a", "Tiny", DEATH)
    with pytest.raises(ModelSetAside):
        Deaths(place).check("a", "Tiny")
    Deaths(place).try_again()
    Deaths(place).check("a", "Tiny")


@pytest.mark.parametrize("kept", [b"", b"[]", b"{", b'{"a": "x"}', b"\xff"])
def test_a_damaged_count_is_none(tmp_path: Path, kept: bytes) -> None:
    place = tmp_path / "deaths.json"
    place.write_bytes(kept)
    deaths = Deaths(place)
    deaths.check("a", "Tiny")
    deaths.died("a", "Tiny", DEATH)
    assert place.read_bytes() == b'{"a": 1}'


def test_want_of_memory_is_counted_by_itself() -> None:
    deaths = Deaths()
    deaths.died("a", "Tiny", DEATH)
    assert deaths.out_of_memory("a") == 0
    deaths.died("a", "Tiny", ChildOutOfMemory("Memory ran out.", ""))
    deaths.answered("a")
    assert deaths.out_of_memory("a") == 1
