"""Which of several versions is shown, and the way to the others: "‹ 2 of 3 ›"."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

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
        self._parts: tuple[IconButton, QLabel, IconButton] | None = None  # made where there is a second version
        self.hide()

    @property
    def words(self) -> str:
        """What stands between the two buttons."""
        return self._parts[1].text() if self._parts is not None else ""

    def show_place(self, place: int, count: int) -> None:
        """Show that version `place` (from 0) of `count` is in sight."""
        self._place, self._count = place, count
        if count > 1:
            earlier, words, later = self._parts = self._parts or self._make()
            words.setText(tr("{n} of {count}", n=place + 1, count=count))
            earlier.setEnabled(place > 0)
            later.setEnabled(place < count - 1)
        self.setAccessibleName(tr("{name}: version {n} of {count}", name=self._name, n=place + 1, count=count))
        self.setVisible(count > 1)

    def _make(self) -> tuple[IconButton, QLabel, IconButton]:
        earlier = IconButton("left", tr("Earlier version"), px=14)
        later = IconButton("right", tr("Later version"), px=14)
        words = label("", "caption")
        earlier.clicked.connect(lambda: self.step(-1))
        later.clicked.connect(lambda: self.step(1))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme().px(2))
        for part in (earlier, words, later):
            layout.addWidget(part)
        return earlier, words, later

    def step(self, by: int) -> None:
        """Ask for the version `by` places on, where there is one."""
        if 0 <= self._place + by < self._count:
            self.chosen.emit(self._place + by)
