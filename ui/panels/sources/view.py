"""Shows the passages an answer rests on, drawn one at a time; one can be marked and brought into sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
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
        self._cards: list[
            SourceCard
        ] = []  # those of the passages, as far as they are drawn, and behind them spare ones
        self._drawn = 0
        self._unfitted: set[SourceCard] = set()
        self._marked: int | None = None
        self._wanted: int | None = None  # the passage to be gone to once it is drawn
        self._slice = QTimer(self)
        self._slice.setInterval(0)
        self._slice.timeout.connect(self._work)
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
        return tuple(citation.number for citation in self.citations)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The passages shown."""
        return self._shown or ()

    @property
    def cards(self) -> tuple[SourceCard, ...]:
        """Those that are drawn; while nobody sees them, none need be."""
        return tuple(self._cards[: self._drawn])

    @property
    def busy(self) -> bool:
        """True while slices of the work remain."""
        return self._slice.isActive()

    @property
    def marked(self) -> int | None:
        """The number of the marked passage."""
        return self._marked

    def mark_source(self, number: int) -> None:
        """Mark a passage without going to it."""
        self._marked = number if number in self.numbers else None
        for card in self.cards:
            card.mark(card.number == number)

    def show_citations(self, citations: Sequence[Citation]) -> None:
        """Show the passages of one answer."""
        if tuple(citations) == self._shown:
            return
        before, self._shown = self._shown or (), tuple(citations)
        same = [one.passage_id for one in before] == [one.passage_id for one in citations] and len(before) > 0
        self._empty.setVisible(not citations)
        self._count.setText(counted(len(citations), "{n} passage", "{n} passages") if citations else "")
        if not same:  # else other words in them are marked now; what a person chose stays chosen, and in sight
            self._marked = self._wanted = None
            for card in self._cards:
                card.hide()
            self._area.verticalScrollBar().setValue(0)
        self._drawn = 0
        self._go_on()

    def show_pinned(self, pinned: frozenset[object]) -> None:
        """Show which passages are kept in mind."""
        self._pinned = pinned
        for card in self.cards:
            card.show_pinned(pinned)

    def show_source(self, number: int) -> None:
        """Mark a passage and bring it into sight."""
        self.mark_source(number)
        self._wanted = number
        self._go_on()

    def take_focus(self) -> None:
        """Go to the marked passage, or the first."""
        for card in self.cards:
            if self.marked in (None, card.number):
                card.setFocus()
                return
        self._close.setFocus()

    # --- drawing ----------------------------------------------------------------------------

    def _go_on(self) -> None:
        if self.isVisible():
            self._slice.start()

    def _work(self) -> None:
        """One slice: a passage is drawn, or laid out anew, or gone to."""
        if self._drawn < len(self.citations):
            self._draw(self.citations[self._drawn])
        elif self._unfitted:
            self._unfitted.pop().fit(self._width())
        else:
            self._slice.stop()
            wanted, self._wanted = self._wanted, None
            for card in self.cards:
                if card.number == wanted:
                    self._go_to(card)

    def _draw(self, citation: Citation) -> None:
        """Show the next passage, on the card that is in its place."""
        if self._drawn == len(self._cards):
            from ui.panels.sources.card import SourceCard  # not needed for the first paint

            card = SourceCard(citation)
            card.pin_pressed.connect(self.pin_pressed)
            card.open_pressed.connect(self.open_pressed)
            self._cards.append(card)
            self._column.insertWidget(len(self._cards), card)
        card = self._cards[self._drawn]
        card.show_citation(citation)
        card.show_pinned(self._pinned)
        card.mark(citation.number == self._marked)
        card.fit(self._width())
        card.show()
        self._unfitted.discard(card)
        self._drawn += 1

    def _go_to(self, card: SourceCard) -> None:
        card.setFocus()
        announce(card, f"{card.accessibleName()}. {card.accessibleDescription()}")
        # Only once the column has its new height can it be scrolled to.
        QTimer.singleShot(0, card, lambda: self._reveal(card))

    def _reveal(self, card: SourceCard) -> None:
        self._column.activate()
        self._area.verticalScrollBar().setValue(max(0, card.y() - theme().px(8)))

    def _width(self) -> int:
        margins = self._column.contentsMargins()
        return self._area.viewport().width() - margins.left() - margins.right()

    def _refit(self) -> None:
        self._unfitted = set(self.cards)
        self._go_on()

    def _restyle(self) -> None:
        for card in self._cards:
            card.restyle()
        self._refit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._refit)
