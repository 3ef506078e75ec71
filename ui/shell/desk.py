"""Carries the commands out: what a person can ask for, said to the panel that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from assistant.errors import PrivetError
from assistant.settings import Folders, Settings, options
from assistant.values import ConversationId
from ui.bridge import Bridge
from ui.i18n import tr
from ui.ports import Assistant
from ui.presenters import (
    MODES,
    AnswersPresenter,
    ChatPresenter,
    ConversationsPresenter,
    LibraryPresenter,
    PrivacyPresenter,
    ViewerPresenter,
)
from ui.theme import theme
from ui.widgets import announce
from ui.window import MainWindow

if TYPE_CHECKING:
    from assistant.values import Citation, TurnId
    from ui.shell.palette import Entry


class WindowDesk:
    """The Desk of `ui.actions` for the real window."""

    def __init__(
        self,
        bridge: Bridge,
        window: MainWindow,
        chat: ChatPresenter,
        chats: ConversationsPresenter,
        library: LibraryPresenter,
    ) -> None:
        self._bridge = bridge
        self._window = window
        self._chat = chat
        self._chats = chats
        self._library = library
        self.settings: Settings | None = None
        self.assistant: Assistant | None = None
        self.viewer: ViewerPresenter | None = None
        self._answers: AnswersPresenter | None = None
        self.changed: Callable[[], None] = lambda: None
        self.entries: Callable[[], tuple[Entry, ...]] = tuple
        self.picked: Callable[[str], None] = lambda key: None
        self.restores: Callable[[Path], None] = lambda file: None
        self.erases: Callable[[Path], None] = lambda certificate: None
        self.begins_anew: Callable[[], None] = lambda: None
        self.options_changed: Callable[[], None] = lambda: None
        self.locks: Callable[[], None] = lambda: None
        self.improves: Callable[[], None] = lambda: None
        self.fault: Callable[[PrivetError], None] = lambda error: None

    # --- what is going on -------------------------------------------------------------------

    @property
    def open(self) -> bool:
        return self.settings is not None

    @property
    def answering(self) -> bool:
        return self._chat.busy

    @property
    def adding(self) -> bool:
        return self._library.adding

    @property
    def has_conversation(self) -> bool:
        return self._chats.current is not None

    @property
    def has_answer(self) -> bool:
        return self._window.chat.has_answer

    @property
    def can_answer_again(self) -> bool:
        return self._chat.can_answer_again

    @property
    def can_go_on(self) -> bool:
        return self._chat.can_go_on

    @property
    def has_document(self) -> bool:
        return self._library.selected_document is not None

    @property
    def has_failed(self) -> bool:
        return self._library.failed

    @property
    def has_waiting(self) -> bool:
        return bool(self._library.order.chosen)

    @property
    def can_undo(self) -> bool:
        return self._window.chat.notice.can_act

    @property
    def sources(self) -> int:
        return len(self._window.sources.numbers)

    @property
    def viewing(self) -> bool:
        return self._window.shows_viewer

    # --- the chat ---------------------------------------------------------------------------

    def ask(self) -> None:
        self._chat.ask()

    def ask_all(self) -> None:
        self._chat.ask_all()

    def summarise_document(self) -> None:
        document = self._library.selected_document
        if document is not None:
            self._chats.open(None)
            self._chat.summarise(document)

    def stop(self) -> None:
        self._chat.stop()

    def new_chat(self) -> None:
        self._chats.open(None)
        self._window.chat.composer.setFocus()

    def rename_conversation(self) -> None:
        self._window.show_side(True)
        self._chats.rename_current()

    def delete_conversation(self) -> None:
        if self._chats.current is not None:
            self._chats.delete(int(self._chats.current))

    def undo(self) -> None:
        self._window.chat.notice.press()

    def step_conversation(self, by: int) -> None:
        self._chats.step(by)

    def copy_answer(self) -> None:
        self._window.chat.copy_answer()

    def retry_model(self) -> None:
        assistant = self.assistant
        if assistant is not None:
            self._bridge.call(
                assistant.model.try_again,
                lambda _: self._window.chat.notice.say(tr("Your next question tries the language model again.")),
                self.fault,
            )

    def edit_question(self) -> None:
        self._window.chat.edit_question()

    def answer_again(self) -> None:
        self._chat.again()

    def go_on(self) -> None:
        self._chat.go_on()

    def step_version(self, by: int) -> None:
        self._window.chat.step_version(by)

    def toggle_documents(self) -> None:
        self._chat.set_documents(not self._chat.documents)

    def show_reports(self) -> None:
        if self.answers is not None:
            self.answers.show_reports()

    def toggle_everywhere(self) -> None:
        self._library.show_everywhere(not self._library.everywhere)

    def choose_scope(self) -> None:
        self._chat.scope.choose()

    # --- the documents ----------------------------------------------------------------------

    def add_documents(self) -> None:
        kinds = "*.pdf *.docx *.txt *.md *.markdown *.html *.htm"
        files, _ = QFileDialog.getOpenFileNames(
            self._window, tr("Add documents"), "", f"{tr('Documents')} ({kinds});;{tr('All files')} (*)"
        )
        self._library.add([Path(file) for file in files])

    def add_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, tr("Add a folder of documents"))
        if folder:
            self._library.add([Path(folder)])

    def watch_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, tr("Watch a folder of documents"))
        if folder:
            self._library.watch(Path(folder))

    def look_at_document(self) -> None:
        self._library.open_selected()

    def pause_documents(self) -> None:
        self._library.pause()

    def retry_documents(self) -> None:
        self._library.retry()

    def move_waiting(self, where: str) -> None:
        order = self._library.order
        chosen = order.chosen
        acts: dict[str, Callable[[], None]] = {
            "sooner": lambda: order.shift(chosen, -1),
            "later": lambda: order.shift(chosen, 1),
            "first": lambda: order.put_first(chosen),
            "last": lambda: order.put_last(chosen),
        }
        acts[where]()

    def stop_adding(self) -> None:
        self._library.stop_adding()

    def remove_document(self) -> None:
        if self._library.selected_document is not None:
            self._library.remove(int(self._library.selected_document.id))

    def mark_source(self, number: int) -> None:
        """Mark a passage among the sources; a document that is looked at stays in their place."""
        if self.viewing:
            self._window.sources.mark_source(number)
        else:
            self.show_source(number)

    def show_source(self, number: int) -> None:
        self._window.show_sources(True)
        self._window.sources.show_source(number)

    # --- an answer --------------------------------------------------------------------------

    def choose_mode(self, number: int) -> None:
        self._chat.modes.choose(MODES[number])
        announce(self._window, self._window.chat.composer.mode.accessibleName())

    def on_answer(self, what: str) -> None:
        self._chat.on_last_answer(what)

    def export_conversation(self) -> None:
        answers = self.answers
        if answers is not None and self._chats.current is not None:
            answers.export_conversation(ConversationId(int(self._chats.current)))

    def do_with_answer(self, what: str, turn: TurnId, question: str, citations: tuple[Citation, ...]) -> None:
        """Something besides is wanted of an answer."""
        if self.answers is not None:
            self.answers.do(what, turn, question, citations)

    @property
    def answers(self) -> AnswersPresenter | None:
        """Who does it; made when first asked for."""
        if self._answers is None and self.assistant is not None:
            notice = self._window.chat.notice
            self._answers = AnswersPresenter(self._bridge, self._window, notice, self.assistant)
            self._answers.fault.connect(self.fault)
            self._answers.again.connect(self._chat.again_from)
        return self._answers

    # --- a document that is looked at -------------------------------------------------------

    def open_source(self) -> None:
        sources = self._window.sources
        if sources.numbers:
            self.show_document(sources.marked or sources.numbers[0], sources.citations)

    def show_document(self, number: int, citations: Sequence[Citation]) -> None:
        """Open the document of a citation at its passage, where there still is one."""
        viewer = self._open_viewer()
        if viewer is not None:
            viewer.open(number, citations)

    def open_document(self) -> None:
        document = self._library.selected_document
        viewer = self._open_viewer() if document is not None else None
        if document is not None and viewer is not None:
            viewer.open_document(document.id)

    def in_document(self, what: str) -> None:
        viewer, view = self.viewer, self._window.viewer
        if viewer is None:
            return
        acts: dict[str, Callable[[], None]] = {
            "next": lambda: viewer.step(1),
            "previous": lambda: viewer.step(-1),
            "search": lambda: view.show_search(True),
            "found": lambda: viewer.step_found(1),
            "found.before": lambda: viewer.step_found(-1),
            "larger": lambda: view.zoom(1),
            "smaller": lambda: view.zoom(-1),
            "fit": lambda: view.zoom(0),
            "text": viewer.switch,
            "beside": viewer.switch_beside,
            "copy": viewer.copy,
            "outside": viewer.ask_outside,
            "close": self._close_document,
        }
        acts[what]()

    def _open_viewer(self) -> ViewerPresenter | None:
        if self.viewer is None and self.assistant is not None:
            self.viewer = ViewerPresenter(
                self._bridge, self._window.viewer, self.assistant.viewing, self.assistant.settings
            )
            self.viewer.fault.connect(self.fault)
            self.viewer.shown.connect(self._document_shown)
            self.viewer.closed.connect(self._close_document)
            self.viewer.followed.connect(self._window.sources.mark_source)
        return self.viewer

    def _document_shown(self) -> None:
        first = not self._window.shows_viewer
        self._window.show_viewer(True)
        if first:
            self._window.viewer.take_focus()
        self.changed()

    def _close_document(self) -> None:
        self._window.show_viewer(False)
        self._window.viewer.end_search()
        self._window.chat.focus_answer()
        self.changed()

    # --- the window -------------------------------------------------------------------------

    def focus(self, place: str) -> None:
        if place in ("composer", "answer", "sources") and self._window.shows_document_alone:
            self._window.show_viewer(False)
        match place:
            case "composer":
                self._window.chat.composer.setFocus()
            case "chats" | "documents":
                self._window.show_side(True)
                panel = self._window.chats if place == "chats" else self._window.library
                target: QWidget = panel.list if panel.list.rows else self._window.new_chat
                if place == "documents" and not panel.list.rows:
                    target = self._window.library.add
                target.setFocus()
            case "viewer":
                self._window.viewer.take_focus()
            case "answer":
                self._window.chat.focus_answer()
            case "sources":
                self._window.show_sources(True)
                self._window.sources.take_focus()

    def toggle_side(self) -> None:
        self._window.show_side(not self._window.shows_side)

    def toggle_sources(self) -> None:
        self._window.show_sources(not self._window.shows_sources)

    def show_palette(self) -> None:
        from ui.shell.palette import Palette

        palette = Palette(self.entries(), self._window)
        palette.picked.connect(self.picked)
        _open(palette)

    def show_help(self) -> None:
        from ui.shell.pages import help_page

        _open(help_page(self._window))

    def show_seal(self) -> None:
        from ui.panels.privacy import PrivacyPage

        page = PrivacyPage(self._window)
        PrivacyPresenter(self._bridge, page, Folders.standard())
        _open(page)

    def show_preferences(self) -> None:
        from ui.panels.preferences import PreferencesDialog

        if self.settings is not None:
            dialog = PreferencesDialog(self._bridge, self.settings, self._window)
            dialog.taken.connect(self.apply_look)
            dialog.taken.connect(self.options_changed)
            _open(dialog)

    def show_models(self, brought: Sequence[Path] = ()) -> None:
        """Show the models; brought: files to bring in."""
        from ui.panels.models import ModelsPage
        from ui.presenters import ModelsPresenter

        if self.assistant is not None:
            page = ModelsPage(self._window)
            presenter = ModelsPresenter(self._bridge, page, self.assistant.collection)
            presenter.changed.connect(self._window.chat.composer.edited)
            presenter.searcher_chosen.connect(self.improves)
            _open(page)
            if brought:
                presenter.bring(brought)

    def apply_look(self) -> None:
        """Take the colours and the text size from the settings."""
        if self.settings is not None:
            theme().choose(self.settings.get(options.THEME), self.settings.get(options.TEXT_SIZE))

    def change_text_size(self, by: int) -> None:
        size = min(200, max(80, theme().percent + by)) if by else 100
        theme().choose(theme().choice, size)
        self._keep(lambda settings: settings.set(options.TEXT_SIZE, size))

    def toggle_dark(self) -> None:
        choice = "light" if theme().palette.dark else "dark"
        theme().choose(choice, theme().percent)
        self._keep(lambda settings: settings.set(options.THEME, choice))

    def show_keeping(self) -> None:
        from ui.panels.keeping import KeepingDialog

        if self.assistant is not None:
            dialog = KeepingDialog(self._bridge, self.assistant.keeping, self._window)
            dialog.restoring.connect(self.restores)
            dialog.erasing.connect(self.erases)
            dialog.rekeyed.connect(self.begins_anew)
            dialog.changed.connect(self._chats.refresh)
            _open(dialog)

    def lock(self) -> None:
        self.locks()

    def quit(self) -> None:
        self._window.close()

    def _keep(self, change: Callable[[Settings], None]) -> None:
        settings = self.settings
        if settings is not None:
            self._bridge.call(lambda: change(settings), lambda _: None, self.fault)


def _open(dialog: QDialog) -> None:
    """Show a dialog over its window without stopping the event loop, and forget it when it is closed."""
    from PySide6.QtCore import Qt

    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
