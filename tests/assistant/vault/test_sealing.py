"""What is sealed outside the database can be opened by the same vault, for the same purpose, whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.vault import DamagedSeal
from assistant.vault.sealing import KEY_BYTES, seal, unseal
from tests.assistant.vault.opening import open_vault

KEY = bytes(range(KEY_BYTES))


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_what_was_sealed_comes_back(data: bytes, about: bytes) -> None:
    sealed = seal(KEY, data, about)
    assert unseal(KEY, sealed, about) == data
    assert len(data) < 8 or data not in sealed


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_changed_bit_is_noticed(data: bytes, draw: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, data, b"about"))
    place = draw.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(DamagedSeal):
        unseal(KEY, bytes(sealed), b"about")


def test_another_key_another_purpose_and_half_of_it_open_nothing() -> None:
    sealed = seal(KEY, b"a state", b"about")
    for key, what, about in (
        (bytes(KEY_BYTES), sealed, b"about"),
        (KEY, sealed, b"about something else"),
        (KEY, sealed[:-1], b"about"),
        (KEY, sealed[:5], b"about"),
        (KEY, b"", b"about"),
    ):
        with pytest.raises(DamagedSeal):
            unseal(key, what, about)


def test_the_same_words_are_never_sealed_alike() -> None:
    assert seal(KEY, b"same", b"") != seal(KEY, b"same", b"")


def test_a_vault_opens_its_own_and_no_other_vaults(tmp_path: Path) -> None:
    with open_vault(tmp_path / "mine") as mine, open_vault(tmp_path / "other") as other:
        sealed = mine.seal("states", b"what was read", b"1")
        assert mine.unseal("states", sealed, b"1") == b"what was read"
        for vault, purpose in ((other, "states"), (mine, "thumbnails")):
            with pytest.raises(DamagedSeal):
                vault.unseal(purpose, sealed, b"1")
    with open_vault(tmp_path / "mine") as again:
        assert again.unseal("states", sealed, b"1") == b"what was read"
