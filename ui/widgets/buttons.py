"""Buttons that carry their name for everyone: as tooltip, and for screen readers."""

from __future__ import annotations

from PySide6 import QtGui
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from ui.theme import icon, theme
from ui.widgets.early import BY_TAB, early
from ui.widgets.tips import tip


class IconButton(QToolButton):
    """A button that shows one of Privet's icons. tone: the colour of the palette it is drawn in."""

    def __init__(
        self, drawing: str, name: str, parent: QWidget | None = None, *, tone: str = "soft", px: int = 18
    ) -> None:
        super().__init__(parent)
        self._drawing, self._tone, self._px = drawing, tone, px
        early(self, BY_TAB)
        self.name(name)
        self.restyle()
        theme().changed.connect(self.restyle)

    def name(self, name: str, keys: str = "") -> None:
        """Say what pressing it does; `keys` do the same."""
        self.setAccessibleName(name)
        self.setToolTip(tip(f"{name}  {keys}".strip()))

    def draw(self, drawing: str, tone: str) -> None:
        """Show another icon."""
        self._drawing, self._tone = drawing, tone
        self.restyle()

    def follow(self, action: QtGui.QAction) -> None:
        """Do what `action` does, under its name, with its keys, and only when it can be done."""
        keys = action.shortcut().toString(QtGui.QKeySequence.SequenceFormat.NativeText)
        self.name(action.text().removesuffix("…"), keys)
        self.clicked.connect(action.trigger)
        action.enabledChanged.connect(self.setEnabled)
        self.setEnabled(action.isEnabled())

    def restyle(self) -> None:
        """Draw it in the colours and size of the theme."""
        pixels = theme().px(self._px)
        self.setIcon(icon(self._drawing, getattr(theme().palette, self._tone), pixels))
        self.setIconSize(QSize(pixels, pixels))


class TextButton(QPushButton):
    """A button with words, and an icon before them if `drawing` is given. role: as the style sheet names it."""

    def __init__(self, text: str, role: str = "", drawing: str = "", *, tone: str = "soft") -> None:
        super().__init__(text)
        self._drawing, self._tone = drawing, tone
        self._words, self._short = text, ""
        self._folded = False
        self.setAccessibleName(text)
        if role:
            self.setProperty("role", role)
        if drawing:
            self.restyle()
            theme().changed.connect(self.restyle)

    def say(self, text: str) -> None:
        """Show other words."""
        self._words = text
        self.setText(self._short if self._folded else text)
        self.setAccessibleName(text)
        self.setToolTip(tip(text) if self._folded else "")

    def fold(self, folded: bool, short: str = "") -> None:
        """Where there is little room: show the icon alone, or other words; the name stays what it is."""
        if (folded, short) != (self._folded, self._short):
            self._folded, self._short = folded, short
            self.setText(short if folded else self._words)
            self.setToolTip(tip(self._words) if folded else "")

    def restyle(self) -> None:
        """Draw the icon in the colours and size of the theme."""
        pixels = theme().px(16)
        self.setIcon(icon(self._drawing, getattr(theme().palette, self._tone), pixels))
        self.setIconSize(QSize(pixels, pixels))
