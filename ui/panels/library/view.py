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
    """The list, its head with the buttons, and a dashed place to drop files where there are none.

    `everywhere_pressed`: documents of all workspaces are wanted, or of one again.
    """

    add_pressed = Signal()
    everywhere_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._list: RowList | None = None
        self.add = IconButton("plus", tr("Add documents"))
        self.stop = IconButton("stop", tr("Take everything that waits off the list"))
        self.pause = IconButton("pause", tr("Pause, or go on with, reading and learning"))
        self._status = label("", "caption", wrap=True)
        self._tidying: ProgressLine | None = None
        self._elsewhere = TextButton(tr("Only those of this workspace"), "link")
        self._elsewhere.clicked.connect(self.everywhere_pressed)
        self._empty = self._empty_state()
        px = theme().px
        head = QHBoxLayout()
        head.setContentsMargins(px(10), 0, px(2), 0)
        head.addWidget(label(tr("Documents"), "section"), 1)
        head.addWidget(self.pause)
        head.addWidget(self.stop)
        head.addWidget(self.add)
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(px(4))
        layout.addLayout(head)
        layout.addWidget(self._status)
        layout.addWidget(self._empty)
        layout.addWidget(self._elsewhere)
        layout.addStretch(0)  # the list comes before it
        self._status.setContentsMargins(px(10), 0, px(10), 0)
        for part in (self.stop, self.pause, self._status, self._elsewhere):
            part.hide()

    @property
    def list(self) -> RowList:
        """The rows; made when first asked for, which the first paint need not wait for."""
        if self._list is None:
            from ui.lists import RowList

            self._list = RowList(tr("Documents"), several=True)
            self._list.hide()
            self._layout.insertWidget(4, self._list, 1)
        return self._list

    @property
    def tidying(self) -> ProgressLine:
        """How far the index is written anew after a removal."""
        if self._tidying is None:
            self._tidying = ProgressLine(tr("Progress of tidying up"))
            self._layout.addWidget(self._tidying)
        return self._tidying

    def show_elsewhere(self, words: str) -> None:
        """What else there is to be shown than this workspace's documents, or only those again; "" for nothing."""
        if words:  # a button never stays without a name
            self._elsewhere.say(words)
        self._elsewhere.setVisible(bool(words))

    def show_status(self, words: str) -> None:
        """What is still to be done, in one line; "" for nothing."""
        self._status.setText(words)
        self._status.setVisible(bool(words))
        self.pause.setVisible(bool(words))

    def show_documents(self, rows: Sequence[Row], adding: bool, paused: bool = False) -> None:
        """Show the rows; adding: whether there is something to stop. paused: whether one may go on."""
        self.list.show_rows(rows)
        self.list.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self.stop.setVisible(adding)
        self.pause.draw("play" if paused else "pause", "soft")

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
        layout.addWidget(label(tr("Word, Excel, mail, pictures of text and many more work too."), "caption", wrap=True))
        layout.addWidget(button)
        return frame
