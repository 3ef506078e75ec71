"""How questions to the documents are answered: as the settings say, until the person chooses another way here."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

from assistant.settings import options
from assistant.values import AnswerMode
from ui.ports import Assistant
from ui.widgets import Composer

MODES: Final = (AnswerMode.QUOTES, AnswerMode.CAREFUL, AnswerMode.FREE)


class AnswerModes(QObject):
    """The way that is in force for the next question."""

    def __init__(self, composer: Composer) -> None:
        super().__init__(composer)
        self._composer = composer
        self._chosen: AnswerMode | None = None
        self._usual = AnswerMode.CAREFUL
        composer.mode.chosen.connect(lambda number: self.choose(MODES[number]))
        self._show()

    @property
    def mode(self) -> AnswerMode:
        """Quotes only, careful, or free."""
        return self._chosen or self._usual

    def attach(self, assistant: Assistant) -> None:
        """Begin with what the settings say."""
        self._usual = AnswerMode(assistant.settings.get(options.ANSWER_MODE))
        self._show()

    def choose(self, mode: AnswerMode) -> None:
        """Answer this way from now on, until Privet is closed."""
        self._chosen = mode
        self._show()

    def _show(self) -> None:
        self._composer.mode.choose(MODES.index(self.mode))
