"""The page of the models: installed ones as cards, all of them in a picture, others to get in a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.i18n import tr
from ui.panels.models.card import CardView
from ui.panels.models.pictures import QualityMap
from ui.panels.models.rows import ModelCard, Offer, Spot
from ui.theme import theme
from ui.widgets import Banner, ProgressLine, Switch, TextButton, label

NEEDS: Final = ("", "chat", "documents", "translation", "long_texts", "weak_hardware")
"""What a person needs a model for, in the order of the switch; "" is anything."""


class ModelsPage(QDialog):
    """`asked_for`: "use", "tune", "run", "verify" or "remove" with a model's key. `brought`: paths to import.

    `choose_pressed`: a file dialog is wanted; `look_pressed`: models of other programs are; `stop_pressed`: the work is
    to stop; `need_chosen`: one of NEEDS.
    """

    asked_for = Signal(str, str)
    brought = Signal(object)
    choose_pressed = Signal()
    look_pressed = Signal()
    stop_pressed = Signal()
    need_chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Models"))
        self.resize(theme().px(860), theme().px(720))
        self.setAcceptDrops(True)
        self._offers: tuple[Offer, ...] = ()
        self._cards: list[CardView] = []
        self.machine = label("", "soft", wrap=True)
        self.fault = Banner("warn")
        self.notice = Banner("quiet")
        self.progress = ProgressLine(tr("Progress"))
        self.map = QualityMap()
        self.need = Switch(tr("What for"), (tr("Anything"), tr("Chat"), tr("Documents"), tr("Translation"),
                                            tr("Long texts"), tr("Weak hardware")))  # fmt: skip
        self.table = QTableWidget(0, 0)
        self.where = label("", "soft", wrap=True)
        self._stop = TextButton(tr("Stop"), "", "stop")
        self._choose = TextButton(tr("Add a model file…"), "", "plus")
        self._look = TextButton(tr("Look in other programs"), "quiet")
        self._column = QVBoxLayout()
        self._arrange()
        self._join()
        self.show_work("", None)

    @property
    def cards(self) -> tuple[CardView, ...]:
        """The installed models, as shown."""
        return tuple(self._cards)

    def show_cards(self, cards: Sequence[ModelCard]) -> None:
        """Show the installed models."""
        if [view.card for view in self._cards] == list(cards):
            return
        for view in self._cards:
            self._column.removeWidget(view)
            view.hide()
            view.deleteLater()
        self._cards = [CardView(card) for card in cards]
        for place, view in enumerate(self._cards):
            view.asked_for.connect(self.asked_for)
            self._column.insertWidget(place, view)

    def show_offers(self, offers: Sequence[Offer], installed: Sequence[Spot]) -> None:
        """Show what a person could get, as rows, and with what is installed in the picture."""
        self._offers = tuple(offers)
        self.table.setRowCount(len(offers))
        for row, offer in enumerate(offers):
            for column, text in enumerate(offer.cells):
                item = QTableWidgetItem(text)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self.table.setItem(row, column, item)
        self.table.resizeRowsToContents()
        self.table.setFixedHeight(
            self.table.horizontalHeader().height() + sum(self.table.rowHeight(row) for row in range(len(offers))) + 4
        )
        names = {spot.name for spot in installed}
        others = [offer.spot for offer in offers if offer.spot is not None and offer.name not in names]
        self.map.show_spots([*installed, *others])
        self.where.setText(tr("Choose a row to see where its file can be got. Privet itself never downloads."))

    def show_work(self, words: str, share: float | None) -> None:
        """Show what is being done; "" where nothing is."""
        for button in (self._choose, self._look):
            button.setEnabled(not words)
        self._stop.setVisible(bool(words))
        self.progress.setVisible(bool(words))
        if words:
            self.progress.show_progress(words, share)

    def _arrange(self) -> None:
        px = theme().px
        body = QWidget()
        body.setObjectName("canvas")
        column = QVBoxLayout(body)
        column.setContentsMargins(px(28), px(20), px(24), px(16))
        column.setSpacing(px(12))
        column.addWidget(label(tr("Models on this computer"), "title"))
        column.addWidget(self.machine)
        self._column.setSpacing(px(10))
        column.addLayout(self._column)
        column.addSpacing(px(8))
        column.addWidget(label(tr("Others that you could get"), "title"))
        column.addWidget(self.need)
        column.addWidget(self.map)
        column.addWidget(self._prepared_table())
        self.where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.where)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName(tr("Models"))
        area.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addLayout(self._foot())

    def _prepared_table(self) -> QTableWidget:
        columns = (tr("Model"), tr("File"), tr("Quality"), tr("First word"), tr("Writes"), tr("Here"), tr("Licence"))
        self.table.setColumnCount(len(columns))
        self.table.setHorizontalHeaderLabels(columns)
        self.table.setAccessibleName(tr("Models that you could get"))
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(len(columns) - 1, QHeaderView.ResizeMode.Stretch)
        self.table.setWordWrap(False)
        return self.table

    def _foot(self) -> QVBoxLayout:
        px = theme().px
        buttons = QHBoxLayout()
        buttons.setSpacing(px(8))
        self._done = TextButton(tr("Done"))
        for button in (self._choose, self._look, self._stop, self._done):
            button.setAutoDefault(False)
        buttons.addWidget(self._choose)
        buttons.addWidget(self._look)
        buttons.addWidget(self._stop)
        buttons.addStretch(1)
        buttons.addWidget(self._done)
        foot = QVBoxLayout()
        foot.setContentsMargins(px(28), px(10), px(24), px(16))
        foot.setSpacing(px(10))
        for part in (self.fault, self.notice, self.progress):
            foot.addWidget(part)
        foot.addLayout(buttons)
        return foot

    def _join(self) -> None:
        self._done.clicked.connect(self.accept)
        self._stop.clicked.connect(self.stop_pressed)
        self._choose.clicked.connect(self.choose_pressed)
        self._look.clicked.connect(self.look_pressed)
        self.need.chosen.connect(lambda place: self.need_chosen.emit(NEEDS[place]))
        self.table.itemSelectionChanged.connect(self._selected)

    def _selected(self) -> None:
        row = self.table.currentRow()
        if 0 <= row < len(self._offers):
            offer = self._offers[row]
            self.where.setText(
                tr(
                    "{name}: get the file at {page} with a browser, on any computer, then add it here.",
                    name=offer.name,
                    page=offer.page,
                )
            )

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if paths := _paths(event):
            event.acceptProposedAction()
            self.brought.emit(paths)


def _paths(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
