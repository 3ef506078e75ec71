"""Shows one passage that an answer rests on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from assistant.values import Citation
from ui.i18n import tr
from ui.text import InertText
from ui.theme import Type, theme
from ui.widgets import ElidedLabel, TextButton, label

_FOLDED_LINES: Final = 8


class SourceCard(QFrame):
    """One passage: its number, its document, its place and its words. Long ones open on demand.

    `pin_pressed`: it is to be kept in mind, or no more; with its id. `open_pressed`: it is to be shown in its document.
    """

    opened = Signal()
    pin_pressed = Signal(object)
    open_pressed = Signal(int)

    def __init__(self, citation: Citation) -> None:
        super().__init__()
        self.number = citation.number
        self._folded = True
        self.setObjectName("card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(
            tr("Source {n}: {document}, {place}", n=citation.number, document=citation.document, place=citation.place)
        )
        self.setAccessibleDescription(citation.text)
        self._text = InertText(body=Type.UI)
        self._text.setAccessibleName(tr("Passage {n}", n=citation.number))
        self._text.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._text.set_plain(citation.text or tr("This passage went with its document, which was removed."))
        self._more = TextButton(tr("Show the whole passage"), "link")
        self._more.clicked.connect(self.toggle)
        self._passage = citation.passage_id
        self._pin = TextButton("", "link")
        self._pin.clicked.connect(lambda: self.pin_pressed.emit(self._passage))
        self._open = TextButton(tr("Open"), "link")
        self._open.setAccessibleName(tr("Open the document of passage {n} at it", n=citation.number))
        self._open.clicked.connect(lambda: self.open_pressed.emit(self.number))
        self._arrange(citation)
        # Only now: what is shown before it has a place is a window of its own for a moment, and takes the keyboard.
        self._open.setVisible(citation.document_id is not None)
        self.show_pinned(frozenset())

    def _arrange(self, citation: Citation) -> None:
        px = theme().px
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(label(str(citation.number), "number"))
        head.addWidget(ElidedLabel(citation.document, in_the_middle=True), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(14), px(12), px(14), px(10))
        layout.setSpacing(px(6))
        layout.addLayout(head)
        if citation.place:
            layout.addWidget(ElidedLabel(citation.place[:1].upper() + citation.place[1:], "caption"))
        layout.addWidget(self._text)
        foot = QHBoxLayout()
        foot.addWidget(self._more)
        foot.addStretch(1)
        foot.addWidget(self._open)
        foot.addWidget(self._pin)
        layout.addLayout(foot)

    def fit(self, width: int) -> None:
        """Lay out the passage for a card of `width` pixels."""
        inner = width - 2 * theme().px(14) - 4
        self._text.fit(inner)
        folded = self._text.height_of_lines(_FOLDED_LINES)
        self._more.setVisible(folded is not None)
        self._more.say(tr("Show the whole passage") if self._folded else tr("Show less"))
        if folded is not None and self._folded:
            self._text.setFixedHeight(folded)

    def show_pinned(self, pinned: Collection[object]) -> None:
        """Show whether it is among the passages that are kept in mind."""
        self._pin.setVisible(self._passage is not None)
        held = self._passage in pinned
        self._pin.say(tr("Unpin") if held else tr("Pin"))
        self._pin.setAccessibleName(
            tr("Keep passage {n} in mind no more", n=self.number)
            if held
            else tr("Keep passage {n} in mind in this chat", n=self.number)
        )

    def toggle(self) -> None:
        """Open or fold a long passage."""
        self._folded = not self._folded
        self.fit(self.width())
        self.opened.emit()

    def mark(self, marked: bool) -> None:
        """Draw it as the one that is meant, and open it."""
        self.setProperty("marked", "true" if marked else "false")
        self.style().polish(self)
        if marked and self._folded:
            self.toggle()

    def restyle(self) -> None:
        """Write the passage anew after the theme changed."""
        self._text.restyle()
        self.fit(self.width())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_O and not self._open.isHidden():
            self.open_pressed.emit(self.number)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.toggle()
        else:
            super().keyPressEvent(event)
