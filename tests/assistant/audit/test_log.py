"""The log's chain: whole when nothing was done to it, broken at the place where something was."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.audit import AuditLog
from tests.assistant.vault.opening import open_vault


def test_what_is_added_is_there_and_the_chain_is_whole(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        log = AuditLog(vault, lambda: 12.5)
        assert log.verify().broken is None and log.verify().head == "0" * 64
        first = log.add({"model": "a"})
        second = log.add({"model": "b", "text": "half \ud800"})
        assert first != second
        assert [entry.fields for entry in log.entries()] == [
            {"at": 12.5, "model": "a"},
            {"at": 12.5, "model": "b", "text": "half \ufffd"},
        ]
    with open_vault(tmp_path) as vault:
        verdict = AuditLog(vault).verify()
        assert (verdict.entries, verdict.broken, verdict.head) == (2, None, second)


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit SET record = replace(record, 'm2', 'm9') WHERE id = 2", 2),
        ("UPDATE audit SET hash = 'x' WHERE id = 3", 3),
        ("DELETE FROM audit WHERE id = 2", 3),
        ("DELETE FROM audit WHERE id = 4", 4),
        ("DELETE FROM audit", 1),
        ("UPDATE audit SET id = 9 WHERE id = 4", 9),
    ],
)
def test_what_is_changed_taken_out_or_cut_off_is_noticed(tmp_path: Path, tampering: str, broken: int) -> None:
    with open_vault(tmp_path) as vault:
        log = AuditLog(vault)
        for number in range(1, 5):
            log.add({"model": f"m{number}"})
        with vault.write() as connection:
            connection.execute(tampering)
        assert log.verify().broken == broken
