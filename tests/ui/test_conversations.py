"""Tests of the list of chats: opened, renamed, deleted with a way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu

from assistant.values import Adapter, ConversationId, InstalledModel, Kept, Role
from tests.ui.conftest import WaitUntil
from tests.ui.fakes import ScriptedPrivet
from ui.shell import Shell


@pytest.fixture
def chats(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> list[ConversationId]:
    """Three chats, the newest first."""
    made = [privet.conversations.create(title) for title in ("One", "Two", "Three")]
    for one in made:
        privet.conversations.append(one, Role.USER, "Hello")
    shell.chats.refresh()
    wait_until(lambda: len(shell.chats.infos) == 3)
    return [info.id for info in shell.chats.infos]


def titles(shell: Shell) -> list[str]:
    return [row.title for row in shell.window.chats.list.rows if isinstance(row.key, int)]


def test_they_are_listed_newest_first(shell: Shell, chats: list[ConversationId]) -> None:
    assert titles(shell) == ["Three", "Two", "One"]


def test_the_keyboard_goes_from_chat_to_chat(shell: Shell, chats: list[ConversationId]) -> None:
    shell.actions["chat.next"].trigger()
    assert shell.chats.current == chats[0]
    shell.actions["chat.next"].trigger()
    assert shell.chats.current == chats[1]
    shell.actions["chat.previous"].trigger()
    assert shell.chats.current == chats[0]
    QTest.keyClick(shell.window.chats.list, Qt.Key.Key_Down)
    assert shell.chats.current == chats[1]
    assert shell.window.title.text() == "Two"


def test_a_chat_is_renamed_in_place(
    shell: Shell, privet: ScriptedPrivet, chats: list[ConversationId], wait_until: WaitUntil
) -> None:
    shell.chats.open(chats[1])
    shell.actions["chat.rename"].trigger()
    editor = shell.window.chats.list.findChild(QLineEdit)
    assert editor is not None
    editor.setText("  A better\nname ")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait_until(lambda: "A better name" in titles(shell))
    assert privet.conversations.infos[chats[1]].title == "A better name"


def test_a_deleted_chat_can_be_had_back(
    shell: Shell, privet: ScriptedPrivet, chats: list[ConversationId], wait_until: WaitUntil
) -> None:
    shell.chats.open(chats[0])
    shell.actions["chat.delete"].trigger()
    assert titles(shell) == ["Two", "One"]
    assert shell.window.chat.welcomes
    assert chats[0] in privet.conversations.infos
    shell.actions["undo"].trigger()
    wait_until(lambda: not shell.bridge.busy)
    assert titles(shell) == ["Three", "Two", "One"]
    assert shell.chats.current == chats[0]


def test_a_deleted_chat_is_gone_for_good_when_the_way_back_is(
    shell: Shell, privet: ScriptedPrivet, chats: list[ConversationId], wait_until: WaitUntil
) -> None:
    QTest.keyClick(shell.window.chats.list, Qt.Key.Key_Down)
    QTest.keyClick(shell.window.chats.list, Qt.Key.Key_Delete)
    shell.window.chat.notice.dismiss()
    wait_until(lambda: chats[0] not in privet.conversations.infos)
    assert titles(shell) == ["Two", "One"]


def test_deleting_two_in_a_row_deletes_both(
    shell: Shell, privet: ScriptedPrivet, chats: list[ConversationId], wait_until: WaitUntil
) -> None:
    shell.chats.delete(int(chats[0]))
    shell.chats.delete(int(chats[1]))
    shell.window.chat.notice.dismiss()
    wait_until(lambda: len(privet.conversations.infos) == 1)
    assert titles(shell) == ["One"]


def test_what_was_deleted_is_deleted_when_the_window_closes(
    shell: Shell, privet: ScriptedPrivet, chats: list[ConversationId], wait_until: WaitUntil
) -> None:
    shell.chats.delete(int(chats[0]))
    shell.window.close()
    wait_until(lambda: privet.closed)
    assert chats[0] not in privet.conversations.infos


def adapter(name: str) -> InstalledModel:
    path = Path(f"/models/{name.lower()}.gguf")
    return InstalledModel(name, "adapter", path, (path,), 1000, Kept.COPIED)


def test_a_chat_gets_an_adapter_by_its_menu(
    shell: Shell, privet: ScriptedPrivet, chats: list[ConversationId], wait_until: WaitUntil
) -> None:
    privet.adapters.there = (adapter("Law & order"), adapter("Latin"))
    shell.chats.refresh()
    wait_until(lambda: len(shell.chats._adapters) == 2)
    choices = adapter_choices(shell, chats[1])
    assert [(action.text(), action.isChecked()) for action in choices] == [
        ("None", True),
        ("Law && order", False),
        ("Latin", False),
    ]
    choices[1].trigger()
    wait_until(lambda: privet.conversations.infos[chats[1]].adapter == Adapter(Path("/models/law & order.gguf")))
    wait_until(lambda: [action.isChecked() for action in adapter_choices(shell, chats[1])] == [False, True, False])
    # One that was made for another model is refused in words, and changes nothing.
    adapter_choices(shell, chats[1])[2].trigger()
    wait_until(lambda: "made for another model" in shell.window.chat.fault.words)
    assert privet.conversations.infos[chats[1]].adapter == Adapter(Path("/models/law & order.gguf"))
    adapter_choices(shell, chats[1])[0].trigger()
    wait_until(lambda: privet.conversations.infos[chats[1]].adapter is None)


def adapter_choices(shell: Shell, chat: ConversationId) -> list[QAction]:
    """The entries of the submenu; the menu lives as long as they are used."""
    menu = shell.chats._menu(chat)
    assert menu is not None
    (submenu,) = (action.menu() for action in menu.actions() if action.text() == "Adapter")
    assert isinstance(submenu, QMenu)
    return submenu.actions()


def test_without_adapters_there_is_nothing_to_choose(shell: Shell, chats: list[ConversationId]) -> None:
    menu = shell.chats._menu(chats[0])
    assert menu is not None and "Adapter" not in [action.text() for action in menu.actions()]
