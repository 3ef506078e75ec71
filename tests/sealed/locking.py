"""A real window on a real vault, with canaries on the screen, that locks itself; and what it becomes then.

    python -m tests.sealed.locking FOLDER

Prints "open", locks, and prints "locked" with its process id once it is begun anew, until it is ended.
"""

from __future__ import annotations

from assistant.privacy import seal_process

seal_process()  # first of all, as in every process of Privet

import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from pathlib import Path  # noqa: E402

from PySide6.QtCore import QEventLoop  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from assistant.app import Privet  # noqa: E402
from assistant.settings import Folders, Settings, options  # noqa: E402
from assistant.values import Role  # noqa: E402
from assistant.vault import Unlock  # noqa: E402
from ui import theme  # noqa: E402
from ui.app import LOCKED, begin_anew  # noqa: E402
from ui.shell import Shell  # noqa: E402
from ui.window import MainWindow  # noqa: E402


def main(home: Path, locked: bool) -> None:
    """Show the window, open or locked."""
    application = QApplication(["privet", "-style", "fusion"])
    theme.install(application, "light", 100)
    window = MainWindow()
    theme.theme().dress()
    folders = Folders.inside(home)
    Settings(folders).set(options.TUNE_ALONE, False)  # it would be at work in pauses, and the window never idle
    shell = Shell(window, lambda ask: Privet.open(folders, Unlock(_passphrase, use_keychain=False)), folders.data)
    window.show()
    _until(window.isVisible)
    if locked:
        shell.show_locked()
        say(f"locked {os.getpid()} {window.windowTitle()}")
        sys.stdin.read()  # until the test has looked
        return
    from tests.sealed.canaries import CANARIES  # the locked one must not have read them

    shell.open()
    _until(lambda: shell.session.assistant is not None and not shell.bridge.busy)
    assistant = shell.session.assistant
    assert isinstance(assistant, Privet)
    made = assistant.conversations.create()
    assistant.conversations.append(made, Role.USER, f"{CANARIES[2]}?")
    assistant.conversations.append(made, Role.ASSISTANT, f"It is {CANARIES[0]}. " * 50)
    shell.chats.refresh()
    _until(lambda: any(info.id == made for info in shell.chats.infos))
    shell.chats.open(made)
    _until(lambda: window.chat.has_answer)
    window.chat.composer.write(CANARIES[1])
    _until(lambda: not shell.bridge.busy)
    say("open")
    gone: list[bool] = []
    shell.locked.connect(lambda: gone.append(True))
    shell.lock()
    _until(lambda: gone)
    shell.bridge.close()
    begin_anew(f"{LOCKED}=10,20,900,600")


def _passphrase(request: object) -> str:
    from tests.sealed.canaries import CANARIES

    return CANARIES[3]


def say(line: str) -> None:
    """A line for the test."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _until(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < until
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


if __name__ == "__main__":
    main(Path(sys.argv[1]), any(argument.startswith(LOCKED) for argument in sys.argv))
