"""What a locked window shows: that it is locked, and the way back in. It covers everything and knows nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import pixmap, theme
from ui.widgets import TextButton, label


class LockScreen(QFrame):
    """`unlock`: the person wants back in."""

    unlock = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAutoFillBackground(True)
        px = theme().px
        mark = QLabel()
        mark.setPixmap(pixmap("hedge", theme().palette.accent, px(48)))
        self.button = TextButton(tr("Unlock"), "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self.unlock)
        layout = QVBoxLayout(self)
        layout.setSpacing(px(14))
        layout.addStretch(2)
        for part in (mark, label(tr("Privet is locked"), "title"), label(tr("Nothing of yours is in memory."), "soft")):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(px(6))
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        parent.installEventFilter(self)
        self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self.button.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as the window."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False
