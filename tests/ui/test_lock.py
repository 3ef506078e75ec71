"""The app lock: by shortcut, after a time, with the system's screen; and the way back in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from assistant.settings import options
from tests.conftest import PROJECT
from tests.ui.conftest import MakeShell, WaitUntil
from tests.ui.fakes import ScriptedPrivet
from ui.shell import LockWatch, Shell, UnlockDialog
from ui.shell.lock import session_path
from ui.shell.locked import LockScreen


def screen_of(shell: Shell) -> LockScreen | None:
    return next((one for one in shell.window.findChildren(LockScreen) if one.isVisible()), None)


def test_the_shortcut_hides_the_window_at_once_and_closes_everything(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    said: list[str] = []
    shell.locked.connect(lambda: said.append("locked"))
    shell.left.connect(said.append)
    shell.window.chat.composer.write("unsent")
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(shell.window.chat.composer.field, Qt.Key.Key_K, keys)
    assert not shell.window.isVisible()
    wait_until(lambda: said)
    assert said == ["locked"] and privet.closed
    assert privet.conversations.drafts == {None: "unsent"}


def test_a_locked_window_shows_nothing_and_opens_the_vault_only_when_asked(
    make_shell: MakeShell, privet: ScriptedPrivet, wait_until: WaitUntil, qt_app: QApplication
) -> None:
    opened: list[bool] = []

    def opener(ask: object) -> ScriptedPrivet:
        opened.append(True)
        return privet

    shell = make_shell(opener)  # which opens it at once
    wait_until(lambda: shell.session.assistant is not None and not shell.bridge.busy)
    shell.show_locked()
    screen = screen_of(shell)
    assert screen is not None and screen.geometry() == shell.window.rect()
    shell.window.resize(900, 640)
    assert screen.geometry() == shell.window.rect()
    screen.button.click()
    wait_until(lambda: len(opened) == 2 and not shell.bridge.busy)
    assert screen_of(shell) is None


def test_after_its_minutes_it_locks_unless_somebody_was_there(
    qt_app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    watch = LockWatch(qt_app)
    wanted: list[bool] = []
    watch.wanted.connect(lambda: wanted.append(True))
    watch.follow(5, with_system=False)
    now[0] += 299
    watch.look()
    assert wanted == []
    watch.eventFilter(qt_app, QEvent(QEvent.Type.MouseMove))
    now[0] += 299
    watch.look()
    assert wanted == []
    now[0] -= 100_000  # a clock set back neither locks at once nor keeps it open for a day
    watch.look()
    now[0] += 301
    watch.look()
    assert wanted == [True]
    now[0] += 3600
    watch.follow(0, with_system=False)
    watch.look()
    assert wanted == [True]


def test_it_does_not_lock_in_the_middle_of_an_answer(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    gate = threading.Event()
    privet.answering.scripts.append([gate])
    shell.window.chat.composer.write("A long question")
    shell.actions["chat.ask"].trigger()
    wait_until(lambda: shell.chat.busy)
    shell.watch.wanted.emit()
    assert shell.window.isVisible()
    gate.set()
    wait_until(lambda: not shell.chat.busy and not shell.bridge.busy)
    gone: list[bool] = []
    shell.locked.connect(lambda: gone.append(True))
    shell.watch.wanted.emit()
    assert not shell.window.isVisible()
    wait_until(lambda: gone)


def test_what_the_preferences_say_is_followed_at_once(shell: Shell, privet: ScriptedPrivet) -> None:
    privet.settings.set(options.LOCK_MINUTES, 3)
    shell.desk.options_changed()
    assert shell.watch._minutes == 3


@pytest.mark.parametrize(
    ("session", "path"),
    [
        ("2", "/org/freedesktop/login1/session/_32"),
        ("c12", "/org/freedesktop/login1/session/c12"),
        ("a-b", "/org/freedesktop/login1/session/a_2db"),
        ("", ""),
    ],
)
def test_a_session_is_found_by_its_path(session: str, path: str) -> None:
    assert session_path(session) == path


_LISTENING = """
import subprocess, sys
from PySide6.QtCore import QCoreApplication, QTimer
from ui.shell import LockWatch
application = QCoreApplication([])
watch = LockWatch(application)
watch.follow(0, with_system=True)
watch.wanted.connect(lambda: application.exit(0))
name = f"org.{sys.argv[2]}.ScreenSaver.ActiveChanged"
signal = ["dbus-send", "--session", "--type=signal", "/org/" + sys.argv[1], name]
send = lambda on: subprocess.Popen([*signal, f"boolean:{on}"])
QTimer.singleShot(200, lambda: send("false"))
QTimer.singleShot(600, lambda: send("true"))
QTimer.singleShot(20_000, lambda: application.exit(3))
sys.exit(application.exec())
"""


@pytest.mark.parametrize("saver", ["freedesktop", "gnome"])
def test_the_systems_screen_is_heard_on_a_real_bus(saver: str, tmp_path: Path) -> None:
    for program in ("dbus-run-session", "dbus-send"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", _LISTENING, f"{saver}/ScreenSaver", saver],
        cwd=PROJECT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


_LOGIND = """
import os, sys
os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = os.environ["DBUS_SESSION_BUS_ADDRESS"]
os.environ["XDG_SESSION_ID"] = "c7"
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtDBus import QDBusConnection, QDBusMessage
from ui.shell import LockWatch
from ui.shell.lock import session_path
application = QCoreApplication([])
played = QDBusConnection.connectToBus(os.environ["DBUS_SYSTEM_BUS_ADDRESS"], "logind")
assert played.registerService("org.freedesktop.login1")
watch = LockWatch(application)
watch.follow(0, with_system=True)
heard = 0
def say(path, interface, name, *values):
    signal = QDBusMessage.createSignal(path, "org.freedesktop.login1." + interface, name)
    signal.setArguments(list(values))
    assert played.send(signal)
