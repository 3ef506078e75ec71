"""One line of the page: a mark, what it is about, and what is so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import pixmap, theme
from ui.widgets import label


class Mark(Enum):
    """How a thing stands: the drawing and the colour of its mark, and its word for those who hear the page."""

    GOOD = ("check", "leaf", "In force")
    NONE = ("minus", "faint", "Not in force here")
    BAD = ("close", "warn", "Look at this")


@dataclass(frozen=True, slots=True)
class Line:
    """What one line says. seen: a sentence."""

    mark: Mark
    title: str
    seen: str


class LineList(QFrame):
    """Lines under one another; `show_lines` puts others in their place, `add` one more."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme().px(10))
        self._grid.setVerticalSpacing(theme().px(10))
        self._grid.setColumnStretch(1, 1)
        self._lines: list[Line] = []

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return tuple(self._lines)

    def show_lines(self, lines: list[Line]) -> None:
        """Show these lines; nothing is drawn anew where they are the same."""
        if lines == self._lines:
            return
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._lines = []
        for line in lines:
            self.add(line)

    def add(self, line: Line) -> None:
        """Show one more line."""
        row = len(self._lines)
        self._lines.append(line)
        drawing, tone, word = line.mark.value
        mark = QLabel()
        mark.setPixmap(pixmap(drawing, getattr(theme().palette, tone), theme().px(16)))
        mark.setAccessibleName(tr(word))
        self._grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(_words(line), row, 1)


def _words(line: Line) -> QWidget:
    both = QWidget()
    layout = QVBoxLayout(both)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme().px(1))
    title = label(line.title, "", wrap=True)
    seen = label(line.seen, "caption", wrap=True)
    seen.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    layout.addWidget(title)
    layout.addWidget(seen)
    return both
