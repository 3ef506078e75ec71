"""What a thinking model said to itself: folded, apart from the answer, and open on demand."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from ui.i18n import tr
from ui.text import InertText
from ui.theme import Type, theme
from ui.widgets import TextButton


class FoldedThought(QFrame):
    """`toggled`: it was opened or folded. Hidden where nothing was thought."""

    toggled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._open = False
        self._text: InertText | None = None  # made when it is first opened
        self._thought = ""
        self._width = 0
        self._button = TextButton(tr("Show what it thought"), "link")
        self._button.clicked.connect(self.toggle)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme().px(4))
        self._layout.addWidget(self._button)
        self.hide()

    @property
    def opened(self) -> str:
        """The thought where it is open, else ""."""
        return self._thought if self._open else ""

    def show_thought(self, thought: str) -> None:
        """Have this thought at hand; it grows while the model thinks."""
        if thought == self._thought:
            return
        self._thought = thought
        self.setVisible(bool(thought))
        if self._text is not None and self._open:
            self._text.set_plain(thought)
            self.fit(self._width)

    def toggle(self) -> None:
        """Open or fold it."""
        self._open = not self._open
        if self._text is None:
            self._text = InertText(body=Type.UI)
            self._text.setAccessibleName(tr("What the model thought"))
            self._layout.addWidget(self._text)
        self._text.set_plain(self._thought)
        self._text.setVisible(self._open)
        self._button.say(tr("Hide what it thought") if self._open else tr("Show what it thought"))
        self.fit(self._width)
        self.toggled.emit()

    def fit(self, width: int) -> None:
        """Lay out at `width` pixels."""
        self._width = width
        if self._text is not None and self._open and width > 0:
            self._text.fit(width)
