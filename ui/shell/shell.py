"""Joins the panels: what one says, another hears of here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QKeySequence
from PySide6.QtWidgets import QApplication

from assistant.errors import ModelSetAside, PrivetError, VaultFault, VaultInUse
from assistant.privacy import seal_state
from assistant.settings import options
from assistant.values import Citation, ConversationId, ConversationInfo, DocumentInfo, PageText, Unit
from ui.actions import Actions
from ui.bridge import Bridge, Lane
from ui.i18n import tr
from ui.ports import Assistant, Opener, PassphraseRequest
from ui.presenters import ChatPresenter, ConversationsPresenter, LibraryPresenter, PinsPresenter
from ui.shell.desk import WindowDesk
from ui.shell.lock import LockWatch
from ui.shell.locked import LockScreen
from ui.shell.palette import Entry
from ui.shell.session import Session
from ui.text import warm_text
from ui.widgets import announce
from ui.window import CAME_FORWARD, MainWindow, OpenMark, ask_to_come_forward

_DROPPED_SECONDS: Final = 8.0


class Shell(QObject):
    """One window on one vault. `left`: it is closed, with a sentence for the terminal, "" where none is due.

    `locked`: it is closed as well, and to be begun anew as `show_locked` shows it: the process that held the keys and
    the texts is to become another program, so that nothing of them is left in its memory. `begun_anew`: the same, but
    to be opened again, with a backup (Path) in its place or None. `erased`: it is closed, and all of it is to be
    erased, with a certificate at this Path.
    """

    left = Signal(str)
    locked = Signal()
    begun_anew = Signal(object)
    erased = Signal(object)

    def __init__(self, window: MainWindow, opener: Opener, data: Path) -> None:
        super().__init__()
        self._data = data
        self._mark: OpenMark | None = None
        self._farewell = ""
        self._locked_out = False
        self._locking = False
        self._then: Callable[[], None] | None = None
        self.watch = LockWatch(self)
        self.watch.wanted.connect(self._lock_when_idle)
        self.warm = False
        self._opened_sources = False
        self._pins: PinsPresenter | None = None  # made with the panel of the sources, after the first paint
        self.bridge = Bridge()
        self.window = window
        self.session = Session(self.bridge, opener)
        view = self.window.chat
        self.chat = ChatPresenter(self.bridge, view)
        self.chats = ConversationsPresenter(self.bridge, self.window.chats, view.notice)
        self.library = LibraryPresenter(self.bridge, self.window.library, view.notice)
        self.library.home = lambda: self.chat.scope.home
        self.library.workspace = lambda: self.chat.scope.workspace
        self.chat.scope.moved.connect(self.library.look_again)
        self.desk = WindowDesk(self.bridge, self.window, self.chat, self.chats, self.library)
        self.actions = Actions(self.desk, self.window)
        self._join_session()
        self._join_panels()
        self._join_window()

    def _join_session(self) -> None:
        self.session.opened.connect(self._opened)
        self.session.asked.connect(self._ask_passphrase)
        self.session.fault.connect(self._session_fault)
        self.session.status.connect(self.window.chat.composer.status.setText)
        self.session.closed.connect(self._closed)

    def _join_panels(self) -> None:
        self.chats.opened.connect(self._open_conversation)
        self.chats.changed.connect(self._conversations_changed)
        self.chat.created.connect(self.chats.adopt)
        self.chat.kept.connect(lambda _: self.chats.refresh())
        self.chat.found.connect(self._show_citations)
        self.chat.source_chosen.connect(self.desk.mark_source)
        self.chat.cited.connect(self.desk.show_document)
        self.chat.wanted.connect(self.desk.do_with_answer)
        self.chat.changed.connect(self._chat_changed)
        self.library.begun.connect(self._switch_to_documents)
        self.library.added.connect(self._document_added)
        self.library.changed.connect(self.actions.refresh)
        self.library.opened.connect(self._show_document)
        self.library.view_wanted.connect(lambda: self.actions["documents.open"].trigger())
        self.library.summary_wanted.connect(lambda: self.actions["documents.summarise"].trigger())
        for panel in (self.chats, self.library, self.chat):
            panel.fault.connect(self.show_fault)
        self.desk.fault = self.show_fault
        self.desk.changed = self.actions.refresh
        self.desk.locks = self.lock
        self.desk.improves = self.session.improve
        self.desk.options_changed = self.follow_lock
        self.desk.restores = lambda file: self._leave_for(lambda: self.begun_anew.emit(file))
        self.desk.begins_anew = lambda: self._leave_for(lambda: self.begun_anew.emit(None))
        self.desk.erases = lambda certificate: self._leave_for(lambda: self.erased.emit(certificate))
        self.desk.entries = self._palette_entries
        self.desk.picked = self._palette_picked

    def _join_window(self) -> None:
        window, actions = self.window, self.actions
        window.dropped.connect(self._dropped)
        window.closing.connect(self.leave)
        window.new_chat.clicked.connect(actions["chat.new"].trigger)
        window.badge.clicked.connect(actions["seal"].trigger)
        window.library.add_pressed.connect(actions["documents.add"].trigger)
        window.chat.add_pressed.connect(actions["documents.add"].trigger)
        window.library.add.follow(actions["documents.add"])
        window.library.stop.follow(actions["documents.stop"])
        window.library.pause.follow(actions["documents.pause"])
        window.side_button.follow(actions["view.side"])
        window.sources_button.follow(actions["view.sources"])
        window.menu_button.setMenu(actions.menu(window.menu_button))
        window.menu_button.setPopupMode(window.menu_button.ToolButtonPopupMode.InstantPopup)
        keys = actions["chat.new"].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        window.new_chat.setToolTip(keys)
        window.chat.composer.setFocus()

    def open(self) -> None:
        """Open the engine; to be called after the first paint."""
        if not seal_state().holds:
            self.window.show_unsealed()
        self.window.chat.composer.status.setText(tr("Opening your vault…"))
        self.session.open()
        self._warming = warm_text()
        QTimer.singleShot(0, self, self._go_on_warming)

    def _go_on_warming(self) -> None:
        """One small step each time that the window has nothing else to do."""
        if next(self._warming, self) is not self:
            QTimer.singleShot(0, self, self._go_on_warming)
        else:
            self.warm = True

    def show_locked(self) -> None:
        """Show that Privet is locked, instead of opening the engine; it is opened once the person wants back in."""
        screen = LockScreen(self.window)

        def unlock() -> None:
            screen.hide()
            screen.deleteLater()
            self.open()

        screen.unlock.connect(unlock)

    def lock(self) -> None:
        """Close everything, and be begun anew as a locked window."""
        if self.session.assistant is not None and not self._locking:
            self._locking = True
            self._leave_for(self.locked.emit)

    def _leave_for(self, then: Callable[[], None]) -> None:
        self._then = then
        self.leave()

    def _lock_when_idle(self) -> None:
        """Not in the middle of an answer or a document that somebody is waiting for; the next look comes soon."""
        if not (self.chat.busy or self.library.adding):
            self.lock()

    def leave(self) -> None:
        """Close the window at once, then what is behind it."""
        self.window.chat.notice.dismiss()  # what was removed is removed now
        self.window.hide()
        self.chat.keep_draft()
        self.session.close()

    def show_fault(self, error: PrivetError, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Say what went wrong and what to do, where one asks."""
        if isinstance(error, ModelSetAside) and act is None:
            action, act = tr("Try it again"), self.actions["model.retry"].trigger
        self.window.chat.fault.say(error.what, error.do, action=action, act=act)

    # --- the session ------------------------------------------------------------------------

    def _opened(self, assistant: Assistant) -> None:
        self.window.chat.composer.status.setText("")
        self.window.chat.fault.dismiss()
        self._mark = OpenMark(self._data, self)
        self._mark.wanted.connect(self.window.come_forward)
        self.desk.settings, self.desk.assistant = assistant.settings, assistant
        self.desk.apply_look()
        self.follow_lock()
        for panel in (self.chats, self.library, self.chat):
            panel.attach(assistant)
        said = (*assistant.notices, *assistant.settings.warnings)
        if said:
            self.window.chat.notice.say(" ".join(said))
        self.actions.refresh()

    def follow_lock(self) -> None:
        """Lock when the settings say."""
        settings = self.desk.settings
        if settings is not None:
            self.watch.follow(settings.get(options.LOCK_MINUTES), settings.get(options.LOCK_WITH_SYSTEM))

    def _ask_passphrase(self, request: PassphraseRequest, answer: Callable[[str | None], None]) -> None:
        from ui.shell.unlock import UnlockDialog

        dialog = UnlockDialog(request, self.window)
        dialog.accepted.connect(lambda: answer(dialog.passphrase))
        dialog.rejected.connect(lambda: self._refuse_passphrase(answer))
        dialog.open()

    def _refuse_passphrase(self, answer: Callable[[str | None], None]) -> None:
        self._locked_out = True
        self._farewell = tr("Privet stays closed without its passphrase. Start it again when you have it.")
        answer(None)

    def _session_fault(self, error: PrivetError) -> None:
        if self._locked_out and isinstance(error, VaultFault):
            self.leave()
            return
        self.window.chat.composer.status.setText("")
        if isinstance(error, VaultInUse):
            self.bridge.call(
                lambda: ask_to_come_forward(self._data), lambda came: self._vault_in_use(error, came), self.show_fault
            )
        elif self.session.assistant is None:
            self.show_fault(error, tr("Try again"), self._try_again)
        else:
            self.show_fault(error)

    def _vault_in_use(self, error: PrivetError, came_forward: bool) -> None:
        """The other one is a window and has come forward: this one goes. Else a person must close the other one."""
        if came_forward:
            self._farewell = CAME_FORWARD
            self.leave()
        else:
            self.show_fault(error, tr("Try again"), self._try_again)

    def _try_again(self) -> None:
        self.window.chat.composer.status.setText(tr("Opening your vault…"))
        self.session.open()

    def _closed(self) -> None:
        if self._mark is not None:
            self._mark.take_away()
        self.window.leave()
        if self._then is not None:
            self._then()
        else:
            self.left.emit(self._farewell)

    # --- between panels ---------------------------------------------------------------------

    def _open_conversation(self, info: ConversationInfo | None) -> None:
        self.chat.show(info)
        self._show_title()
        self.actions.refresh()

    def _conversations_changed(self) -> None:
        self._show_title()
        self.actions.refresh()

    def _show_title(self) -> None:
        info = next((info for info in self.chats.infos if info.id == self.chats.current), None)
        title = "" if info is None else info.title
        self.window.title.setText(title)
        self.window.setWindowTitle(f"{title} – Privet" if title else "Privet")

    def _chat_changed(self) -> None:
        answering = self.chat.answering
        self.chats.mark_busy(() if answering is None else (answering,))
        self.actions.refresh()

    def _show_citations(self, citations: tuple[Citation, ...]) -> None:
        sources = self.window.sources
        if self._pins is None:
            self._pins = PinsPresenter(self.bridge, sources, self.window.chat.notice)
            self._pins.fault.connect(self.show_fault)
            sources.open_pressed.connect(lambda number: self.desk.show_document(number, sources.citations))
            self._pins.changed.connect(self.window.chat.composer.edited)
            if self.session.assistant is not None:
                self._pins.attach(self.session.assistant)
        self._pins.look_at(self.chat.conversation)
        had_focus = sources.isAncestorOf(QApplication.focusWidget() or self.window)
        sources.show_citations(citations)
        if citations and not (self.window.shows_sources or self.window.shows_viewer):
            self.window.show_sources(True)
            self._opened_sources = True
        elif not citations and self._opened_sources and not self.chat.busy:
            # Opened for an answer that is no longer in sight; what the person opened stays.
            self.window.show_sources(False)
            self._opened_sources = False
        if had_focus:
            self.window.chat.composer.setFocus()
        self.actions.refresh()

    def _dropped(self, paths: Sequence[Path]) -> None:
        """A model file that is dropped is a model; everything else is documents."""
        models = [path for path in paths if path.suffix.lower() == ".gguf"]
        others = [path for path in paths if path not in models]
        if models:
            self.desk.show_models(models)
        if others:
            self.library.add(others)

    def _switch_to_documents(self) -> None:
        if not self.chat.documents:
            self.chat.set_documents(True)
            words = tr("Your questions in this chat now go to your documents.")
            self.window.chat.notice.say(
                words,
                action=tr("Ask the model instead"),
                act=lambda: self.chat.set_documents(False),
                seconds=_DROPPED_SECONDS,
            )

    def _show_document(self, document: DocumentInfo, pages: tuple[PageText, ...]) -> None:
        from ui.shell.document import DocumentPage

        assistant = self.session.assistant
        drawn = assistant is not None and document.pages and document.unit is Unit.PAGE
        page = DocumentPage(document, pages, self.window, self._drawing(document) if drawn else None)
        page.open()

    def _drawing(self, document: DocumentInfo) -> Callable[[int, int, Callable[[QImage | None], None]], None]:
        """What has a page of a document's file drawn."""

        def draw(number: int, width: int, done: Callable[[QImage | None], None]) -> None:
            assistant = self.session.assistant
            if assistant is None:
                return

            def image() -> QImage:
                drawn = assistant.viewing.draw(document.id, number, width)
                return QImage(drawn.data, drawn.width, drawn.height, 4 * drawn.width, QImage.Format.Format_RGB32).copy()

            self.bridge.call(image, done, lambda fault: done(None), Lane.VIEWER)

        return draw

    def _document_added(self, document: DocumentInfo) -> None:
        announce(self.window, tr("{title} is ready.", title=document.title or document.path.name))

    def _palette_entries(self) -> tuple[Entry, ...]:
        commands = [
            Entry(
                command.id,
                action.text().removesuffix("…"),
                action.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
            )
            for command, action in self.actions
            if command.when(self.desk) and command.id != "palette"
        ]
        chats = [Entry(f"chat {info.id}", info.title or tr("New chat"), tr("Chat")) for info in self.chats.infos]
        return (*commands, *chats)

    def _palette_picked(self, key: str) -> None:
        if key.startswith("chat ") and key[5:].isdecimal():
            self.chats.open(ConversationId(int(key[5:])))
        else:
            self.actions[key].trigger()
