"""The page about a person's data: each button does its one thing, says what came of it, and faults stay readable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QLineEdit

from assistant.errors import BadInput, WrongPassphrase
from tests.ui.conftest import WaitUntil
from tests.ui.fakes import WORDS, ScriptedPrivet
from ui.panels.keeping import EraseDialog, KeepingDialog, PassphraseDialog, RecoveryDialog
from ui.shell import Shell
from ui.widgets import TextButton


@pytest.fixture
def page(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> KeepingDialog:
    """The page, opened by its command, with a chat in the trash."""
    made = privet.conversations.create("Old chat")
    privet.conversations.discard(made)
    shell.actions["data"].trigger()
    (page,) = shell.window.findChildren(KeepingDialog)
    wait_until(lambda: "Old chat" in texts(page) and not shell.bridge.busy)
    return page


def texts(widget: QDialog) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def press(dialog: QDialog, words: str) -> None:
    next(button for button in dialog.findChildren(TextButton) if button.text() == words).click()


def dialog_of(page: KeepingDialog, kind: type[QDialog]) -> QDialog:
    return next(one for one in page.findChildren(kind) if one.isVisible())


def choose(monkeypatch: pytest.MonkeyPatch, name: str, answer: object) -> None:
    monkeypatch.setattr(QFileDialog, name, lambda *arguments: answer)


def test_it_says_what_opens_the_data_and_when_it_was_backed_up(page: KeepingDialog) -> None:
    shown = texts(page)
    assert "A passphrase" in shown and "newest of 2026-11-25" in shown and "encrypted" in shown


def test_a_new_passphrase_is_written_twice(page: KeepingDialog, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    press(page, "Change passphrase…")
    dialog = dialog_of(page, PassphraseDialog)
    first, second = dialog.findChildren(QLineEdit)
    for one, other in (("short", "short"), ("long enough", "another one"), ("long enough", "long enough")):
        assert dialog.isVisible()
        first.setText(one)
        second.setText(other)
        QTest.keyClick(second, Qt.Key.Key_Return)
    wait_until(lambda: "The passphrase is changed." in page.said.words)
    assert privet.keeping.calls == [("set_passphrase", "long enough")]


def test_a_recovery_key_is_shown_until_it_is_written_down(page: KeepingDialog, wait_until: WaitUntil) -> None:
    press(page, "New recovery key…")
    wait_until(lambda: any(one.isVisible() for one in page.findChildren(RecoveryDialog)))
    dialog = dialog_of(page, RecoveryDialog)
    assert isinstance(dialog, RecoveryDialog)
    assert all(word in texts(dialog) for word in WORDS.split())
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    dialog.written.setChecked(True)
    dialog.done_button.click()
    assert not dialog.isVisible()
    wait_until(lambda: "A recovery key" in texts(page))


def test_a_way_in_is_removed_and_a_fault_is_said(
    page: KeepingDialog, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.keeping.faults["remove_way"] = BadInput("This is the only way in.", "Choose a passphrase first.")
    press(page, "Remove")
    wait_until(lambda: page.fault.words == "This is the only way in. Choose a passphrase first.")
    press(page, "Use the keychain")
    wait_until(lambda: "SecretService" in texts(page))
    assert page.fault.words == ""


def test_a_backup_goes_where_it_is_to_and_says_if_it_opens_here_alone(
    page: KeepingDialog, privet: ScriptedPrivet, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choose(monkeypatch, "getSaveFileName", ("", ""))
    press(page, "Back up to…")
    assert privet.keeping.calls == []
    choose(monkeypatch, "getSaveFileName", (str(tmp_path / "all.privet"), ""))
    privet.keeping.portable = False
    press(page, "Back up to…")
    wait_until(lambda: "all.privet" in page.said.words)
    assert "recovery key for another one" in page.said.words
    assert privet.keeping.calls == [("back_up", tmp_path / "all.privet")]


def test_the_check_says_that_all_is_sound_or_what_is_not(
    page: KeepingDialog, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    press(page, "Check everything")
    wait_until(lambda: "as it was written" in page.said.words)
    privet.keeping.unsound = ("Your data is damaged.",)
    press(page, "Check everything")
    wait_until(lambda: page.fault.words == "Your data is damaged.")
    assert page.said.words == ""


def test_a_restored_backup_and_a_new_key_begin_the_window_anew(
    shell: Shell, page: KeepingDialog, privet: ScriptedPrivet, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    anew: list[object] = []
    shell.begun_anew.connect(anew.append)
    choose(monkeypatch, "getOpenFileName", ("/somewhere/all.privet", ""))
    press(page, "Restore from…")
    wait_until(lambda: anew)
    assert anew == [Path("/somewhere/all.privet")] and privet.closed


def test_a_new_key_needs_the_passphrase_and_shows_the_new_words(
    shell: Shell, page: KeepingDialog, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    anew: list[object] = []
    shell.begun_anew.connect(anew.append)
    privet.keeping.faults["rekey"] = WrongPassphrase("This passphrase does not open your data.", "Try again.")
    privet.keeping.kinds["recovery"] = "a recovery key"

    def give(passphrase: str) -> None:
        press(page, "Encrypt anew…")
        dialog = dialog_of(page, PassphraseDialog)
        (field,) = dialog.findChildren(QLineEdit)
        field.setText(passphrase)
        QTest.keyClick(field, Qt.Key.Key_Return)

    give("wrong")
    wait_until(lambda: "does not open" in page.fault.words)
    del privet.keeping.faults["rekey"]
    give("right")
    wait_until(lambda: any(one.isVisible() for one in page.findChildren(RecoveryDialog)))
    dialog = dialog_of(page, RecoveryDialog)
    assert isinstance(dialog, RecoveryDialog) and anew == []
    dialog.written.setChecked(True)
    dialog.done_button.click()
    wait_until(lambda: anew == [None])


def test_everything_is_exported_and_chats_come_in(
    shell: Shell, page: KeepingDialog, privet: ScriptedPrivet, wait_until: WaitUntil, tmp_path: Path
) -> None:
    page.export_to(tmp_path / "out")
    wait_until(lambda: "It is not encrypted there." in page.said.words)
    page.import_from([Path("/x/a chat.json"), Path("/x/notes.txt")])
    wait_until(lambda: "notes.txt" in page.fault.words and not shell.bridge.busy)
    wait_until(lambda: any(info.title == "a chat" for info in shell.chats.infos))
    page.import_from([Path("/x/b.json"), Path("/x/c.json")])
    wait_until(lambda: page.said.words == "2 chats are new here.")


def test_a_chat_comes_back_from_the_trash(
    shell: Shell, page: KeepingDialog, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    press(page, "Bring back")
    wait_until(lambda: "is back" in page.said.words and "The trash is empty." in texts(page))
    wait_until(lambda: any(info.title == "Old chat" for info in shell.chats.infos))


def test_erasing_needs_the_word_and_a_place_for_the_certificate(
    shell: Shell, page: KeepingDialog, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    erased: list[object] = []
    shell.erased.connect(erased.append)
    choose(monkeypatch, "getSaveFileName", ("/somewhere/certificate.txt", ""))
    press(page, "Erase everything…")
    dialog = dialog_of(page, EraseDialog)
    (field,) = dialog.findChildren(QLineEdit)
    for word, goes in (("", False), ("erase", False), ("ERASE", True)):
        field.setText(word)
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert dialog.isVisible() is not goes
    wait_until(lambda: erased == [Path("/somewhere/certificate.txt")])


def test_every_button_has_a_name_and_waits_while_something_is_done(
    page: KeepingDialog, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    named: Callable[[TextButton], bool] = lambda button: bool(button.accessibleName())  # noqa: E731
    assert all(map(named, page.findChildren(TextButton)))
    press(page, "Check everything")
    assert not page.button("Back up to…").isEnabled()
    wait_until(lambda: page.button("Back up to…").isEnabled())
