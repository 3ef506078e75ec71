"""Tells what a person scrolls from what the program does, so that two views can follow each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QScrollBar


class ByHand(QObject):
    """Watches a scroll bar. `scrolled`: a person moved it, with the wheel, the bar itself or keys."""

    scrolled = Signal()

    def __init__(self, bar: QScrollBar) -> None:
        super().__init__(bar)
        self._bar = bar
        self._acting = False
        self._pressing = False
        bar.actionTriggered.connect(self._acts)
        bar.valueChanged.connect(self._moved)

    @contextmanager
    def keys(self) -> Iterator[None]:
        """While a key press is worked on: some widgets then set the bar as a program would."""
        self._pressing = True
        try:
            yield
        finally:
            self._pressing = False

    @property
    def share(self) -> float:
        """How far it is scrolled, 0 to 1."""
        return self._bar.value() / self._bar.maximum() if self._bar.maximum() > 0 else 0.0

    def show_share(self, share: float) -> None:
        """Scroll so far, without this being a person's doing."""
        self._acting = self._pressing = False
        self._bar.setValue(round(min(1.0, max(0.0, share)) * self._bar.maximum()))

    def _acts(self) -> None:
        self._acting = self._bar.sliderPosition() != self._bar.value()

    def _moved(self) -> None:
        if self._acting or self._pressing:
            self._acting = False
            self.scrolled.emit()
