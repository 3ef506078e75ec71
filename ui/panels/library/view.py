"""Shows the documents with their state, and where to drop more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import theme
from ui.widgets import IconButton, ProgressLine, TextButton, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.lists import Row, RowList


class LibraryView(QWidget):
    """The list, its head with the buttons, and a dashed place to drop files where there are none."""

    add_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._list: RowList | None = None
        self.add = IconButton("plus", tr("Add documents"))
        self.stop = IconButton("stop", tr("Stop adding documents"))
        self._tidying: ProgressLine | None = None
        self._empty = self._empty_state()
        px = theme().px
        head = QHBoxLayout()
        head.setContentsMargins(px(10), 0, px(2), 0)
        head.addWidget(label(tr("Documents"), "section"), 1)
        head.addWidget(self.stop)
        head.addWidget(self.add)
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(px(4))
        layout.addLayout(head)
        layout.addWidget(self._empty)
        layout.addStretch(0)  # the list comes before it
        self.stop.hide()

    @property
    def list(self) -> RowList:
        """The rows; made when first asked for, which the first paint need not wait for."""
        if self._list is None:
            from ui.lists import RowList

            self._list = RowList(tr("Documents"))
            self._list.hide()
            self._layout.insertWidget(2, self._list, 1)
        return self._list

    @property
    def tidying(self) -> ProgressLine:
        """How far the index is written anew after a removal."""
        if self._tidying is None:
            self._tidying = ProgressLine(tr("Progress of tidying up"))
            self._layout.addWidget(self._tidying)
        return self._tidying

    def show_documents(self, rows: Sequence[Row], adding: bool) -> None:
        """Show the rows; adding: whether there is something to stop."""
        self.list.show_rows(rows)
        self.list.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self.stop.setVisible(adding)

    def _empty_state(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("empty")
        button = TextButton(tr("Choose files…"), "link")
        button.clicked.connect(self.add_pressed)
        layout = QVBoxLayout(frame)
        pad = theme().px(14)
        layout.setContentsMargins(pad, pad, pad, theme().px(8))
        layout.setSpacing(theme().px(4))
        layout.addWidget(label(tr("Drop a PDF here to ask about it."), "soft", wrap=True))
        layout.addWidget(label(tr("Word, text, Markdown and HTML work too."), "caption", wrap=True))
        layout.addWidget(button)
        return frame
