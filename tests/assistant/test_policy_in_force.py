"""A policy as an open Privet obeys it: options locked, the log on, models narrowed, the organisation told of."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from assistant import app
from assistant.app import Privet
from assistant.errors import BadInput
from assistant.policy import Organisation, Policy
from assistant.settings import Folders, options
from assistant.vault import Unlock, Vault
from tests.assistant.vault.opening import by_passphrase

KEY = X25519PrivateKey.generate()
WHOLE = Policy(
    "/etc/privet/policies/policies.json",
    {"retention_days": 30},
    Organisation("Harrow Lane", KEY.public_key().public_bytes_raw()),
    True,
    allowed_models=frozenset({"ab" * 32}),
)


def opened(folder: Path, policy: Policy, monkeypatch: pytest.MonkeyPatch) -> Privet:
    monkeypatch.setattr(app, "read_policy", lambda: policy)
    return Privet.open(Folders.inside(folder), by_passphrase())


def test_what_the_policy_says_is_in_force_and_the_person_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedded_embedder: Path
) -> None:
    privet = opened(tmp_path, WHOLE, monkeypatch)
    assert privet.notices == ("By the policy of this computer, Harrow Lane can open your data with a key of its own.",)
    assert privet.settings.get(options.AUDIT_LOG) and privet.settings.source(options.AUDIT_LOG) == "policy"
    assert privet.settings.get(options.RETENTION_DAYS) == 30
    with pytest.raises(BadInput, match="policy"):
        privet.settings.set(options.RETENTION_DAYS, 0)
    assert privet.models.rules.allowed == frozenset({"ab" * 32})
    privet.close()
    with Vault.open(Folders.inside(tmp_path).data, Unlock(organisation=KEY.private_bytes_raw())) as vault:
        assert vault.way == "organisation: Harrow Lane"

    privet = opened(tmp_path, WHOLE, monkeypatch)
    assert privet.notices == ()  # said once
    privet.close()
    # A policy that is not obeyed changes nothing that was set up by one that was; one that is gone takes it back.
    privet = opened(tmp_path, Policy("/etc/x", warnings=("It is not obeyed.",), obeyed=False), monkeypatch)
    assert privet.notices == ("It is not obeyed.",) and privet.vault.ways.has("organisation")
    privet.close()
    privet = opened(tmp_path, Policy(), monkeypatch)
    assert "no longer" in privet.notices[0] and not privet.vault.ways.has("organisation")
    assert not privet.settings.get(options.AUDIT_LOG)
    privet.close()


def test_whoever_came_in_by_the_recovery_key_is_told_to_make_another_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedded_embedder: Path
) -> None:
    privet = opened(tmp_path, Policy(), monkeypatch)
    assert privet.notices == ()
    words = privet.vault.ways.new_recovery_key()
    privet.close()
    privet = Privet.open(Folders.inside(tmp_path), by_passphrase(words))
    assert [notice for notice in privet.notices if "Make another way in" in notice] == list(privet.notices)
    assert len(privet.notices) == 1
    privet.close()
