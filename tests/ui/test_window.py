"""Tests of the window as a whole: every command, every name, every theme and text size, and both directions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QWidget

from assistant.settings import options
from assistant.values import Retrieved, Role, Token
from tests.ui.conftest import WaitUntil
from tests.ui.fakes import ScriptedPrivet, ScriptedRequest, citation
from ui.actions import COMMANDS
from ui.panels.preferences import PreferencesDialog
from ui.panels.privacy import PrivacyPage
from ui.shell import Palette, Shell, UnlockDialog, help_page
from ui.theme import theme

ANSWER = "Yes [1].\n\n```\ncode\n```"


@pytest.fixture
def busy(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> Shell:
    """A window with a chat, an answer with sources, and documents."""
    privet.documents.put(Path("/x/a.pdf"))
    privet.answering.scripts.append([Retrieved((citation(1), citation(2, "long words " * 200)), 0.1), Token(ANSWER)])
    shell.library.attach(privet)
    shell.window.chat.composer.write("Is it?")
    shell.chat.ask()
    wait_until(lambda: not shell.chat.busy and shell.chats.infos and not shell.bridge.busy)
    return shell


@pytest.fixture(autouse=True)
def usual_look(qt_app: QApplication) -> Iterator[None]:
    yield
    qt_app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    theme().choose("light", 100)


def dialogs(shell: Shell) -> list[QDialog]:
    return [one for one in shell.window.findChildren(QDialog) if one.isVisible()]


def nameless(root: QWidget) -> list[str]:
    """The widgets that take the focus and have no name for those who hear the screen."""
    return [
        f"{type(widget).__name__} {widget.objectName()} in {type(widget.parentWidget()).__name__}"
        for widget in root.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.focusProxy() is None
        and not widget.objectName().startswith("qt_")
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]


def test_every_command_is_said_once_and_its_keys_are_free() -> None:
    ids = [command.id for command in COMMANDS]
    assert len(ids) == len(set(ids))
    keys = [QKeySequence(one).toString() for command in COMMANDS for one in command.shortcuts]
    assert len(keys) == len(set(keys))
    assert all(keys)


def test_no_title_shouts_or_is_empty() -> None:
    assert [command.id for command in COMMANDS if not command.title or "!" in command.title] == []


@pytest.mark.parametrize("command", [command.id for command in COMMANDS if command.id != "quit"])
def test_every_command_can_be_pressed(
    busy: Shell, command: str, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(tmp_path / "a.pdf")], ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a.md"), ""))
    faults: list[object] = []
    monkeypatch.setattr("sys.excepthook", lambda *fault: faults.append(fault))
    busy.actions.refresh()
    busy.actions[command].trigger()
    wait_until(lambda: not busy.bridge.busy)
    for dialog in dialogs(busy):
        dialog.close()
    assert faults == []


def test_the_commands_do_what_they_say(busy: Shell, wait_until: WaitUntil) -> None:
    window = busy.window
    window.activateWindow()
    for command, place in (
        ("go.composer", window.chat.composer.field),
        ("go.chats", window.chats.list),
        ("go.documents", window.library.list),
    ):
        busy.actions[command].trigger()
        assert QApplication.focusWidget() is place
    busy.actions["view.side"].trigger()
    assert not window.shows_side
    busy.actions["view.side"].trigger()
    busy.actions["view.sources"].trigger()
    assert not window.shows_sources
    busy.actions["view.larger"].trigger()
    wait_until(lambda: not busy.bridge.busy)
    assert theme().percent == 110
    assert busy.desk.settings is not None
    assert busy.desk.settings.get(options.TEXT_SIZE) == 110
    busy.actions["view.dark"].trigger()
    wait_until(lambda: not busy.bridge.busy)
    assert theme().palette.dark
    assert busy.desk.settings.get(options.THEME) == "dark"


def test_a_narrow_window_shows_one_side_at_a_time(busy: Shell) -> None:
    busy.window.resize(900, 600)
    busy.window.show_sources(True)
    assert (busy.window.shows_side, busy.window.shows_sources) == (False, True)
    busy.window.show_side(True)
    assert (busy.window.shows_side, busy.window.shows_sources) == (True, False)
    busy.window.resize(1300, 800)
    busy.window.show_sources(True)
    assert (busy.window.shows_side, busy.window.shows_sources) == (True, True)


def test_everything_that_takes_the_focus_has_a_name(busy: Shell, privet: ScriptedPrivet) -> None:
    assert nameless(busy.window) == []
    assert busy.desk.settings is not None
    for dialog in (
        help_page(busy.window),
        PrivacyPage(busy.window),
        UnlockDialog(ScriptedRequest(True), busy.window),
        Palette(busy._palette_entries(), busy.window),
        PreferencesDialog(busy.bridge, busy.desk.settings, busy.window),
    ):
        assert nameless(dialog) == []


def test_tab_goes_round_the_whole_window(busy: Shell) -> None:
    busy.window.activateWindow()
    busy.window.chat.composer.setFocus()
    seen: list[QWidget] = []
    for _ in range(60):
        widget = QApplication.focusWidget()
        if widget is None or widget in seen:
            break
        seen.append(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    places = {busy.window.chat, busy.window.chats, busy.window.library, busy.window.sources}
    assert {place for place in places if any(place.isAncestorOf(widget) for widget in seen)} == places


def test_the_palette_finds_by_any_words_and_runs(busy: Shell) -> None:
    busy.actions["palette"].trigger()
    (palette,) = dialogs(busy)
    field = palette.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "sources show or")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not busy.window.shows_sources


def test_the_palette_opens_chats(busy: Shell) -> None:
    current = busy.chats.current
    busy.chats.open(None)
    busy.actions["palette"].trigger()
    (palette,) = dialogs(busy)
    field = palette.findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "is it")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert busy.chats.current == current


@pytest.mark.parametrize("percent", [80, 200])
def test_the_window_works_in_any_text_size(busy: Shell, percent: int) -> None:
    small = busy.window.chat.composer.field.fontMetrics().height()
    theme().choose("dark", percent)
    large = busy.window.chat.composer.field.fontMetrics().height()
    assert (large > small) == (percent > 100)
    assert large != small
    view = busy.window.chat.transcript.last_answer
    assert view is not None
    assert view.height() > 0 and view.geometry().right() <= busy.window.chat.transcript.width()


def test_the_window_works_from_right_to_left(busy: Shell, qt_app: QApplication, wait_until: WaitUntil) -> None:
    qt_app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    wait_until(lambda: busy.window.library.mapTo(busy.window, busy.window.library.rect().topLeft()).x() > 600)
    question = busy.window.chat.transcript.views[0]
    wait_until(lambda: question.frame.x() == 0)


def test_preferences_are_kept_and_take_effect(busy: Shell, wait_until: WaitUntil) -> None:
    busy.actions["preferences"].trigger()
    (dialog,) = dialogs(busy)
    for widget in dialog.findChildren(QWidget):
        if widget.accessibleName() == "Colours: Dark":
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
    wait_until(lambda: theme().palette.dark)
    assert busy.desk.settings is not None
    assert busy.desk.settings.get(options.THEME) == "dark"


def test_a_tooltip_shows_text_as_it_is(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    made = privet.conversations.create("<img src='file:///etc/passwd'> & more")
    privet.conversations.append(made, Role.USER, "x")
    shell.chats.refresh()
    wait_until(lambda: shell.chats.infos)
    index = shell.window.chats.list.model().index(1, 0)
    tip = index.data(int(Qt.ItemDataRole.ToolTipRole))
    assert "<img" not in tip
    assert "&lt;img" in tip and "&amp; more" in tip


def test_nothing_on_the_screen_ends_in_an_exclamation_mark() -> None:
    said = []
    for path in sorted(Path("ui").rglob("*.py")):
        said += re.findall(r'tr\(\s*"[^"]*!"', path.read_text(encoding="utf-8"))
    assert said == []
