"""Which documents the chat in sight asks: said beside the question field, chosen in a dialog, kept in the vault."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from assistant.values import (
    EVERYTHING,
    FIRST_WORKSPACE,
    CollectionId,
    ConversationId,
    ConversationInfo,
    Scope,
    WorkspaceId,
    WorkspaceInfo,
)
from ui.bridge import Bridge
from ui.i18n import counted, tr
from ui.ports import Assistant
from ui.widgets import Composer

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from assistant.errors import PrivetError
    from ui.panels.scope import Offered, ScopeDialog


class ScopePresenter(QObject):
    """`fault`: a PrivetError. `changed`: other documents are asked now. `moved`: another workspace is in sight."""

    fault = Signal(object)
    changed = Signal()
    moved = Signal()

    def __init__(self, bridge: Bridge, composer: Composer) -> None:
        super().__init__(composer)
        self._bridge = bridge
        self._composer = composer
        self._assistant: Assistant | None = None
        self._workspaces: dict[WorkspaceId, WorkspaceInfo] = {}
        self._fresh = FIRST_WORKSPACE  # where a new chat begins
        self._conversation: ConversationId | None = None
        self._shown = FIRST_WORKSPACE  # the workspace that was in sight last
        self.workspace = FIRST_WORKSPACE
        self.scope = EVERYTHING
        composer.scope.clicked.connect(self.choose)

    @property
    def home(self) -> CollectionId | None:
        """The collection that documents go to which are added now."""
        info = self._workspaces.get(self.workspace)
        return None if info is None else info.home

    def attach(self, assistant: Assistant) -> None:
        """Learn the workspaces of an engine that is open now, and which one was chosen last."""
        self._assistant = assistant

        def known(found: tuple[tuple[WorkspaceInfo, ...], WorkspaceId]) -> None:
            self._workspaces = {info.id: info for info in found[0]}
            self._fresh = found[1]
            if self._conversation is None:
                self.workspace = self._fresh
            self._show()

        self._bridge.call(lambda: (assistant.workspaces.list(), assistant.workspaces.current), known, self.fault.emit)

    def look_at(self, info: ConversationInfo | None) -> None:
        """Another chat is in sight, or None for a new one."""
        self._conversation = None if info is None else info.id
        self.workspace = self._fresh if info is None else info.workspace
        self.scope = EVERYTHING if info is None else info.scope
        self._show()

    def begun(self, conversation: ConversationId) -> None:
        """The new chat in sight has begun."""
        self._conversation = conversation

    def choose(self) -> None:
        """Have the person choose."""
        assistant = self._assistant
        if assistant is not None:
            from ui.panels.scope import Offered

            documents = assistant.documents
            self._bridge.call(
                lambda: Offered(assistant.workspaces.list(), documents.collections.list(), documents.list()),
                self._open,
                self.fault.emit,
            )

    def _open(self, offered: Offered) -> None:
        from PySide6.QtCore import Qt

        from ui.panels.scope import ScopeDialog

        window: QWidget = self._composer.window()
        dialog = ScopeDialog(offered, self.workspace, self.scope, self._conversation is not None, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(lambda workspace, scope: self._take(dialog, workspace, scope))
        dialog.wanted.connect(lambda name: self._make(dialog, name))
        dialog.open()

    def _make(self, dialog: ScopeDialog, name: str) -> None:
        assistant = self._assistant
        assert assistant is not None

        def made(info: WorkspaceInfo) -> None:
            self._workspaces[info.id] = info
            dialog.workspace.addItem(info.name, int(info.id))
            dialog.workspace.setCurrentIndex(dialog.workspace.count() - 1)
            dialog.name.clear()

        self._bridge.call(lambda: assistant.workspaces.create(name), made, _refused(dialog))

    def _take(self, dialog: ScopeDialog, workspace: WorkspaceId, scope: Scope) -> None:
        assistant, conversation = self._assistant, self._conversation
        assert assistant is not None

        def keep() -> None:
            assistant.workspaces.reach(workspace, scope)  # raises where a day is none
            if conversation is not None:
                assistant.conversations.set_scope(conversation, scope)
            else:
                assistant.workspaces.choose(workspace)

        def kept(_: None) -> None:
            dialog.accept()
            if conversation != self._conversation:
                return  # the person has gone on to another chat meanwhile
            if conversation is None:
                self._fresh = workspace
            self.workspace, self.scope = workspace, scope
            self._show()
            self.changed.emit()

        self._bridge.call(keep, kept, _refused(dialog))

    def _show(self) -> None:
        info = self._workspaces.get(self.workspace)
        name = tr("Personal") if info is None or info.id == FIRST_WORKSPACE else info.name
        scope = self.scope
        chosen = len(scope.collections) + len(scope.documents)
        parts = [counted(chosen, "{n} chosen", "{n} chosen")] if chosen else []
        parts += [tr("some types")] if scope.types else []
        parts += [tr("some days")] if scope.since or scope.until else []
        words = tr("{name}: {what}", name=name, what=", ".join(parts) or tr("all documents"))
        self._composer.show_scope(words, len(self._workspaces) > 1 or scope != EVERYTHING)
        if self._shown != self.workspace:
            self._shown = self.workspace
            self.moved.emit()


def _refused(dialog: ScopeDialog) -> Callable[[PrivetError], None]:
    return lambda error: dialog.refuse(error.what, error.do)
