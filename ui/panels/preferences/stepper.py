"""A number with a button on each side that makes it smaller or larger."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractSpinBox, QHBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import theme
from ui.widgets import IconButton


class Stepper(QWidget):
    """Shows `box` between its buttons. name: what the number is, for screen readers."""

    def __init__(self, box: QAbstractSpinBox, name: str) -> None:
        super().__init__()
        box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        box.setKeyboardTracking(False)
        box.setAccessibleName(name)
        box.setFixedWidth(theme().px(110))
        self.setFocusProxy(box)
        less = IconButton("minus", tr("Less: {name}", name=name))
        more = IconButton("plus", tr("More: {name}", name=name))
        less.clicked.connect(box.stepDown)
        more.clicked.connect(box.stepUp)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme().px(4))
        for part in (less, box, more):
            layout.addWidget(part)
