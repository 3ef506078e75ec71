"""Adapters by the names that people call them, checked against the model that they are to lie beside."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from assistant.errors import BadInput
from assistant.modelstore import ModelStore
from assistant.settings import Settings, options
from assistant.values import Adapter, InstalledModel


class Adapters:
    """The adapters that were imported."""

    def __init__(self, settings: Settings, store: ModelStore, model: Callable[[], Path]) -> None:
        """model: the file of the model that answers."""
        self._settings = settings
        self._store = store
        self._model = model

    def list(self) -> tuple[InstalledModel, ...]:
        """All that are there, by name."""
        return tuple(one for one in self._store.installed() if one.kind == "adapter" and one.present)

    def named(self, words: str) -> Adapter:
        """The adapter that NAME or NAME:SCALE means; without a scale it is that of the settings.

        Raises NotFound, BadInput, and ModelUnreadable for one that the model does not go with.
        """
        name, scale = self._parted(words)
        found = self._store.find(name)
        if found.kind != "adapter":
            raise BadInput(f"“{found.name}” is a model, not an adapter.", "Choose an adapter, or none.")
        return self.checked(Adapter(found.path, scale))

    def checked(self, adapter: Adapter) -> Adapter:
        """The same, if it can lie beside the model that answers. Raises ModelMissing, ModelUnreadable."""
        self._store.hold_adapter(adapter.path, self._model())
        return adapter

    def name(self, adapter: Adapter) -> str:
        """What people call it, with its scale where that is not the usual one."""
        name = next((one.name for one in self.list() if one.path == adapter.path), adapter.path.stem)
        return name if adapter.scale == 1 else f"{name}:{adapter.scale:g}"

    def _parted(self, words: str) -> tuple[str, float]:
        name, colon, number = words.rpartition(":")
        if not colon or not name or any(words in (one.name, str(one.path)) for one in self.list()):
            return words, self._settings.get(options.ADAPTER_SCALE)
        try:
            scale = float(number)
        except ValueError:
            return words, self._settings.get(options.ADAPTER_SCALE)
        if not math.isfinite(scale):
            raise BadInput(f"{number} is no scale for an adapter.", "Give a number, as in NAME:0.5.")
        return name, options.ADAPTER_SCALE.accept(scale)
