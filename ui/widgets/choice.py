"""A choice between a few things: the one in force is in sight, the others in a menu, with a word on each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from ui.i18n import tr
from ui.widgets.buttons import TextButton
from ui.widgets.tips import tip


class ChoiceButton(TextButton):
    """`chosen` comes with the number of a choice that the person made; not when it is set by the program."""

    chosen = Signal(int)

    def __init__(self, name: str, choices: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """choices: what each is called, and a few words about it."""
        super().__init__("", "quiet")
        if parent is not None:
            self.setParent(parent)
        self._name, self._choices = name, tuple(choices)
        menu = QMenu(self)
        self._group = QActionGroup(self)
        for number, (title, words) in enumerate(self._choices):
            action = QAction(f"{title}: {words}" if words else title, menu)
            action.setCheckable(True)
            action.setData(number)
            self._group.addAction(action)
            menu.addAction(action)
        self._group.triggered.connect(self._chosen)
        self.setMenu(menu)
        self.choose(0)

    @property
    def value(self) -> int:
        """The number of the choice in force, from 0."""
        action = self._group.checkedAction()
        return int(action.data()) if action is not None else 0

    def choose(self, number: int) -> None:
        """Show a choice."""
        title, words = self._choices[number]
        self._group.actions()[number].setChecked(True)
        self.setText(title)
        self.setAccessibleName(tr("{name}: {choice}", name=self._name, choice=title))
        self.setAccessibleDescription(words)
        self.setToolTip(tip(f"{self._name}: {words}"))

    def _chosen(self, action: QAction) -> None:
        number = int(action.data())
        self.choose(number)
        self.chosen.emit(number)
