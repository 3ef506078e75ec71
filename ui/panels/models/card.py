"""Shows one installed model: how it would do here and why, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from ui.i18n import tr
from ui.panels.models.pictures import LayoutBars
from ui.panels.models.rows import ModelCard
from ui.theme import pixmap, theme
from ui.widgets import TextButton, label


class CardView(QFrame):
    """`asked_for`: "use", "tune", "run", "verify" or "remove", with the model's key."""

    asked_for = Signal(str, str)

    def __init__(self, card: ModelCard) -> None:
        super().__init__()
        self.card = card
        self.setObjectName("card")
        self.setAccessibleName(f"{card.name}. {card.verdict}. {card.facts}")
        self.setAccessibleDescription(card.why)
        self._layout = QVBoxLayout(self)
        px = theme().px
        self._layout.setContentsMargins(px(16), px(12), px(16), px(10))
        self._layout.setSpacing(px(6))
        self._details = label("\n".join(card.details), "caption", wrap=True)
        self._details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = TextButton(tr("Details"), "link")
        self._arrange()

    def _arrange(self) -> None:
        card, px = self.card, theme().px
        head = QHBoxLayout()
        head.setSpacing(px(8))
        head.addWidget(label(card.name, "title", wrap=True), 1)
        if card.verdict:
            drawing, tone = card.tone.value
            mark = QLabel()
            mark.setPixmap(pixmap(drawing, getattr(theme().palette, tone), px(16)))
            head.addWidget(mark)
            head.addWidget(label(card.verdict, "soft"))
        self._layout.addLayout(head)
        self._layout.addWidget(label(card.facts, "caption", wrap=True))
        if card.why:
            self._layout.addWidget(label(card.why, "", wrap=True))
        if card.tuning is not None:
            self._layout.addWidget(LayoutBars(card.tuning.bars))
            self._layout.addWidget(label(card.tuning.why, "soft", wrap=True))
        self._layout.addWidget(self._details)
        self._details.hide()
        self._layout.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        card = self.card
        row = QHBoxLayout()
        row.setSpacing(theme().px(6))
        if card.chat and not card.answers:
            row.addWidget(self._button(tr("Answer with this"), "use", "primary"))
        elif card.searches and not card.answers:
            row.addWidget(self._button(tr("Search with this"), "use", "primary"))
        elif card.orders and not card.answers:
            row.addWidget(self._button(tr("Order with this"), "use", "primary"))
        elif card.answers and card.chat:
            row.addWidget(label(tr("This one answers"), "soft"))
        if card.chat:
            row.addWidget(self._button(tr("Tune for this computer"), "tune", "quiet"))
            row.addWidget(self._button(tr("How it runs…"), "run", "quiet"))
        row.addWidget(self._button(tr("Verify"), "verify", "quiet"))
        if not card.own and not card.answers:
            row.addWidget(self._button(tr("Remove"), "remove", "quiet"))
        row.addStretch(1)
        self._more.setVisible(bool(card.details))
        self._more.clicked.connect(self.toggle)
        row.addWidget(self._more)
        return row

    def _button(self, words: str, what: str, role: str) -> TextButton:
        button = TextButton(words, role)
        button.setAutoDefault(False)
        button.setAccessibleName(f"{words}: {self.card.name}")
        button.clicked.connect(lambda: self.asked_for.emit(what, self.card.key))
        return button

    def toggle(self) -> None:
        """Show or hide the details."""
        shown = self._details.isHidden()
        self._details.setVisible(shown)
        self._more.say(tr("Fewer details") if shown else tr("Details"))
