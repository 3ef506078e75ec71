"""How one model is to run: each choice with what it would mean for memory, speed and the wait, beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QDialog, QHBoxLayout, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import theme
from ui.widgets import Banner, TextButton, label


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an option. words: what it is; means: what would come of it. chosen: it is in force."""

    words: str
    means: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One option. locked: why it can't be chosen, or ""."""

    title: str
    text: str
    choices: tuple[Choice, ...]
    locked: str = ""


class RunningDialog(QDialog):
    """`chosen`: the number of an option and of a choice in it. `kept`: what is chosen is to be used."""

    chosen = Signal(int, int)
    kept = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme().px
        self.setWindowTitle(tr("How {name} runs", name=name))
        self.resize(px(720), px(640))
        self.fault = Banner("warn")
        self.summary = label("", "", wrap=True)
        self.buttons: list[list[QRadioButton]] = []
        self._groups: list[QButtonGroup] = []
        self._body = QWidget()
        self._body.setObjectName("canvas")
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(px(28), px(20), px(24), px(12))
        self._column.setSpacing(px(6))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(tr("How it runs"))
        area.setWidget(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addLayout(self._foot())

    def show_rows(self, rows: Sequence[Row], summary: str) -> None:
        """Show the options, and what all that is chosen means together."""
        self.summary.setText(summary)
        if self.buttons and [len(row.choices) for row in rows] == [len(some) for some in self.buttons]:
            for row, buttons in zip(rows, self.buttons, strict=True):
                for choice, button in zip(row.choices, buttons, strict=True):
                    _say(button, row, choice)
            return
        self._build(rows)

    def _build(self, rows: Sequence[Row]) -> None:
        px = theme().px
        for number, row in enumerate(rows):
            self._column.addWidget(label(row.title, "title"))
            self._column.addWidget(label(row.locked or row.text, "caption", wrap=True))
            group = QButtonGroup(self)
            buttons = []
            for place, choice in enumerate(row.choices):
                button = QRadioButton()
                _say(button, row, choice)
                group.addButton(button, place)
                buttons.append(button)
                self._column.addWidget(button)
            group.idClicked.connect(lambda place, number=number: self.chosen.emit(number, place))
            self._groups.append(group)
            self.buttons.append(buttons)
            self._column.addSpacing(px(10))
        self._column.addStretch(1)

    def _foot(self) -> QVBoxLayout:
        px = theme().px
        self._keep = TextButton(tr("Use this"), "primary")
        leave = TextButton(tr("Leave it as it was"))
        self._keep.clicked.connect(self.kept)
        leave.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (leave, self._keep):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        foot = QVBoxLayout()
        foot.setContentsMargins(px(28), px(10), px(24), px(16))
        foot.setSpacing(px(10))
        for part in (self.summary, self.fault):
            foot.addWidget(part)
        foot.addLayout(buttons)
        return foot


def _say(button: QRadioButton, row: Row, choice: Choice) -> None:
    button.setText(f"{choice.words}   {choice.means}")
    button.setAccessibleName(f"{row.title}: {choice.words}")
    button.setAccessibleDescription(choice.means)
    button.setEnabled(not row.locked)
    button.setChecked(choice.chosen)
