"""Shows the passages an answer rests on; one can be marked and brought into sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ui.i18n import counted, tr
from ui.theme import theme
from ui.widgets import NO_FOCUS, NO_SIDE_SCROLL, IconButton, announce, early, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.values import Citation
    from ui.panels.sources.card import SourceCard


class SourcesView(QFrame):
    """The cards, one below the other; `closed` when the person wants the panel away.

    `pin_pressed`: with a passage. `open_pressed`: a passage is to be shown in its document, with its number.
    """

    closed = Signal()
    pin_pressed = Signal(object)
    open_pressed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sources")
        self._cards: list[SourceCard] = []
        self._shown: tuple[Citation, ...] | None = None
        self._pinned: frozenset[object] = frozenset()
        self._empty = label(
            tr("When you ask your documents, the passages an answer rests on appear here, with their pages."),
            "soft",
            wrap=True,
        )
        self._count = label("", "caption")
        self._close = IconButton("close", tr("Hide the sources"), px=14)
        self._close.clicked.connect(self.closed)
        self._column = QVBoxLayout()
        self._area = QScrollArea()
        self._arrange()
        theme().changed.connect(self._restyle)

    def _arrange(self) -> None:
        px = theme().px
        head = QHBoxLayout()
        head.setContentsMargins(px(16), 0, px(8), 0)
        head.setSpacing(px(8))
        head.addWidget(label(tr("Sources"), "title"))
        head.addWidget(self._count, 1)
        head.addWidget(self._close)
        inner = QWidget()
        inner.setObjectName("sources")
        inner.setLayout(self._column)
        self._column.setContentsMargins(px(16), px(4), px(12), px(16))
        self._column.setSpacing(px(12))
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self._area.setWidgetResizable(True)
        early(self._area, NO_SIDE_SCROLL, NO_FOCUS)
        self._area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, px(12), 0, 0)
        layout.setSpacing(px(10))
        layout.addLayout(head)
        layout.addWidget(self._area, 1)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the passages shown."""
        return tuple(card.number for card in self._cards)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The passages shown."""
        return self._shown or ()

    def mark_source(self, number: int) -> None:
        """Mark a passage without going to it."""
        for card in self._cards:
            card.mark(card.number == number)

    @property
    def marked(self) -> int | None:
        """The number of the marked passage."""
        return next((card.number for card in self._cards if card.property("marked") == "true"), None)

    def show_citations(self, citations: Sequence[Citation]) -> None:
        """Show the passages of one answer."""
        if tuple(citations) == self._shown:
            return
        from ui.panels.sources.card import SourceCard  # not needed for the first paint

        before, self._shown = self._shown or (), tuple(citations)
        same = [one.passage_id for one in before] == [one.passage_id for one in citations] and len(before) > 0
        marked, top = self.marked, self._area.verticalScrollBar().value()
        for card in self._cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = [SourceCard(citation) for citation in citations]
        for place, card in enumerate(self._cards):
            card.pin_pressed.connect(self.pin_pressed)
            card.open_pressed.connect(self.open_pressed)
            card.show_pinned(self._pinned)
            self._column.insertWidget(place + 1, card)
        self._empty.setVisible(not citations)
        self._count.setText(counted(len(citations), "{n} passage", "{n} passages") if citations else "")
        if same and marked is not None:  # other words in them are marked now; what a person chose stays chosen
            self.mark_source(marked)
        self._fit()
        self._area.verticalScrollBar().setValue(top if same else 0)

    def show_pinned(self, pinned: frozenset[object]) -> None:
        """Show which passages are kept in mind."""
        self._pinned = pinned
        for card in self._cards:
            card.show_pinned(pinned)

    def show_source(self, number: int) -> None:
        """Mark a passage and bring it into sight."""
        for card in self._cards:
            card.mark(card.number == number)
            if card.number == number:
                card.setFocus()
                announce(card, f"{card.accessibleName()}. {card.accessibleDescription()}")
                # Only once the column has its new height can it be scrolled to.
                QTimer.singleShot(0, card, lambda card=card: self._reveal(card))

    def _reveal(self, card: SourceCard) -> None:
        self._column.activate()
        self._area.verticalScrollBar().setValue(max(0, card.y() - theme().px(8)))

    def take_focus(self) -> None:
        """Go to the marked passage, or the first."""
        for card in self._cards:
            if self.marked in (None, card.number):
                card.setFocus()
                return
        self._close.setFocus()

    def _fit(self) -> None:
        margins = self._column.contentsMargins()
        width = self._area.viewport().width() - margins.left() - margins.right()
        for card in self._cards:
            card.fit(width)

    def _restyle(self) -> None:
        for card in self._cards:
            card.restyle()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._fit)
