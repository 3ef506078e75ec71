"""What the window's tests may ask for: one application, waiting, a shell on a scripted engine; Qt must not warn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QEventLoop, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from assistant.settings import options
from tests.ui.fakes import ScriptedPrivet
from ui import theme
from ui.ports import Ask, Assistant
from ui.shell import Shell
from ui.window import MainWindow

WaitUntil = Callable[[Callable[[], object]], None]
MakeShell = Callable[..., Shell]

# What the offscreen platform says about itself, not about us.
_NOT_OURS = ("This plugin does not support propagateSizeHints", "This plugin does not support raise()")


@pytest.fixture(scope="session")
def application() -> QApplication:
    """The one application that a process can have, themed."""
    application = QApplication(["privet", "-style", "fusion"])
    application.setQuitOnLastWindowClosed(False)
    theme.install(application, "light", 100).dress()
    theme.theme().follow()
    return application


@pytest.fixture
def qt_app(application: QApplication) -> Iterator[QApplication]:
    """The application; the test fails if Qt warned of anything, and leaves no window behind."""
    said: list[str] = []

    def note(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if kind not in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) and not message.startswith(_NOT_OURS):
            said.append(message)

    qInstallMessageHandler(note)
    theme.install(application, "light", 100)
    yield application
    for window in application.topLevelWidgets():
        window.hide()
        window.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    turn(application)
    qInstallMessageHandler(None)
    assert said == []


def turn(application: QApplication) -> None:
    """Let the event loop do what is due."""
    application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


@pytest.fixture
def wait_until(qt_app: QApplication) -> WaitUntil:
    """Turn the event loop until something is true, for half a minute at most; a wait that ends costs nothing."""

    def wait(condition: Callable[[], object]) -> None:
        until = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < until, "waited in vain"
            turn(qt_app)

    return wait


@pytest.fixture
def privet(tmp_path: Path) -> ScriptedPrivet:
    """A scripted engine."""
    (tmp_path / "data").mkdir()
    privet = ScriptedPrivet(tmp_path)
    privet.settings.set(options.THEME, "light")
    return privet


@pytest.fixture
def make_shell(qt_app: QApplication, tmp_path: Path, wait_until: WaitUntil) -> Iterator[MakeShell]:
    """Makes a shown window on what `opener` opens; all are closed at the end."""
    shells: list[Shell] = []

    def make(opener: Callable[[Ask], Assistant]) -> Shell:
        shell = Shell(MainWindow(), opener, tmp_path / "data")
        shells.append(shell)
        shell.window.show()
        shell.open()
        return shell

    yield make
    for shell in shells:
        gone: list[str] = []
        shell.left.connect(gone.append)
        if shell.window.isVisible():
            shell.leave()
            wait_until(partial(bool, gone))
        shell.bridge.close()


@pytest.fixture
def shell(make_shell: MakeShell, privet: ScriptedPrivet, wait_until: WaitUntil) -> Shell:
    """A window on the scripted engine, opened."""
    shell = make_shell(lambda ask: privet)
    wait_until(lambda: shell.session.assistant is not None and not shell.bridge.busy and shell.warm)
    return shell
