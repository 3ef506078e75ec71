"""The commands as Qt's actions: bound to their keys, greyed where they make no sense, and laid out as a menu."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from ui.actions.catalogue import COMMANDS
from ui.actions.command import Command, Desk
from ui.i18n import tr


class Actions:
    """One QAction per command, owned by `window`; `refresh` is to be called whenever the desk's state changed."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        self._desk = desk
        self._actions = {command.id: self._action(command, window) for command in COMMANDS}
        self.refresh()

    def __getitem__(self, command: str) -> QAction:
        return self._actions[command]

    def __iter__(self) -> Iterator[tuple[Command, QAction]]:
        return iter([(command, self._actions[command.id]) for command in COMMANDS])

    def refresh(self) -> None:
        """Enable what makes sense now."""
        for command, action in self:
            action.setEnabled(command.when(self._desk))

    def menu(self, parent: QWidget) -> QMenu:
        """All commands that belong in a menu, one section per group."""
        menu = QMenu(parent)
        group = ""
        for command, action in self:
            if not command.menu:
                continue
            if group and command.group != group:
                menu.addSeparator()
            group = command.group
            menu.addAction(action)
        menu.aboutToShow.connect(self.refresh)
        return menu

    def _action(self, command: Command, window: QWidget) -> QAction:
        action = QAction(tr(command.title), window)
        action.setObjectName(command.id)
        # Keys of a local command are bound where they are pressed; here they would be taken from every text field.
        if not command.local:
            action.setShortcuts([QKeySequence(keys) for keys in command.shortcuts])
        action.triggered.connect(lambda: self._run(command))
        window.addAction(action)
        return action

    def _run(self, command: Command) -> None:
        # The state may have changed since the keys were last greyed or not.
        if command.when(self._desk):
            command.run(self._desk)