ours, other, manager = session_path("c7"), session_path("c8"), "/org/freedesktop/login1"
rounds = [
    [(other, "Session", "Lock"), (ours, "Session", "Unlock"), (ours, "Session", "Lock")],
    [(manager, "Manager", "PrepareForSleep", False), (manager, "Manager", "PrepareForSleep", True)],
    [(ours, "Session", "Lock")],
]
def go_on():
    if not rounds:
        QTimer.singleShot(500, application.quit)  # one too many would come by then
    for signal in rounds.pop(0) if rounds else []:
        say(*signal)
def count():
    global heard
    heard += 1
    go_on()
watch.wanted.connect(count)
QTimer.singleShot(0, go_on)
QTimer.singleShot(30_000, application.quit)
application.exec()
print(heard, len(rounds))
"""


def test_logind_is_heard_about_our_session_and_about_sleep(tmp_path: Path) -> None:
    if shutil.which("dbus-run-session") is None:
        pytest.skip("dbus-run-session is not installed")
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, "-c", _LOGIND],
        cwd=PROJECT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # One for each round: a bus keeps the order of one sender, so what came before the last was not heard.
    assert done.stdout.split() == ["3", "0"], done.stderr


def test_a_recovery_key_is_asked_for_by_its_name_and_a_wait_is_kept(shell: Shell) -> None:
    from PySide6.QtWidgets import QLabel, QLineEdit

    from tests.ui.fakes import ScriptedRequest

    why = "The system's keychain no longer holds the key to your data."
    dialog = UnlockDialog(ScriptedRequest(False, 1, recovery=True, alone=True, why=why), shell.window)
    words = [label.text() for label in dialog.findChildren(QLabel)]
    assert why in words and any("24 words" in text for text in words)
    slow = UnlockDialog(ScriptedRequest(False, 2, recovery=True, wait=8), shell.window)
    field = slow.findChildren(QLineEdit)[0]
    field.setText("a passphrase")
    slow._try()
    assert slow.result() == 0 and not slow._go.isEnabled()
    assert any("8 seconds" in label.text() for label in slow.findChildren(QLabel))
