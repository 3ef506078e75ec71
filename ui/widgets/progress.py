"""One quiet line that says how far something is, with a thin bar where that is known."""

from __future__ import annotations

from PySide6 import QtWidgets
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.labels import label


class ProgressLine(QWidget):
    """Hidden until `show_progress`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._words = label("", "caption", wrap=True)
        self._bar = QtWidgets.QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(name)
        self._bar.setRange(0, 1000)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme().px(6))
        layout.addWidget(self._words)
        layout.addWidget(self._bar)
        self.hide()

    @property
    def words(self) -> str:
        """What the line says."""
        return self._words.text()

    def show_progress(self, words: str, share: float | None = None) -> None:
        """Say `words`; share: from 0 to 1, None where it is not known."""
        self._words.setText(words)
        self._bar.setVisible(share is not None)
        if share is not None:
            self._bar.setValue(round(min(1.0, max(0.0, share)) * 1000))
        self.show()
