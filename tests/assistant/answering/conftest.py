"""What the tests of answering may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.settings import Folders
from assistant.vault import Unlock, Vault
from tests.assistant.answering.way import Way


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    """A way to answers in a new vault."""
    folders = Folders.inside(tmp_path)
    vault = Vault.open(folders.data, Unlock(passphrase=lambda _: "a passphrase", use_keychain=False))
    yield Way(vault, folders)
    vault.close()
