"""Qt's application and the wiring of the window to the engine; nothing is decided here."""

from __future__ import annotations

import gc
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLoggingCategory
from PySide6.QtWidgets import QApplication

from assistant.settings import Folders, Settings, options
from ui import theme
from ui.window import CAME_FORWARD, MainWindow, ask_to_come_forward

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.ports import Ask, Assistant, PassphraseRequest
    from ui.shell import Shell

PROBE_VARIABLE: Final = "PRIVET_BENCH_FIRST_PAINT"
LOCKED: Final = "--locked"
"""An argument: begin locked, as after locking; with "=x,y,width,height" where the window stood."""
RESTORE: Final = "--restore"
"""An argument: "--restore=FILE" puts a backup in the vault's place before it is opened."""


def run(arguments: list[str]) -> int:
    """Open the window and stay until it is closed. Returns the exit code.

    Where PRIVET_BENCH_FIRST_PAINT is set, the window ends right after its first paint; up to there nothing differs.
    """
    # By argument: `setStyle` hands the style back, and to wrap that takes Python 20 ms.
    # Of each font that lacks a script's shapes Qt would say so in the terminal, and look for the next one.
    QLoggingCategory.setFilterRules("qt.text.font.db.info=false")
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
    anew: list[str] = []
    backup = next((Path(one.partition("=")[2]) for one in arguments if one.startswith(f"{RESTORE}=")), None)
    if PROBE_VARIABLE in os.environ:
        # Not `quit`: that asks the window first, and the window says that it has to close the vault before.
        window.painted.connect(lambda: application.exit(0))
    else:
        starts_locked = bool(locked) or settings.get(options.LOCK_AT_START)
        window.painted.connect(
            lambda: shells.append(_begin(application, window, _Start(folders, starts_locked, backup), anew.append))
        )
    window.show()
    code = application.exec()
    for shell in shells:
        shell.bridge.close()
    if anew:
        begin_anew(anew[0])
    gc.freeze()  # the process ends: there is nothing left to look for garbage for
    return code


@dataclass
class _Start:
    """How the vault is to be opened. locked: only once the person asks. backup: put in its place before, once."""

    folders: Folders
    locked: bool
    backup: Path | None


def begin_anew(argument: str) -> None:
    """Begin this program anew in this process: the kernel takes all of its memory, keys and texts included.

    argument: that it is given, as LOCKED or RESTORE say; "" for none.
    """
    kept = [one for one in sys.orig_argv[1:] if one.split("=")[0] not in (LOCKED, RESTORE)]
    os.execv(sys.executable, [sys.executable, *kept, *([argument] if argument else [])])


def _place(window: MainWindow, argument: str) -> None:
    """Put the window where it stood before it was locked, without taking the keyboard from another program."""
    from PySide6.QtCore import Qt

    numbers = argument.partition("=")[2].split(",")
    if len(numbers) == 4 and all(number.lstrip("-").isdecimal() for number in numbers):
        x, y, width, height = map(int, numbers)
        window.setGeometry(x, y, width, height)
    window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)


def _begin(application: QApplication, window: MainWindow, start: _Start, anew: Callable[[str], None]) -> Shell:
    """Bring the painted window to life. What is imported here, the first paint did not wait for.

    anew: told with which argument the program is to begin anew once it has ended.
    """
    from ui.shell import Shell

    theme.theme().follow()
    shell = Shell(window, lambda ask: _open(start, ask), start.folders.data)

    def leave(sentence: str) -> None:
        if sentence:
            sys.stderr.write(f"{sentence}\n")
        application.exit(0)

    def lock() -> None:
        place = window.geometry()
        anew(f"{LOCKED}={place.x()},{place.y()},{place.width()},{place.height()}")
        application.exit(0)

    def begin(backup: Path | None) -> None:
        anew("" if backup is None else f"{RESTORE}={backup}")
        application.exit(0)

    def erase(certificate: Path) -> None:
        leave(_erase(start.folders, certificate))

    shell.left.connect(leave)
    shell.locked.connect(lock)
    shell.begun_anew.connect(begin)
    shell.erased.connect(erase)
    if start.locked:
        shell.show_locked()
    else:
        shell.open()
    return shell


def _open(start: _Start, ask: Ask) -> Assistant:
    """Open the engine. Runs on the bridge's thread, where its imports hold nobody up.

    After locking, somebody must say the passphrase, where there is one: the keychain would let in whoever is there.
    """
    from assistant.app import Privet
    from assistant.vault import Unlock, has_passphrase, restore

    given: list[str | None] = []

    def remembering(request: PassphraseRequest) -> str | None:
        given[:] = [ask(request)]
        return given[0]

    if start.backup is not None:
        backup, start.backup = start.backup, None
        restore(backup, start.folders.data, Unlock(passphrase=remembering))
    by_keychain = not (start.locked and has_passphrase(start.folders.data))
    # What has just opened the backup opens what was restored from it, without asking twice.
    unlock = Unlock(lambda request: given.pop() if given else ask(request), use_keychain=by_keychain)
    return Privet.open(start.folders, unlock)


def _erase(folders: Folders, certificate: Path) -> str:
    """Erase everything; returns what is to be said. Runs when the window is gone and the vault is closed."""
    from assistant.errors import PrivetError
    from assistant.rights import erase_everything

    try:
        erased = erase_everything(folders, models=False)
        certificate.write_text(erased.text(), encoding="utf-8")
    except PrivetError as error:
        return f"{error.what} {error.do}"
    except OSError:
        return f"Everything was erased, but the certificate could not be written to {certificate}."
    return f"Everything was erased. The certificate is {certificate}."
