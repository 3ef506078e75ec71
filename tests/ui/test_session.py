"""Tests of opening and closing: passphrases, a vault in use, one window, and nothing lost at the end."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from assistant.errors import PassphraseNeeded, VaultDamaged, VaultInUse
from assistant.values import Prepared, Token
from tests.ui.conftest import MakeShell, WaitUntil
from tests.ui.fakes import ScriptedPrivet, ScriptedRequest
from ui.ports import Ask, Assistant
from ui.shell import Shell, UnlockDialog
from ui.window import CAME_FORWARD, OpenMark, ask_to_come_forward


def dialog_of(shell: Shell) -> UnlockDialog | None:
    return next((one for one in shell.window.findChildren(UnlockDialog) if one.isVisible()), None)


def fields_of(dialog: UnlockDialog) -> list[QLineEdit]:
    return [field for field in dialog.findChildren(QLineEdit) if field.isVisible()]


def asking(privet: ScriptedPrivet, requests: list[ScriptedRequest], given: list[str | None]) -> object:
    def open_with(ask: Ask) -> Assistant:
        for request in requests:
            given.append(ask(request))
            if given[-1] is None:
                raise PassphraseNeeded("There is no passphrase.", "Give one.")
        return privet

    return open_with


def test_a_new_passphrase_is_asked_for_twice(
    make_shell: MakeShell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    given: list[str | None] = []
    shell = make_shell(asking(privet, [ScriptedRequest(True)], given))
    wait_until(lambda: dialog_of(shell))
    dialog = dialog_of(shell)
    assert dialog is not None
    first, second = fields_of(dialog)
    assert {first.echoMode(), second.echoMode()} == {QLineEdit.EchoMode.Password}
    for one, other in (("short", "short"), ("long enough", "not the same")):
        first.setText(one)
        second.setText(other)
        QTest.keyClick(second, Qt.Key.Key_Return)
        assert dialog.isVisible()
    first.setText("a hedge in May")
    second.setText("a hedge in May")
    QTest.keyClick(second, Qt.Key.Key_Return)
    wait_until(lambda: shell.session.assistant)
    assert given == ["a hedge in May"]


def test_a_wrong_passphrase_is_asked_for_again(
    make_shell: MakeShell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    given: list[str | None] = []
    shell = make_shell(asking(privet, [ScriptedRequest(False, 1), ScriptedRequest(False, 2)], given))
    for passphrase in ("wrong", "right"):
        wait_until(lambda: dialog_of(shell))
        dialog = dialog_of(shell)
        assert dialog is not None
        (field,) = fields_of(dialog)
        field.setText(passphrase)
        QTest.keyClick(field, Qt.Key.Key_Return)
    wait_until(lambda: shell.session.assistant)
    assert given == ["wrong", "right"]


def test_who_gives_no_passphrase_leaves_with_a_sentence(
    make_shell: MakeShell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    shell = make_shell(asking(privet, [ScriptedRequest(False)], []))
    said: list[str] = []
    shell.left.connect(said.append)
    wait_until(lambda: dialog_of(shell))
    dialog = dialog_of(shell)
    assert dialog is not None
    dialog.reject()
    wait_until(lambda: said)
    assert said == ["Privet stays closed without its passphrase. Start it again when you have it."]


def test_closing_while_a_passphrase_is_asked_for_ends(
    make_shell: MakeShell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    given: list[str | None] = []
    shell = make_shell(asking(privet, [ScriptedRequest(False)], given))
    said: list[str] = []
    shell.left.connect(said.append)
    wait_until(lambda: dialog_of(shell))
    shell.leave()
    wait_until(lambda: said)
    assert given == [None]


def test_a_vault_that_does_not_open_says_why_and_can_be_tried_again(
    make_shell: MakeShell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    faults = [VaultDamaged("The vault is damaged.", "Restore a copy.")]

    def open_with(ask: Ask) -> Assistant:
        if faults:
            raise faults.pop()
        return privet

    shell = make_shell(open_with)
    wait_until(lambda: shell.window.chat.fault.words)
    assert shell.window.chat.fault.words == "The vault is damaged. Restore a copy."
    shell.window.chat.fault.press()
    wait_until(lambda: shell.session.assistant)
    assert shell.window.chat.fault.words == ""


def test_a_vault_that_a_terminal_holds_is_said(make_shell: MakeShell, wait_until: WaitUntil) -> None:
    def open_with(ask: Ask) -> Assistant:
        raise VaultInUse("Another Privet has the vault open.", "Close it.")

    shell = make_shell(open_with)
    wait_until(lambda: shell.window.chat.fault.words)
    assert shell.window.chat.fault.words == "Another Privet has the vault open. Close it."


def test_a_second_start_brings_the_first_window_forward_and_goes(
    shell: Shell, make_shell: MakeShell, wait_until: WaitUntil
) -> None:
    def open_with(ask: Ask) -> Assistant:
        raise VaultInUse("Another Privet has the vault open.", "Close it.")

    shell.window.showMinimized()
    second = make_shell(open_with)
    said: list[str] = []
    second.left.connect(said.append)
    wait_until(lambda: said)
    assert said == [CAME_FORWARD]
    assert not shell.window.isMinimized()


def test_nobody_is_asked_where_no_window_says_that_it_is_open(tmp_path: Path) -> None:
    assert not ask_to_come_forward(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_mark_left_by_a_crash_is_not_waited_for_long(tmp_path: Path) -> None:
    (tmp_path / "window-open").touch()
    assert not ask_to_come_forward(tmp_path, 0.05)
    assert [path.name for path in tmp_path.iterdir()] == ["window-open"]


def test_the_mark_goes_with_the_window(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    data = tmp_path / "data"
    assert (data / "window-open").exists()
    gone: list[str] = []
    shell.left.connect(gone.append)
    shell.window.close()
    wait_until(lambda: gone)
    assert privet.closed
    assert list(data.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_has_no_mark(
    qt_app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    OpenMark(tmp_path / "not there", qt_app)
    assert list(tmp_path.iterdir()) == []


def test_closing_while_an_answer_is_written_stops_it_first(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.answering.scripts.append([Token("Half"), threading.Event(), Token("never")])
    shell.window.chat.composer.write("Go")
    shell.chat.ask()
    wait_until(lambda: privet.answering.questions)
    shell.window.close()
    wait_until(lambda: privet.closed)
    assert privet.answering.stopped == 1
    assert not shell.window.isVisible()


def test_what_is_being_made_ready_is_said_until_it_is(
    make_shell: MakeShell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.preparing = [Prepared("model", False, "The model is being loaded."), Prepared("model", True, "")]
    shell = make_shell(lambda ask: privet)
    said: list[str] = []
    shell.session.status.connect(said.append)
    wait_until(lambda: len(said) == 2)
    assert said == ["The model is being loaded.", ""]
    assert shell.window.chat.composer.status.text() == ""


def test_nothing_can_be_sent_before_the_vault_is_open(
    make_shell: MakeShell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    gate = threading.Event()

    def open_with(ask: Ask) -> Assistant:
        gate.wait(10)
        return privet

    shell = make_shell(open_with)
    composer = shell.window.chat.composer
    composer.write("Too early")
    assert not composer.button.isEnabled()
    QTest.keyClick(composer.field, Qt.Key.Key_Return)
    gate.set()
    wait_until(lambda: composer.button.isEnabled())
    assert privet.answering.questions == []
    assert composer.text == "Too early"
