"""A policy read, understood, refused, and never taken from whoever could have written it themselves."""

from __future__ import annotations

import json
import os
import plistlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.policy import Organisation, Policy
from assistant.policy.policy import understood
from assistant.policy.read import read_file

SUM = "ab" * 32
WHOLE = {
    "options": {"retention_days": 30, "theme": "dark"},
    "organisation": {"name": " Harrow\nLane ", "public_key": "0f" * 32},
    "audit": {"on": True, "content": False},
    "models": {"allowed_sha256": [SUM.upper()], "folder": "/srv/privet-models"},
}


def written(folder: Path, content: bytes, name: str = "policies.json") -> Path:
    folder.chmod(0o755)
    place = folder / name
    place.write_bytes(content)
    place.chmod(0o644)
    return place


def read(place: Path) -> Policy:
    return read_file(place, owner=os.getuid(), root=place.parent)


def test_a_whole_policy_is_understood(tmp_path: Path) -> None:
    policy = read(written(tmp_path, json.dumps(WHOLE).encode()))
    assert policy == Policy(
        str(tmp_path / "policies.json"),
        {"retention_days": 30, "theme": "dark"},
        Organisation("Harrow Lane", b"\x0f" * 32),
        True,
        False,
        frozenset({SUM}),
        model_folder=Path("/srv/privet-models"),
    )


def test_a_property_list_says_the_same(tmp_path: Path) -> None:
    one = read(written(tmp_path, json.dumps(WHOLE).encode()))
    other = read(written(tmp_path, plistlib.dumps(WHOLE), "org.privet.Privet.plist"))
    assert (one.options, one.organisation, one.audit, one.allowed_models) == (
        other.options,
        other.organisation,
        other.audit,
        other.allowed_models,
    )


def test_where_there_is_none_all_is_the_persons(tmp_path: Path) -> None:
    assert read(tmp_path / "policies.json") == Policy()


def test_what_its_user_could_have_written_is_not_obeyed(tmp_path: Path) -> None:
    place = written(tmp_path, json.dumps(WHOLE).encode())
    for mode in (0o666, 0o664):
        place.chmod(mode)
        policy = read(place)
        assert not policy.obeyed and policy.options == {} and "not obeyed" in policy.warnings[0]
    place.chmod(0o644)
    tmp_path.chmod(0o777)  # whoever may write in the folder may put another file in its place
    assert not read(place).obeyed
    tmp_path.chmod(0o755)
    assert not read_file(place, owner=os.getuid() + 1, root=tmp_path).obeyed
    assert read(place).obeyed


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"audit": []}',
        b'{"audit": {"on": 1}}',
        b'{"options": {"theme": []}}',
        b'{"organisation": {"name": "x"}}',
        b'{"organisation": {"name": "x", "public_key": "12"}}',
        b'{"organisation": {"name": " ", "public_key": "' + b"00" * 32 + b'"}}',
        b'{"models": {"allowed_sha256": ["x"]}}',
        b'{"models": {"allowed_sha256": "all"}}',
        b'{"models": {"folder": "models"}}',
        b'{"models": {"folder": 3}}',
        b"[" * 100_000,
        b" " * (5 << 20),
    ],
)
def test_nonsense_is_said_and_only_what_came_with_privet_is_used(tmp_path: Path, content: bytes) -> None:
    policy = read(written(tmp_path, content))
    assert policy.allowed_models == frozenset() and policy.organisation is None and policy.options == {}
    assert not policy.obeyed and "could not be understood" in policy.warnings[0]


def test_a_key_that_nobody_knows_is_named_and_the_rest_is_in_force() -> None:
    policy = understood("here", {"audit": {"on": True}, "colour": "red"})
    assert policy.audit is True and "colour" in policy.warnings[0]


_KEYS = st.sampled_from(["options", "organisation", "audit", "models", "on", "name", "x"])
_VALUES = st.none() | st.booleans() | st.floats() | st.text()


@given(st.recursive(_VALUES, lambda inner: st.dictionaries(_KEYS, inner) | st.lists(inner)))
def test_no_content_breaks_the_understanding(fields: object) -> None:
    assert isinstance(understood("here", fields), Policy)
