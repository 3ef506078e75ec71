"""Saved states come back as they were, or not at all, and never stand in the way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from assistant.engine import StateCache
from assistant.vault import DamagedSeal
from assistant.vault.sealing import KEY_BYTES, seal, unseal
from tests.assistant.vault.conftest import small_disk

__all__ = ["small_disk"]

WORDS = b"the hedge at the end of the lane " * 40
MEGABYTE = 1 << 20


class Keys:
    """Seals as a vault does, with a key of its own."""

    def __init__(self, first: int = 1) -> None:
        self._key = bytes([first] * KEY_BYTES)

    def seal(self, purpose: str, data: bytes, about: bytes) -> bytes:
        return seal(self._key, data, purpose.encode() + about)

    def unseal(self, purpose: str, sealed: bytes, about: bytes) -> bytes:
        return unseal(self._key, sealed, purpose.encode() + about)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "states"


def cache(folder: Path, capacity: int = 64 * MEGABYTE, keys: Keys | None = None) -> StateCache:
    return StateCache(folder, keys or Keys(), capacity)


def save(into: StateCache, tokens: list[int], pieces: Iterable[bytes] = (WORDS, WORDS), maker: str = "me") -> bool:
    return into.save(maker, tokens, 2 * len(WORDS), pieces)


def loaded(states: StateCache, tokens: list[int], maker: str = "me") -> bytes | None:
    saved, _ = states.best(maker, tokens)
    return None if saved is None else b"".join(states.load(saved))


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_state_is_there_after_the_next_start(folder: Path) -> None:
    assert save(cache(folder), [1, 2, 3, 4])
    again = cache(folder)
    assert again.best("me", [1, 2, 3, 9])[1] == 3
    assert loaded(again, [1, 2, 3, 9]) == WORDS + WORDS


def test_nothing_of_it_can_be_read_on_the_disk(folder: Path) -> None:
    save(cache(folder), [1, 2, 3, 4], maker="a model of mine")
    stored = b"".join(path.read_bytes() for path in files(folder))
    assert len(stored) > 2 * len(WORDS)
    assert b"hedge" not in stored
    assert b"model of mine" not in stored
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, *files(folder)))


def test_another_maker_finds_nothing(folder: Path) -> None:
    states = cache(folder)
    save(states, [1, 2, 3])
    assert states.best("another", [1, 2, 3]) == (None, 0)
    assert states.any_by("me")
    assert not states.any_by("another")


def test_another_vault_finds_nothing_and_takes_what_it_can_never_read_away(folder: Path) -> None:
    save(cache(folder), [1, 2, 3])
    assert cache(folder, keys=Keys(2)).best("me", [1, 2, 3]) == (None, 0)
    assert files(folder) == []


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _flip(path: Path) -> None:
    stored = bytearray(path.read_bytes())
    stored[-200] ^= 1
    path.write_bytes(bytes(stored))


def _flip_header(path: Path) -> None:
    stored = bytearray(path.read_bytes())
    stored[20] ^= 1
    path.write_bytes(bytes(stored))


def _swap_pieces(path: Path) -> None:
    stored = path.read_bytes()
    piece = len(WORDS) + 12 + 16 + 4  # nonce, tag, length
    path.write_bytes(stored[: -2 * piece] + stored[-piece:] + stored[-2 * piece : -piece])


def _huge_length(path: Path) -> None:
    stored = path.read_bytes()
    path.write_bytes(stored[:8] + b"\xff\xff\xff\xff" + stored[12:])


@pytest.mark.parametrize("damage", [_cut, _flip, _flip_header, _swap_pieces, _huge_length, Path.unlink])
@pytest.mark.parametrize("started_again", [True, False])
def test_a_damaged_state_is_as_good_as_none(folder: Path, damage: Callable[[Path], None], started_again: bool) -> None:
    states = cache(folder)
    save(states, [1, 2, 3])
    (path,) = files(folder)
    damage(path)
    states = cache(folder) if started_again else states
    assert loaded(states, [1, 2, 3]) in (None, b"", WORDS)  # a first piece may be whole; the child wants all
    assert states.best("me", [1, 2, 3]) == (None, 0)
    assert files(folder) == []
    assert save(states, [1, 2, 3])


def test_a_file_under_another_name_is_no_state(folder: Path) -> None:
    states = cache(folder)
    save(states, [1, 2, 3])
    (path,) = files(folder)
    path.rename(path.with_name("0" * 32 + ".state"))
    assert cache(folder).best("me", [1, 2, 3]) == (None, 0)


def test_pieces_of_two_states_do_not_make_a_third(folder: Path) -> None:
    states = cache(folder)
    save(states, [1, 2, 3], [b"a" * len(WORDS), b"a" * len(WORDS)])
    (first,) = files(folder)
    save(states, [7, 8, 9], [b"b" * len(WORDS), b"b" * len(WORDS)])
    (second,) = [path for path in files(folder) if path != first]
    half = len(WORDS) + 12 + 16 + 4
    second.write_bytes(second.read_bytes()[:-half] + first.read_bytes()[-half:])
    assert b"a" not in (loaded(states, [7, 8, 9]) or b"")


def test_what_is_used_stays_and_the_oldest_leaves(folder: Path) -> None:
    states = cache(folder, 2 * MEGABYTE)
    size = MEGABYTE // 4
    for first in (1, 2, 3):
        assert states.save("me", [first], size, [bytes(size)])
    saved, _ = states.best("me", [1])
    assert saved is not None
    assert len(b"".join(states.load(saved))) == size
    for first in (4, 5):
        assert states.save("me", [first], size, [bytes(size)])
    assert states.size <= 2 * MEGABYTE
    assert states.best("me", [1])[1] == 1
    assert states.best("me", [2]) == (None, 0)


def test_the_order_of_use_outlives_a_start(folder: Path) -> None:
    states = cache(folder)
    for number, first in enumerate((1, 2, 3)):
        states.save("me", [first], 8, [bytes(8)])
        saved, _ = states.best("me", [first])
        assert saved is not None
        os.utime(folder / saved.name, (1000 + number, 1000 + number))
    used, _ = states.best("me", [1])
    assert used is not None
    list(states.load(used))
    again = cache(folder, states.size - 1)
    assert again.best("me", [1])[1] == 1
    assert again.best("me", [2]) == (None, 0)


def test_what_is_larger_than_the_whole_room_is_not_kept(folder: Path) -> None:
    states = cache(folder, MEGABYTE)
    assert not states.save("me", [1], 2 * MEGABYTE, [bytes(2 * MEGABYTE)])
    assert not cache(folder, 0).save("me", [1], 8, [bytes(8)])
    assert files(folder) == []


def test_its_own_beginnings_leave(folder: Path) -> None:
    states = cache(folder)
    save(states, [1, 2])
    save(states, [1, 2, 3, 4])
    save(states, [1, 5])
    assert len(files(folder)) == 2
    assert states.holds("me", [1, 2])


def test_what_breaks_off_leaves_nothing(folder: Path) -> None:
    def breaks() -> Iterator[bytes]:
        yield WORDS

    states = cache(folder)
    assert not states.save("me", [1, 2], 2 * len(WORDS), breaks())
    assert files(folder) == []
    assert states.best("me", [1, 2]) == (None, 0)


def test_half_a_file_of_a_killed_start_goes(folder: Path) -> None:
    save(cache(folder), [1, 2, 3])
    (path,) = files(folder)
    shutil.copy(path, path.with_name("1" * 32 + ".state.part"))
    assert cache(folder).best("me", [1, 2, 3])[1] == 3
    assert files(folder) == [path]


def test_forgetting_takes_what_is_being_saved_too(folder: Path) -> None:
    states = cache(folder)
    save(states, [9, 9])

    def forgetting() -> Iterator[bytes]:
        yield WORDS
        states.forget()
        yield WORDS

    assert not save(states, [1, 2, 3], forgetting())
    assert files(folder) == []
    assert states.best("me", [9, 9]) == (None, 0)


def test_a_full_disk_costs_the_state_and_nothing_else(small_disk: Path) -> None:
    states = cache(small_disk / "states")
    assert not states.save("me", [1], 8 * MEGABYTE, (bytes(MEGABYTE) for _ in range(8)))
    assert files(small_disk / "states") == []


def test_a_folder_that_cannot_be_made_costs_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    states = cache(tmp_path / "file" / "states")
    assert not save(states, [1, 2])
    assert states.best("me", [1, 2]) == (None, 0)
    states.forget()


def test_the_keys_of_the_tests_seal() -> None:
    with pytest.raises(DamagedSeal):
        Keys(2).unseal("states", Keys(1).seal("states", b"x", b""), b"")
