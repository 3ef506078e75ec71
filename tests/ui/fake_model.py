"""The model that answers and what may lie beside it, played."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import ModelUnreadable
from assistant.values import Adapter, InstalledModel


class ScriptedAdapters:
    """The adapters that are there; "Latin" does not go with the model."""

    def __init__(self) -> None:
        self.there: tuple[InstalledModel, ...] = ()

    def list(self) -> tuple[InstalledModel, ...]:
        return self.there

    def named(self, words: str) -> Adapter:
        if "latin" in words:
            raise ModelUnreadable("The adapter “Latin” was made for another model.", "Choose another one.")
        return Adapter(Path(words))


class ScriptedModel:
    """The model that answers: counts what is asked of it."""

    def __init__(self) -> None:
        self.tried_again = 0

    def try_again(self) -> None:
        self.tried_again += 1
