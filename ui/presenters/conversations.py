"""Decides which conversation is open, and renames and deletes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from assistant.values import ConversationId, ConversationInfo, InstalledModel
from ui.bridge import Bridge
from ui.i18n import tr
from ui.lists import Key
from ui.panels.conversations import ConversationsView
from ui.ports import Assistant
from ui.widgets import Banner

_UNDO_SECONDS: Final = 8.0


class ConversationsPresenter(QObject):
    """`opened` carries the ConversationInfo that is to be shown, None for a new one; `fault` a PrivetError."""

    opened = Signal(object)
    fault = Signal(object)
    changed = Signal()

    def __init__(self, bridge: Bridge, view: ConversationsView, notice: Banner) -> None:
        super().__init__(view)
        self._bridge = bridge
        self._view = view
        self._notice = notice
        self._assistant: Assistant | None = None
        self._all: tuple[ConversationInfo, ...] = ()
        self._deleting: set[ConversationId] = set()
        self._adapters: tuple[InstalledModel, ...] = ()
        self._busy: frozenset[ConversationId] = frozenset()
        self.current: ConversationId | None = None
        view.list.chosen.connect(self._choose)
        view.list.removed.connect(self.delete)
        view.list.renamed.connect(self._rename)
        view.list.menu_for = self._menu

    @property
    def infos(self) -> tuple[ConversationInfo, ...]:
        """The conversations as listed, without those that are about to be deleted."""
        return tuple(info for info in self._all if info.id not in self._deleting)

    def attach(self, assistant: Assistant) -> None:
        """List the conversations of an engine that is open now."""
        self._assistant = assistant
        self.refresh()

    def refresh(self) -> None:
        """Ask the vault for the list again."""
        if self._assistant is not None:
            self._bridge.call(self._assistant.conversations.list, self._listed, self.fault.emit)
            self._bridge.call(self._assistant.adapters.list, self._adapters_listed, self.fault.emit)

    def open(self, conversation: ConversationId | None) -> None:
        """Open a conversation, or a new one."""
        self.current = conversation
        self._show()
        self.opened.emit(next((info for info in self._all if info.id == conversation), None))

    def adopt(self, conversation: ConversationId) -> None:
        """A new conversation was made out of the one that is open; it is already on the screen."""
        self.current = conversation
        self.refresh()

    def mark_busy(self, busy: Collection[ConversationId]) -> None:
        """Show in which conversations an answer is being written."""
        self._busy = frozenset(busy)
        self._show()

    def step(self, by: int) -> None:
        """Open the conversation `by` rows below the current one."""
        ids = [info.id for info in self.infos]
        if not ids:
            return
        place = ids.index(self.current) + by if self.current in ids else 0
        self.open(ids[min(len(ids) - 1, max(0, place))])

    def rename_current(self) -> None:
        """Edit the title of the open conversation in the list."""
        if self.current is not None:
            self._view.list.setFocus()
            self._view.list.rename(int(self.current))

    def delete(self, key: Key) -> None:
        """Take a conversation off the list; it is moved to the trash when the way back is no longer offered."""
        info = next((info for info in self.infos if info.id == key), None)
        if info is None or info.id in self._busy:
            return
        # The notice first: it makes an earlier removal final, which lists anew.
        self._notice.say(
            tr("“{title}” is in the trash.", title=info.title or tr("New chat")),
            action=tr("Undo"),
            act=lambda: self._restore(info),
            gone=lambda: self._discard(info.id),
            seconds=_UNDO_SECONDS,
        )
        self._deleting.add(info.id)
        if self.current == info.id:
            self.open(None)
        else:
            self._show()

    def _restore(self, info: ConversationInfo) -> None:
        self._deleting.discard(info.id)
        self.open(info.id)

    def _discard(self, conversation: ConversationId) -> None:
        assistant = self._assistant
        if assistant is not None:
            self._bridge.call(
                lambda: assistant.conversations.discard(conversation),
                lambda _: self._forget(conversation),
                self.fault.emit,
            )

    def _forget(self, conversation: ConversationId) -> None:
        self._all = tuple(info for info in self._all if info.id != conversation)
        self._deleting.discard(conversation)
        self._show()

    def _rename(self, key: Key, title: str) -> None:
        assistant = self._assistant
        if assistant is not None and isinstance(key, int):
            conversation = ConversationId(key)
            self._bridge.call(
                lambda: assistant.conversations.rename(conversation, title), lambda _: self.refresh(), self.fault.emit
            )

    def _choose(self, key: Key) -> None:
        if isinstance(key, int) and key != self.current:
            self.open(ConversationId(key))

    def _listed(self, conversations: tuple[ConversationInfo, ...]) -> None:
        self._all = conversations
        self._show()

    def _show(self) -> None:
        self._view.show_conversations(self.infos, self.current, self._busy, datetime.now(UTC).astimezone().date())
        self.changed.emit()

    def _menu(self, key: Key) -> QMenu | None:
        if not isinstance(key, int):
            return None
        menu = QMenu(self._view)
        menu.addAction(tr("Rename"), lambda: self._view.list.rename(key))
        menu.addAction(tr("Delete"), lambda: self.delete(key))
        info = next((info for info in self.infos if info.id == key), None)
        if info is not None and (self._adapters or info.adapter is not None):
            self._add_adapters(menu.addMenu(tr("Adapter")), info)
        return menu

    def _add_adapters(self, menu: QMenu, info: ConversationInfo) -> None:
        """One can lie beside the model in this conversation."""
        beside = None if info.adapter is None else info.adapter.path
        choices = [(tr("None"), ""), *((adapter.name, str(adapter.path)) for adapter in self._adapters)]
        for title, path in choices:
            action = menu.addAction(title.replace("&", "&&"), partial(self.set_adapter, info.id, path))
            action.setCheckable(True)
            action.setChecked(path == ("" if beside is None else str(beside)))

    def set_adapter(self, conversation: ConversationId, path: str) -> None:
        """Have a conversation answered with the adapter that lies there, "" for none."""
        assistant = self._assistant
        if assistant is None:
            return

        def keep() -> None:
            adapter = assistant.adapters.named(path) if path else None
            assistant.conversations.set_adapter(conversation, adapter)

        self._bridge.call(keep, lambda _: self.refresh(), self.fault.emit)

    def _adapters_listed(self, adapters: tuple[InstalledModel, ...]) -> None:
        self._adapters = adapters
