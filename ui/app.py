"""Qt's application and the wiring of the window to the engine; nothing is decided here."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QApplication

from assistant.settings import Folders, Settings, options
from ui import theme
from ui.window import CAME_FORWARD, MainWindow, ask_to_come_forward

if TYPE_CHECKING:
    from ui.ports import Ask, Assistant
    from ui.shell import Shell

PROBE_VARIABLE: Final = "PRIVET_BENCH_FIRST_PAINT"


def run(arguments: list[str]) -> int:
    """Open the window and stay until it is closed. Returns the exit code.

    Where PRIVET_BENCH_FIRST_PAINT is set, the window ends right after its first paint; up to there nothing differs.
    """
    # By argument: `setStyle` hands the style back, and to wrap that takes Python 20 ms.
    application = QApplication([*arguments, "-style", "fusion"])
    application.setApplicationName("privet")
    application.setApplicationDisplayName("Privet")
    application.setDesktopFileName("privet")
    # Closing hides the window first and ends the program once the vault is shut.
    application.setQuitOnLastWindowClosed(False)
    folders = Folders.standard()
    if ask_to_come_forward(folders.data):
        sys.stdout.write(f"{CAME_FORWARD}\n")
        return 0
    settings = Settings(folders)
    theme.install(application, settings.get(options.THEME), settings.get(options.TEXT_SIZE))
    window = MainWindow()
    theme.theme().dress()
    shells: list[Shell] = []
    if PROBE_VARIABLE in os.environ:
        # Not `quit`: that asks the window first, and the window says that it has to close the vault before.
        window.painted.connect(lambda: application.exit(0))
    else:
        window.painted.connect(lambda: shells.append(_begin(application, window, folders)))
    window.show()
    code = application.exec()
    for shell in shells:
        shell.bridge.close()
    gc.freeze()  # the process ends: there is nothing left to look for garbage for
    return code


def _begin(application: QApplication, window: MainWindow, folders: Folders) -> Shell:
    """Bring the painted window to life. What is imported here, the first paint did not wait for."""
    from ui.shell import Shell

    theme.theme().follow()
    shell = Shell(window, lambda ask: _open(folders, ask), folders.data)

    def leave(sentence: str) -> None:
        if sentence:
            sys.stderr.write(f"{sentence}\n")
        application.exit(0)

    shell.left.connect(leave)
    shell.open()
    return shell


def _open(folders: Folders, ask: Ask) -> Assistant:
    """Open the engine. Runs on the bridge's thread, where its imports hold nobody up."""
    from assistant.app import Privet
    from assistant.vault import Unlock

    return Privet.open(folders, Unlock(passphrase=ask))
