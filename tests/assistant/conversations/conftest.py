"""What the tests of conversations may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.conversations import Conversations
from assistant.vault import Vault
from tests.assistant.vault.opening import open_vault


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """A new vault."""
    with open_vault(tmp_path / "data") as vault:
        yield vault


@pytest.fixture
def conversations(vault: Vault) -> Conversations:
    """The conversations of a new vault."""
    return Conversations(vault)
