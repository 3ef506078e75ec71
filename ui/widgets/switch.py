"""A choice between two or three things, all of them in sight."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout

from ui.theme import theme
from ui.widgets.buttons import TextButton


class Switch(QFrame):
    """`chosen` comes with the number of a choice that the person made; not when it is set by the program."""

    chosen = Signal(int)

    def __init__(self, name: str, choices: Sequence[str], short: Sequence[str] = ()) -> None:
        """short: what each choice is called where there is little room."""
        super().__init__()
        self._whole, self._short = tuple(choices), tuple(short) or tuple(choices)
        self.setObjectName("switch")
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        layout = QHBoxLayout(self)
        pad = theme().px(3)
        layout.setContentsMargins(pad, pad, pad, pad)
        layout.setSpacing(2)
        for number, words in enumerate(choices):
            button = TextButton(words)
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {words}")
            self._group.addButton(button, number)
            layout.addWidget(button)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self.chosen)

    def fold(self, folded: bool) -> None:
        """Show the short words, or the whole ones."""
        for button, short in zip(self._group.buttons(), self._short, strict=True):
            if isinstance(button, TextButton):
                button.fold(folded, short)

    def room(self, folded: bool) -> int:
        """How wide it is with the short words, or with the whole ones."""
        width = 2 * theme().px(3) + 2 * (len(self._group.buttons()) - 1)
        for button, words in zip(self._group.buttons(), self._short if folded else self._whole, strict=True):
            shown = button.fontMetrics().horizontalAdvance(button.text())
            width += button.sizeHint().width() - shown + button.fontMetrics().horizontalAdvance(words)
        return width

    @property
    def value(self) -> int:
        """The number of the choice in force, from 0."""
        return self._group.checkedId()

    def choose(self, number: int) -> None:
        """Show a choice."""
        self._group.button(number).setChecked(True)
