"""Shows the passages an answer rests on; one can be marked and brought into sight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from assistant.values import Citation
from ui.i18n import counted, tr
from ui.theme import Type, theme
from ui.widgets import ElidedLabel, IconButton, InertText, TextButton, announce, label

_FOLDED_LINES: Final = 8


class SourceCard(QFrame):
    """One passage: its number, its document, its place and its words. Long ones open on demand."""

    opened = Signal()

    def __init__(self, citation: Citation) -> None:
        super().__init__()
        self.number = citation.number
        self._folded = True
        self._whole = 0
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
        self._arrange(citation)

    def _arrange(self, citation: Citation) -> None:
        px = theme().px
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(label(str(citation.number), "number"))
        head.addWidget(ElidedLabel(citation.document, "", Qt.TextElideMode.ElideMiddle), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(14), px(12), px(14), px(10))
        layout.setSpacing(px(6))
        layout.addLayout(head)
        if citation.place:
            layout.addWidget(ElidedLabel(citation.place[:1].upper() + citation.place[1:], "caption"))
        layout.addWidget(self._text)
        layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)

    def fit(self, width: int) -> None:
        """Lay out the passage for a card of `width` pixels."""
        inner = width - 2 * theme().px(14) - 4
        self._whole = self._text.fit(inner)
        folded = _FOLDED_LINES * round(self._text.fontMetrics().lineSpacing() * 1.26)
        is_long = self._whole > folded + 2 * self._text.fontMetrics().lineSpacing()
        self._more.setVisible(is_long)
        self._more.say(tr("Show the whole passage") if self._folded else tr("Show less"))
        if is_long and self._folded:
            self._text.setFixedHeight(folded)

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
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.toggle()
        else:
            super().keyPressEvent(event)


class SourcesView(QFrame):
    """The cards, one below the other; `closed` when the person wants the panel away."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sources")
        self._cards: list[SourceCard] = []
        self._shown: tuple[Citation, ...] | None = None
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
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
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
    def marked(self) -> int | None:
        """The number of the marked passage."""
        return next((card.number for card in self._cards if card.property("marked") == "true"), None)

    def show_citations(self, citations: Sequence[Citation]) -> None:
        """Show the passages of one answer."""
        if tuple(citations) == self._shown:
            return
        self._shown = tuple(citations)
        for card in self._cards:
            self._column.removeWidget(card)
            card.deleteLater()
        self._cards = [SourceCard(citation) for citation in citations]
        for place, card in enumerate(self._cards):
            self._column.insertWidget(place + 1, card)
        self._empty.setVisible(not citations)
        self._count.setText(counted(len(citations), "{n} passage", "{n} passages") if citations else "")
        self._area.verticalScrollBar().setValue(0)
        self._fit()

    def show_source(self, number: int) -> None:
        """Mark a passage and bring it into sight."""
        for card in self._cards:
            card.mark(card.number == number)
            if card.number == number:
                card.setFocus()
                announce(card, f"{card.accessibleName()}. {card.accessibleDescription()}")
                # Only once the column has its new height can it be scrolled to.
                QTimer.singleShot(0, card, lambda card=card: self._reveal(card))  # type: ignore[misc]

    def _reveal(self, card: SourceCard) -> None:
        self._area.widget().layout().activate()
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
