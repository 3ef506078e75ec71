"""Keys wrapped, unwrapped, written down and tampered with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import VaultDamaged, VaultNewer
from assistant.vault import keys, unlock
from assistant.vault.tries import Tries
from tests.assistant.vault.opening import by_passphrase

DETAILS = {"backend": "SecretService"}


def test_what_is_wrapped_unwraps_with_the_same_key_alone() -> None:
    wrapping, data = keys.new_key(), keys.new_key()
    way = keys.wrap("vault", keys.KEYCHAIN, DETAILS, wrapping, data)
    assert data not in way.wrapped
    assert keys.unwrap("vault", way, wrapping) == data
    with pytest.raises(keys.WrongKey):
        keys.unwrap("vault", way, keys.new_key())


def test_no_part_of_an_entry_can_be_changed_unnoticed() -> None:
    wrapping = keys.new_key()
    way = keys.wrap("vault", keys.KEYCHAIN, DETAILS, wrapping, keys.new_key())
    changed = [
        ("other", way),
        ("vault", replace(way, kind=keys.PASSPHRASE)),
        ("vault", replace(way, details={"backend": "KWallet"})),
        ("vault", replace(way, nonce=bytes(12))),
        ("vault", replace(way, nonce=b"")),
        ("vault", replace(way, wrapped=way.wrapped[:-1])),
    ]
    for identity, entry in changed:
        with pytest.raises(keys.WrongKey):
            keys.unwrap(identity, entry, wrapping)


def test_a_key_file_reads_back_as_it_was_written() -> None:
    way = keys.wrap("vault", keys.KEYCHAIN, DETAILS, keys.new_key(), keys.new_key())
    file = keys.KeyFile("vault", (way, way))
    assert keys.decode(file.encode()) == file


def test_a_key_file_of_a_later_format_is_newer_not_damaged() -> None:
    with pytest.raises(VaultNewer):
        keys.decode(b'{"format": 2, "whatever": true}')


@given(st.binary(max_size=200) | st.text().map(lambda text: json.dumps([text, {"format": text}]).encode()))
def test_no_bytes_break_the_reading_of_a_key_file(content: bytes) -> None:
    with pytest.raises(VaultDamaged):
        keys.decode(content)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": 3, "nonce": 4},
        {"nonce": "not base64 !"},
        {"extra": ["a list"]},
        {"wrapped": None},
    ],
)
def test_a_key_file_with_a_strange_entry_is_damaged(change: dict[str, object]) -> None:
    way = keys.wrap("vault", keys.KEYCHAIN, DETAILS, keys.new_key(), keys.new_key())
    fields = json.loads(keys.KeyFile("vault", (way,)).encode())
    fields["ways"][0] |= change
    with pytest.raises(VaultDamaged):
        keys.decode(json.dumps(fields).encode())


@pytest.mark.parametrize(
    "change",
    [
        {"memory_kib": 1 << 30},
        {"memory_kib": 1},
        {"passes": 10_000},
        {"passes": 0},
        {"lanes": 1000},
        {"function": "md5"},
        {"salt": "not hexadecimal"},
        {"salt": ""},
        {"memory_kib": "much"},
    ],
)
def test_a_key_file_cannot_ask_for_endless_work(tmp_path: Path, change: dict[str, str | int]) -> None:
    file = unlock.first_way(by_passphrase(), keys.new_key())[0]
    way = replace(file.ways[0], details={**file.ways[0].details, **change})
    with pytest.raises(VaultDamaged):
        unlock.open_way(replace(file, ways=(way,)), by_passphrase(), Tries(tmp_path))


def test_a_key_file_without_any_way_in_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(VaultDamaged):
        unlock.open_way(keys.KeyFile("vault", ()), by_passphrase(), Tries(tmp_path))
