"""Tests of which documents a chat asks: chosen beside the question field, kept with the chat, said to everyone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QListWidget

from assistant.values import (
    EVERYTHING,
    FIRST_WORKSPACE,
    CollectionId,
    CollectionInfo,
    ConversationId,
    DocumentId,
    Scope,
    WorkspaceId,
)
from tests.ui.conftest import WaitUntil
from tests.ui.fakes import ScriptedPrivet, pieces
from ui.panels.scope import ScopeDialog
from ui.shell import Shell
from ui.widgets import TextButton


def dialog_of(shell: Shell, wait_until: WaitUntil) -> ScopeDialog:
    """The dialog, opened by its command."""
    shell.actions["documents.scope"].trigger()
    wait_until(lambda: shell.window.findChild(ScopeDialog) is not None)
    dialog = shell.window.findChild(ScopeDialog)
    assert isinstance(dialog, ScopeDialog)
    return dialog


def gone(shell: Shell) -> bool:
    QApplication.sendPostedEvents()
    return shell.window.findChild(ScopeDialog) is None


def ask(shell: Shell, wait_until: WaitUntil, text: str) -> None:
    shell.window.chat.composer.write(text)
    shell.actions["chat.ask"].trigger()
    wait_until(lambda: not shell.chat.busy and not shell.bridge.busy)


def test_a_new_chat_begins_in_the_workspace_that_was_made_and_documents_go_there(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil, tmp_path: Path
) -> None:
    dialog = dialog_of(shell, wait_until)
    dialog.name.setText("Client A")
    dialog.make.click()
    wait_until(lambda: dialog.workspace.currentText() == "Client A")
    dialog.chosen.emit(dialog.chosen_workspace, dialog.scope)
    wait_until(lambda: gone(shell))
    shell.library.add([tmp_path / "a.txt"])
    wait_until(lambda: privet.documents.homes)
    assert privet.documents.homes == [CollectionId(20)]
    assert "Client A" in shell.window.chat.composer.scope_words.text()
    privet.answering.scripts.append(pieces("Yes."))
    ask(shell, wait_until, "Is it?")
    info = privet.conversations.infos[ConversationId(1)]
    assert (info.workspace, info.scope) == (WorkspaceId(2), EVERYTHING)
    assert privet.workspaces.current == WorkspaceId(2)


def test_a_begun_chat_stays_in_its_workspace_and_can_be_narrowed(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.documents.collections.infos.append(CollectionInfo(CollectionId(5), "Leases", 1, 1, 1, 0, 0))
    report = privet.documents.put(Path("/report.pdf"), collection=CollectionId(5))
    ask(shell, wait_until, "Is it?")
    dialog = dialog_of(shell, wait_until)
    assert not dialog.workspace.isEnabled() and not dialog.make.isEnabled()
    for rows in (dialog.collections, dialog.documents):
        rows.item(0).setCheckState(Qt.CheckState.Checked)
    dialog.types["pdf"].setChecked(True)
    dialog.since.setText("soon")
    dialog.chosen.emit(dialog.chosen_workspace, dialog.scope)
    wait_until(lambda: dialog.fault.words)
    assert "soon is not a day." in dialog.fault.words
    dialog.since.setText("2026-01-01")
    dialog.chosen.emit(dialog.chosen_workspace, dialog.scope)
    wait_until(lambda: gone(shell))
    kept = privet.conversations.infos[ConversationId(1)].scope
    assert kept == Scope((CollectionId(5),), (report.id,), ("pdf",), "2026-01-01", "")
    assert shell.window.chat.composer.scope.accessibleName() == (
        "Which documents are asked: Personal: 2 chosen, some types, some days"
    )
    shell.actions["chat.new"].trigger()
    assert shell.chat.scope.scope == EVERYTHING


def test_only_what_is_in_the_workspace_is_offered_and_every_part_has_a_name(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    client = privet.workspaces.create("Client A")
    assert client.home is not None
    privet.documents.collections.infos += [
        CollectionInfo(client.home, "Client A", 1, 1, 1, 0, 0, client.id),
        CollectionInfo(CollectionId(5), "Leases", 1, 1, 1, 0, 0),
    ]
    privet.documents.put(Path("/secret.pdf"), collection=client.home)
    privet.documents.put(Path("/town.pdf"))
    dialog = dialog_of(shell, wait_until)
    assert _rows(dialog.documents) == ["town.pdf"] and _rows(dialog.collections) == ["Leases"]
    dialog.workspace.setCurrentIndex(dialog.workspace.findData(int(client.id)))
    assert _rows(dialog.documents) == ["secret.pdf"] and _rows(dialog.collections) == ["Client A"]
    dialog.filter.setText("nothing")
    assert _rows(dialog.documents) == []
    assert dialog.scope.documents == tuple[DocumentId, ...]() and dialog.chosen_workspace != FIRST_WORKSPACE
    for kind in (QComboBox, QLineEdit, QListWidget):
        assert all(part.accessibleName() for part in dialog.findChildren(kind))
    assert all(box.text() for box in dialog.findChildren(QCheckBox))
    dialog.reject()


def _rows(rows: QListWidget) -> list[str]:
    return [rows.item(place).text() for place in range(rows.count())]


def test_the_documents_listed_are_those_of_the_chats_workspace_until_all_are_wanted(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    ours, theirs = privet.documents.put(Path("/ours.pdf")), privet.documents.put(Path("/theirs.pdf"))
    privet.workspaces.create("Client A")
    privet.workspaces.reaches = {FIRST_WORKSPACE: frozenset({ours.id}), WorkspaceId(2): frozenset({theirs.id})}
    made = privet.conversations.create("A case", True, WorkspaceId(2))
    shell.library.look_again()
    wait_until(lambda: [one.id for one in shell.library.documents] == [ours.id])
    shell.chats.refresh()
    wait_until(lambda: shell.window.chats.list.rows and not shell.bridge.busy)
    shell.chats.open(made)
    wait_until(lambda: [one.id for one in shell.library.documents] == [theirs.id])
    button = next(one for one in shell.window.library.findChildren(TextButton) if "other" in one.text())
    assert button.isVisible() and button.text() == "Show 1 of another workspace"
    button.click()
    assert {one.id for one in shell.library.documents} == {ours.id, theirs.id}
    assert button.text() == "Only those of this workspace"
    shell.actions["documents.everywhere"].trigger()
    assert [one.id for one in shell.library.documents] == [theirs.id]
