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
    from collections.abc import Callable

    from ui.ports import Ask, Assistant
    from ui.shell import Shell

PROBE_VARIABLE: Final = "PRIVET_BENCH_FIRST_PAINT"
LOCKED: Final = "--locked"
"""An argument: begin locked, as after locking; with "=x,y,width,height" where the window stood."""


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
    locked = [argument for argument in arguments if argument.split("=")[0] == LOCKED]
    if locked:
        _place(window, locked[0])
    shells: list[Shell] = []
    relock: list[str] = []
    if PROBE_VARIABLE in os.environ:
        # Not `quit`: that asks the window first, and the window says that it has to close the vault before.
        window.painted.connect(lambda: application.exit(0))
    else:
        starts_locked = bool(locked) or settings.get(options.LOCK_AT_START)
        window.painted.connect(
            lambda: shells.append(_begin(application, window, folders, starts_locked, relock.append))
        )
    window.show()
    code = application.exec()
    for shell in shells:
        shell.bridge.close()
    if relock:
        become_locked(relock[0])
    gc.freeze()  # the process ends: there is nothing left to look for garbage for
    return code


def become_locked(place: str) -> None:
    """Begin this program anew in this process: the kernel takes all of its memory, keys and texts included.

    place: where the window stood, as LOCKED takes it.
    """
    kept = [argument for argument in sys.orig_argv[1:] if argument.split("=")[0] != LOCKED]
    os.execv(sys.executable, [sys.executable, *kept, f"{LOCKED}={place}"])


def _place(window: MainWindow, argument: str) -> None:
    """Put the window where it stood before it was locked, without taking the keyboard from another program."""
    from PySide6.QtCore import Qt

    numbers = argument.partition("=")[2].split(",")
    if len(numbers) == 4 and all(number.lstrip("-").isdecimal() for number in numbers):
        x, y, width, height = map(int, numbers)
        window.setGeometry(x, y, width, height)
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)


def _begin(
    application: QApplication, window: MainWindow, folders: Folders, locked: bool, relock: Callable[[str], None]
) -> Shell:
    """Bring the painted window to life. What is imported here, the first paint did not wait for.

    locked: show that it is locked instead of opening the vault. relock: told where the window stood when it locks.
    """
    from ui.shell import Shell

    theme.theme().follow()
    shell = Shell(window, lambda ask: _open(folders, ask, locked), folders.data)

    def leave(sentence: str) -> None:
        if sentence:
            sys.stderr.write(f"{sentence}\n")
        application.exit(0)

    def lock() -> None:
        place = window.geometry()
        relock(f"{place.x()},{place.y()},{place.width()},{place.height()}")
        application.exit(0)

    shell.left.connect(leave)
    shell.locked.connect(lock)
    if locked:
        shell.show_locked()
    else:
        shell.open()
    return shell


def _open(folders: Folders, ask: Ask, locked: bool) -> Assistant:
    """Open the engine. Runs on the bridge's thread, where its imports hold nobody up.

    locked: somebody must say the passphrase, where there is one; the keychain would let in whoever is at the desk.
    """
    from assistant.app import Privet
    from assistant.vault import Unlock, has_passphrase

    return Privet.open(folders, Unlock(passphrase=ask, use_keychain=not (locked and has_passphrase(folders.data))))
