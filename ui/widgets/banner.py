"""A calm line for what went wrong or can be undone: what happened, what to do, and perhaps a button that does it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import theme
from ui.widgets.buttons import IconButton, TextButton
from ui.widgets.labels import label
from ui.widgets.speak import announce


class Banner(QFrame):
    """Hidden until `say`. tone: "warn" or "quiet"."""

    def __init__(self, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setProperty("tone", tone)
        self._act: Callable[[], None] | None = None
        self._gone: Callable[[], None] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self._words = label("", wrap=True)
        self._button = TextButton(tr("Undo"))
        self._button.clicked.connect(self.press)
        self._close = IconButton("close", tr("Dismiss"), tone="warn" if tone == "warn" else "soft", px=14)
        self._close.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        px = theme().px
        layout.setContentsMargins(px(16), px(8), px(8), px(8))
        layout.setSpacing(px(12))
        layout.addWidget(self._words, 1)
        layout.addWidget(self._button)
        layout.addWidget(self._close)
        self.hide()

    @property
    def words(self) -> str:
        """What it says, "" while hidden."""
        return "" if self.isHidden() else self._words.text()

    def say(
        self,
        what: str,
        do: str = "",
        *,
        action: str = "",
        act: Callable[[], None] | None = None,
        gone: Callable[[], None] | None = None,
        seconds: float = 0,
    ) -> None:
        """Show two sentences; `action` names the button that calls `act`; `gone` is called when it goes unpressed.

        seconds: after which it goes by itself, 0 for never.
        """
        self.dismiss()
        self._words.setText(f"{what} {do}".strip())
        self._act, self._gone = act, gone
        self._button.setVisible(bool(action))
        self._button.say(action)
        if seconds:
            self._timer.start(round(seconds * 1000))
        self.show()
        announce(self, self._words.text())

    def dismiss(self) -> None:
        """Hide it."""
        self.hide()
        self._timer.stop()
        gone, self._act, self._gone = self._gone, None, None
        if gone is not None:
            gone()

    @property
    def can_act(self) -> bool:
        """True while it shows a button."""
        return self._act is not None

    def press(self) -> None:
        """Do what the button does."""
        act, self._gone = self._act, None
        self.dismiss()
        if act is not None:
            act()
