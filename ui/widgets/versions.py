"""Which of several versions is shown, and the way to the others: "‹ 2 of 3 ›"."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import theme
from ui.widgets.buttons import IconButton
from ui.widgets.labels import label


class VersionSwitch(QWidget):
    """`chosen` comes with the place, from 0, of the version that the person wants to see. Hidden where there is one."""

    chosen = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._place, self._count = 0, 1
        self._earlier = IconButton("left", tr("Earlier version"), px=14)
        self._later = IconButton("right", tr("Later version"), px=14)
        self._words = label("", "caption")
        self._earlier.clicked.connect(lambda: self.step(-1))
        self._later.clicked.connect(lambda: self.step(1))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme().px(2))
        for part in (self._earlier, self._words, self._later):
            layout.addWidget(part)
        self.hide()

    @property
    def words(self) -> str:
        """What stands between the two buttons."""
        return self._words.text()

    def show_place(self, place: int, count: int) -> None:
        """Show that version `place` (from 0) of `count` is in sight."""
        self._place, self._count = place, count
        self._words.setText(tr("{n} of {count}", n=place + 1, count=count))
        self.setAccessibleName(tr("{name}: version {n} of {count}", name=self._name, n=place + 1, count=count))
        self._earlier.setEnabled(place > 0)
        self._later.setEnabled(place < count - 1)
        self.setVisible(count > 1)

    def step(self, by: int) -> None:
        """Ask for the version `by` places on, where there is one."""
        if 0 <= self._place + by < self._count:
            self.chosen.emit(self._place + by)
