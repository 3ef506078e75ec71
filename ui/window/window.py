"""The main window: chats and documents at the left, the chat in the middle, the sources at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QSplitter, QVBoxLayout, QWidget

from ui.i18n import tr
from ui.panels.chat import ChatView
from ui.panels.conversations import ConversationsView
from ui.panels.library import LibraryView
from ui.theme import pixmap, theme
from ui.widgets import ElidedLabel, IconButton, TextButton, label

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPaintEvent, QResizeEvent

    from ui.panels.sources import SourcesView
    from ui.panels.viewer import ViewerView
    from ui.window.drop import DropVeil

_SIDE, _SOURCES, _NARROW, _NARROW_WITH_DOCUMENT, _ONE_AT_A_TIME = 268, 348, 1080, 1400, 940


class MainWindow(QMainWindow):
    """`painted`: the first paint is done. `dropped`: paths on this computer. `closing`: the person wants to leave."""

    painted = Signal()
    dropped = Signal(object)
    closing = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._was_painted = False
        self._may_close = False
        self._wants_sources = False
        self._wants_side = True
        self._wants_viewer = False
        self.chats = ConversationsView()
        self.library = LibraryView()
        self.chat = ChatView()
        self._sources: SourcesView | None = None
        self._viewer: ViewerView | None = None
        self.title = ElidedLabel("", "title")
        self.new_chat = TextButton(tr("New chat"), "wide", "plus", tone="accent")
        self.menu_button = IconButton("menu", tr("Menu"))
        self.side_button = IconButton("side", tr("Show or hide chats and documents"))
        self.sources_button = IconButton("sources", tr("Show or hide the sources"))
        self.badge = TextButton(tr("Sealed: no network"), "badge", "shield", tone="leaf")
        self._side = self._build_side()
        self._splitter = QSplitter()
        self._build_frame()
        self._veil: DropVeil | None = None
        self.setAcceptDrops(True)
        self.setWindowTitle("Privet")
        self.resize(theme().px(1240), theme().px(800))
        self._restyle()
        theme().changed.connect(self._restyle)

    # --- how it is built --------------------------------------------------------------------

    def _build_side(self) -> QFrame:
        px = theme().px
        self._mark = QLabel()
        head = QHBoxLayout()
        head.setContentsMargins(px(8), 0, 0, 0)
        head.setSpacing(px(8))
        head.addWidget(self._mark)
        head.addWidget(label("Privet", "wordmark"), 1)
        head.addWidget(self.menu_button)
        side = QFrame()
        side.setObjectName("side")
        layout = QVBoxLayout(side)
        layout.setContentsMargins(px(12), px(12), px(12), px(12))
        layout.setSpacing(px(10))
        layout.addLayout(head)
        layout.addWidget(self.new_chat)
        layout.addWidget(self.chats, 3)
        layout.addWidget(self.library, 2)
        return side

    def _build_frame(self) -> None:
        px = theme().px
        header = QFrame()
        header.setObjectName("header")
        row = QHBoxLayout(header)
        row.setContentsMargins(px(12), px(10), px(12), px(10))
        row.setSpacing(px(8))
        row.addWidget(self.side_button)
        row.addWidget(self.title, 1)
        row.addWidget(self.badge)
        row.addWidget(self.sources_button)
        centre = self._centre = QWidget()
        centre.setObjectName("canvas")
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(self.chat, 1)
        for part in (self._side, centre):
            self._splitter.addWidget(part)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.setStretchFactor(1, 1)
        self.setCentralWidget(self._splitter)

    def _restyle(self) -> None:
        self._mark.setPixmap(pixmap("hedge", theme().palette.accent, theme().px(22)))
        self._side.setMinimumWidth(theme().px(220))
        self._side.setMaximumWidth(theme().px(420))
        if self._sources is not None:
            self._sources.setMinimumWidth(theme().px(280))
            self._sources.setMaximumWidth(theme().px(560))
        if self._viewer is not None:
            self._viewer.setMinimumWidth(theme().px(320))
        self.setMinimumSize(theme().px(560), theme().px(420))
        self._share_width()

    def _share_width(self) -> None:
        """The sides as wide as they need, the rest for the chat and, in equal parts, the document beside it."""
        widths = {self._side: theme().px(_SIDE), self._sources: theme().px(_SOURCES)}
        parts = [self._splitter.widget(number) for number in range(self._splitter.count())]
        self._splitter.setSizes([widths.get(part, 10_000) for part in parts])  # type: ignore[arg-type]

    @property
    def sources(self) -> SourcesView:
        """The right side; made when first asked for, since it is not on the screen at first."""
        if self._sources is None:
            from ui.panels.sources import SourcesView

            self._sources = SourcesView()
            self._sources.closed.connect(lambda: self.show_sources(False))
            self._sources.hide()
            self._splitter.addWidget(self._sources)
            self._restyle()
        return self._sources

    @property
    def viewer(self) -> ViewerView:
        """Where a document is looked at, in the place of the sources; made when first asked for."""
        if self._viewer is None:
            from ui.panels.viewer import ViewerView

            self._viewer = ViewerView()
            self._viewer.hide()
            self._splitter.addWidget(self._viewer)
            self._restyle()
        return self._viewer

    # --- its sides --------------------------------------------------------------------------

    def show_sources(self, shown: bool) -> None:
        """Show or hide the right side; in a narrow window the left side makes room for it."""
        self._wants_sources = shown
        self._wants_viewer = self._wants_viewer and not shown
        self._share_room()

    def show_viewer(self, shown: bool) -> None:
        """Show or hide a document in the place of the sources, which come back when it goes."""
        self._wants_viewer = shown
        self._share_room()

    def show_side(self, shown: bool) -> None:
        """Show or hide the left side; in a narrow window the right side makes room for it."""
        self._wants_side = shown
        if shown and self._is_narrow():
            self._wants_sources = self._wants_viewer = False
        self._share_room()

    def _is_narrow(self) -> bool:
        return self.width() < theme().px(_NARROW_WITH_DOCUMENT if self._wants_viewer else _NARROW)

    def _share_room(self) -> None:
        sources = self._wants_sources and not self._wants_viewer
        side = self._wants_side and not ((sources or self._wants_viewer) and self._is_narrow())
        alone = self._wants_viewer and self.width() < theme().px(_ONE_AT_A_TIME)
        here = self.shows_side, self.shows_sources, self.shows_viewer, self.shows_document_alone
        if (side, sources, self._wants_viewer, alone) == here:
            return
        self._centre.setVisible(not alone)
        self._side.setVisible(side)
        if sources or self._sources is not None:
            self.sources.setVisible(sources)
        if self._wants_viewer or self._viewer is not None:
            self.viewer.setVisible(self._wants_viewer)
        self._share_width()

    @property
    def shows_side(self) -> bool:
        """True while chats and documents are in sight."""
        return self._side.isVisibleTo(self)

    @property
    def shows_sources(self) -> bool:
        """True while the sources are in sight."""
        return self._sources is not None and self._sources.isVisibleTo(self)

    @property
    def shows_viewer(self) -> bool:
        """True while a document is in sight."""
        return self._viewer is not None and self._viewer.isVisibleTo(self)

    @property
    def shows_document_alone(self) -> bool:
        """True while there is no room for the chat beside a document."""
        return not self._centre.isVisibleTo(self)

    def show_unsealed(self) -> None:
        """The seal is not in force: say so where it is usually confirmed."""
        self.badge.say(tr("Not sealed"))
        self.badge.setProperty("role", "alarm")
        self.badge.style().polish(self.badge)

    @property
    def veil(self) -> DropVeil:
        """What covers the window while files hover over it; made when they first do."""
        if self._veil is None:
            from ui.window.drop import DropVeil

            self._veil = DropVeil(self)
        return self._veil

    def come_forward(self) -> None:
        """Be in front of other windows."""
        self.setWindowState(self.windowState() & ~QtCore.Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def leave(self) -> None:
        """Close without asking again."""
        self._may_close = True
        self.close()

    # --- events -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            # The children are painted in the same go, before the event loop turns.
            QTimer.singleShot(0, self, self.painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
            return
        event.ignore()
        self.closing.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        from ui.window.drop import local_paths

        if local_paths(event.mimeData()):
            event.acceptProposedAction()
            self.veil.cover()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.veil.hide()
        from ui.window.drop import local_paths

        paths = local_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)
