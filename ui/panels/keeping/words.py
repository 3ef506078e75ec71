"""A recovery key, shown once: 24 numbered words to be written down or printed."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QCheckBox, QDialog, QGridLayout, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import theme
from ui.widgets import TextButton, label

_COLUMNS: Final = 4


class RecoveryDialog(QDialog):
    """Closes only once the person says that the words are on paper."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme().px
        self.setWindowTitle(tr("Your recovery key"))
        self.setFixedWidth(px(620))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(32), px(28), px(32), px(24))
        layout.setSpacing(px(12))
        layout.addWidget(label(self.windowTitle(), "title"))
        layout.addWidget(
            label(
                tr(
                    "These 24 words open your data, and every backup made from now on, where you would write your "
                    "passphrase. They are shown this once and kept nowhere: write them down, and keep the paper "
                    "away from this computer. Whoever has them can open your data."
                ),
                "soft",
                wrap=True,
            )
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(18))
        grid.setVerticalSpacing(px(8))
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        shown = words.split()
        rows = (len(shown) + _COLUMNS - 1) // _COLUMNS
        for place, word in enumerate(shown):
            one = label(f"{place + 1:>2}  {word}", "note")
            one.setFont(fixed)
            grid.addWidget(one, place % rows, place // rows)
        layout.addLayout(grid)
        self.written = QCheckBox(tr("I have written them down"))
        self.done_button = TextButton(tr("Done"), "primary")
        self.done_button.setEnabled(False)
        self.written.toggled.connect(self.done_button.setEnabled)
        self.done_button.clicked.connect(self.accept)
        layout.addSpacing(px(6))
        layout.addWidget(self.written)
        layout.addWidget(self.done_button)

    def reject(self) -> None:
        """Esc must not take away what is shown once."""
        if self.written.isChecked():
            super().reject()
